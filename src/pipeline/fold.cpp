#include "pipeline/fold.h"

#include "model/message_json.h"
#include "pipeline/counters.h"

namespace tg::pipeline {
namespace {

using model::Kind;
using model::Time;

constexpr std::int64_t kClockMarginUs = 60'000'000;

// Where a version stands among all versions of its message; see state.h.
Time order_of(const State& state, const VersionState& version) {
  if (version.edit_date) return version.edit_date;
  if (version.hidden_edit) return version.observed_at;
  if (version.cached) return state.date;
  const bool another_was_first =
      std::any_of(state.versions.begin(), state.versions.end(), [&](const VersionState& other) {
        return !other.edit_date && other.hash != version.hash && other.observed_at < version.observed_at;
      });
  if (another_was_first) return version.observed_at;
  return std::max(state.date, Time{version.observed_at.us - kClockMarginUs});
}

std::size_t current_of(const State& state) {
  std::size_t best = 0;
  auto key = [&](const VersionState& v) { return std::tuple(order_of(state, v), v.rank, v.observed_at, v.hash); };
  for (std::size_t i = 1; i < state.versions.size(); ++i) {
    if (key(state.versions[best]) < key(state.versions[i])) best = i;
  }
  return best;
}

// The newest version with this edit date; nothing where there is none.
const VersionState* slot_of(const State& state, Time edit_date) {
  const VersionState* newest = nullptr;
  auto key = [&](const VersionState& v) { return std::tuple(order_of(state, v), v.observed_at, v.hash); };
  for (const auto& version : state.versions) {
    if (version.edit_date == edit_date && (!newest || key(*newest) < key(version))) newest = &version;
  }
  return newest;
}

const VersionState* find(const State& state, Time edit_date, std::int64_t hash) {
  for (const auto& version : state.versions) {
    if (version.edit_date == edit_date && version.hash == hash) return &version;
  }
  return nullptr;
}

// How little is known of when a content came to be: the update of an edit tells it; a page that it was so some time
// after it was asked for, which says nothing of the order of edits within a second, or of one without a date; a copy
// nothing at all.
template <class Sighting>
int vagueness(const Sighting& sighting) {
  if (sighting.cached) return 3;
  if (sighting.hidden_edit) return 0;
  return sighting.from_page && sighting.edit_date ? 2 : 1;
}

std::int64_t slot_size(const State& state, Time edit_date) {
  return static_cast<std::int64_t>(std::count_if(state.versions.begin(), state.versions.end(),
                                                 [&](const VersionState& v) { return v.edit_date == edit_date; }));
}

void add_version(State& state, const model::Event& event) {
  const int rank = model::rank_of(event.source);
  for (auto& version : state.versions) {
    if (version.edit_date != event.edit_date || version.hash != event.hash) continue;
    version.seq = event.seq;
    if (rank > version.rank || (rank == version.rank && vagueness(event) < vagueness(version))) {
      version.rank = rank;
      version.observed_at = event.observed_at;
      version.cached = event.cached;
      version.from_page = event.from_page;
    } else if (rank == version.rank && vagueness(event) == vagueness(version)) {
      version.observed_at = std::min(version.observed_at, event.observed_at);
    }
    version.hidden_edit = version.hidden_edit || event.hidden_edit;
    return;
  }
  std::erase_if(state.versions, [&](const VersionState& version) {
    return version.edit_date == event.edit_date && version.rank < rank;
  });
  const auto n = slot_size(state, event.edit_date);
  state.versions.push_back({event.edit_date, event.hash, rank, n, event.observed_at, event.hidden_edit, event.cached,
                            event.from_page, event.seq});
}

}  // namespace

Facts facts_of(const model::Message& message) {
  return {message.date, !message.service.empty(), message.media.type != model::MediaType::none,
          message.counters.empty() ? std::string() : model::to_json(message.counters)};
}

Facts facts_of(const model::Event& event) {
  if (event.kind == model::Kind::deleted || event.kind == model::Kind::reprocess || event.message.empty()) return {};
  if (event.kind == model::Kind::counters) {
    constexpr std::string_view kPrefix = "{\"counters\":";
    if (event.message.size() <= kPrefix.size()) return {};
    return {.date = {},
            .service = false,
            .media = false,
            .counters = event.message.substr(kPrefix.size(), event.message.size() - kPrefix.size() - 1)};
  }
  auto message = model::message_from_json(event.message);
  return message ? facts_of(*message) : Facts{};
}

bool fill(model::Message& base, const model::Message& other) {
  bool changed = false;
  auto take = [&changed](auto& field, const auto& from) {
    if (field == std::decay_t<decltype(field)>{} && !(from == std::decay_t<decltype(field)>{})) {
      field = from;
      changed = true;
    }
  };
  take(base.chat_title, other.chat_title);
  take(base.sender, other.sender);
  take(base.sender_id, other.sender_id);
  take(base.signature, other.signature);
  take(base.album, other.album);
  take(base.topic, other.topic);
  take(base.forward, other.forward);
  take(base.link_preview, other.link_preview);
  take(base.poll, other.poll);
  take(base.via_bot, other.via_bot);
  take(base.reply, other.reply);
  if (base.reply && other.reply && base.reply->message == other.reply->message) {
    take(base.reply->text, other.reply->text);
    take(base.reply->sender, other.reply->sender);
  }
  const bool same_file =
      base.media.type == other.media.type &&
      (base.media.unique_id == other.media.unique_id || base.media.unique_id.empty() || other.media.unique_id.empty());
  if (base.media.type != model::MediaType::none && same_file) {
    auto& media = base.media;
    take(media.unique_id, other.media.unique_id);
    take(media.file_name, other.media.file_name);
    take(media.mime_type, other.media.mime_type);
    take(media.size, other.media.size);
    take(media.width, other.media.width);
    take(media.height, other.media.height);
    take(media.duration_s, other.media.duration_s);
    take(media.miniature, other.media.miniature);
    take(media.blob, other.media.blob);
    if (!media.blob.empty() && !media.absent.empty()) {
      media.absent.clear();
      changed = true;
    }
  }
  return changed;
}

std::optional<Decision> decide(const State& state, const Seen& seen, std::int64_t content_hash, const LoadBody& load) {
  const auto& m = seen.message;
  Decision decision;
  auto& event = decision.event;
  event.key = m.key;
  event.edit_date = m.edit_date;
  event.origin = seen.from.origin;
  event.source = seen.from.source;
  event.account = seen.from.account;
  event.observed_at = seen.from.observed_at;
  event.hash = content_hash;
  event.hidden_edit = seen.hidden_edit;
  event.from_page = seen.freshness == Freshness::page;
  event.cached = seen.freshness == Freshness::cached;
  decision.message = m;
  const int rank = model::rank_of(seen.from.source);
  const bool clears_tombstone =
      event.from_page && state.deleted() && !state.erased && seen.from.observed_at > state.deleted_at;

  const VersionState* same = find(state, m.edit_date, content_hash);
  const VersionState* slot = slot_of(state, m.edit_date);
  if (!state.has_content()) {
    event.kind = clears_tombstone ? Kind::restored : Kind::created;
  } else if (same != nullptr || (slot != nullptr && slot->rank > rank)) {
    // Known content, or a less trusted copy of it: it may only fill in.
    const VersionState& target = same && same->rank <= rank ? *same : *slot;
    auto stored = load(target.seq);
    if (!stored && !clears_tombstone) return std::nullopt;
    if (!stored) stored = m;
    bool news = false;
    if (rank > target.rank) {
      news = true;
      fill(decision.message, *stored);
    } else {
      news = fill(*stored, m);
      decision.message = std::move(*stored);
    }
    if (rank == target.rank) {
      const bool clearer = vagueness(event) < vagueness(target);
      const bool earlier = vagueness(event) == vagueness(target) && seen.from.observed_at < target.observed_at;
      news = news || clearer || (earlier && !event.cached);
    }
    news = news || (seen.hidden_edit && !target.hidden_edit);
    event.hash = target.hash;
    if (clears_tombstone) {
      event.kind = Kind::restored;
    } else if (news) {
      event.kind = Kind::filled;
    } else {
      return std::nullopt;
    }
  } else if (slot != nullptr && slot->rank < rank) {
    // The server's own word on what an export showed: not an edit.
    if (auto stored = load(slot->seq)) fill(decision.message, *stored);
    event.kind = clears_tombstone ? Kind::restored : Kind::filled;
  } else {
    // What another source filled in belongs to the message, not to one version: it goes along.
    if (slot != nullptr) {
      if (auto stored = load(slot->seq)) fill(decision.message, *stored);
    }
    event.n = slot_size(state, m.edit_date);
    event.kind = clears_tombstone ? Kind::restored : Kind::edited;
  }

  model::set_counters(decision.message, carried(state, seen, decision.message.poll.has_value()));
  if (event.kind == Kind::filled || event.kind == Kind::restored) event.n = event.observed_at.us;

  State after = state;
  event.seq = model::Seq{std::numeric_limits<std::int64_t>::max()};
  apply(after, event, facts_of(decision.message));
  event.superseded = after.now().seq != event.seq;
  event.seq = {};
  return decision;
}

std::optional<Decision> decide(const State& state, const Deleted& deleted) {
  if (state.deleted() || state.fetched_at >= deleted.from.observed_at) return std::nullopt;
  Decision decision;
  auto& event = decision.event;
  event.key = deleted.key;
  event.kind = Kind::deleted;
  event.origin = deleted.from.origin;
  event.source = deleted.from.source;
  event.account = deleted.from.account;
  event.observed_at = deleted.from.observed_at;
  event.n = event.observed_at.us;
  if (state.has_content()) event.edit_date = state.now().edit_date;
  return decision;
}

std::optional<Decision> decide(const State& state, const CountersSeen& seen) {
  // Counters of what was never seen say nothing.
  if (!state.has_content()) return std::nullopt;
  auto counters = carried(state, seen);
  const auto then = counters_after(state.counters, model::to_json(counters));
  if (same_counts(known_counters(then), known_counters(state.counters))) return std::nullopt;
  Decision decision;
  auto& event = decision.event;
  event.key = seen.key;
  event.kind = Kind::counters;
  event.edit_date = state.now().edit_date;
  event.origin = seen.from.origin;
  event.source = seen.from.source;
  event.account = seen.from.account;
  event.observed_at = seen.from.observed_at;
  event.n = event.observed_at.us;
  decision.message.counters = std::move(counters);
  return decision;
}

std::optional<Decision> decide(const State& state, const MediaSeen& seen, const LoadBody& load) {
  if (!state.has_content() || state.erased) return std::nullopt;
  const VersionState& now = state.now();
  auto stored = load(now.seq);
  if (!stored || seen.unique_id.empty() || stored->media.unique_id != seen.unique_id) return std::nullopt;
  if (stored->media.blob == seen.blob && stored->media.absent == seen.absent) return std::nullopt;
  stored->media.blob = seen.blob;
  stored->media.absent = seen.absent;
  model::set_counters(*stored, known_counters(state.counters));
  Decision decision;
  auto& event = decision.event;
  event.key = seen.key;
  event.kind = Kind::filled;
  event.edit_date = now.edit_date;
  event.origin = seen.from.origin;
  event.source = state.source;
  event.account = seen.from.account;
  event.observed_at = seen.from.observed_at;
  event.n = event.observed_at.us;
  event.hash = now.hash;
  event.hidden_edit = now.hidden_edit;
  event.cached = now.cached;
  decision.message = std::move(*stored);
  return decision;
}

void apply(State& state, const model::Event& event, const Facts& facts) {
  const bool first = !state.exists();
  const bool newly_offered = event.offered && !state.offered;
  state.last = event.seq;
  // A message that came back is offered anew: readers have passed its tombstone.
  const bool came_back = event.kind == Kind::restored && event.offered;
  if (first || newly_offered || came_back || event.kind == Kind::reprocess) state.arrival = event.seq;
  state.offered = state.offered || event.offered;
  switch (event.kind) {
    case Kind::created:
    case Kind::edited:
    case Kind::restored:
    case Kind::filled: {
      if (!state.date) state.date = facts.date;
      const bool first_content = !state.has_content();
      add_version(state, event);
      state.current = current_of(state);
      if (state.now().seq == event.seq) {
        if (model::rank_of(event.source) == state.now().rank) state.source = event.source;
        state.service = facts.service;
        state.media = facts.media;
      }
      if (first_content) state.origin = event.origin;
      if (event.kind == Kind::restored) state.deleted_at = {};
      if (event.from_page) state.fetched_at = std::max(state.fetched_at, event.observed_at);
      state.counters = counters_after(state.counters, facts.counters);
      break;
    }
    case Kind::deleted:
      state.deleted_at = std::max(state.deleted_at, event.observed_at);
      state.erased = state.erased || event.erased;
      break;
    case Kind::counters: state.counters = counters_after(state.counters, facts.counters); break;
    case Kind::reprocess:
      state.reprocess = true;
      state.offered = true;
      break;
    case Kind::channel:
    case Kind::channel_migrated: break;
  }
}

bool sight(State& state, const Seen& seen) {
  const auto told = counters_of(seen);
  const bool newer_counters = !told.counters.empty() && sight(state, told);
  if (seen.freshness != Freshness::page || seen.from.observed_at <= state.fetched_at) return newer_counters;
  state.fetched_at = seen.from.observed_at;
  return true;
}

bool sight(State& state, const CountersSeen& seen) {
  if (!state.has_content()) return false;
  bool newer = false;
  if (tells_reactions(seen.counters) && seen.at() > state.counters_at) {
    state.counters_at = seen.at();
    newer = true;
  }
  if (auto known = known_counters(state.counters); seen.counters.votes > known.votes) {
    known.votes = seen.counters.votes;
    state.counters = model::to_json(known);
    newer = true;
  }
  return newer;
}

bool sight(State& state, const Deleted& deleted) {
  if (!state.deleted() || deleted.from.observed_at <= state.deleted_at) return false;
  state.deleted_at = deleted.from.observed_at;
  return true;
}

}  // namespace tg::pipeline
