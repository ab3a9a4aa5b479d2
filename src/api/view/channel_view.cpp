#include "api/view/channel_view.h"

#include "api/answer.h"
#include "pipeline/observation.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::size_t kHolesShown = 20;

void put_time(json::object& object, std::string_view name, model::Time time) {
  if (time) object[name] = model::to_rfc3339(time);
}

std::string_view kind_of(const store::Chat& chat) {
  if (!chat.kind.empty()) return chat.kind;
  return model::is_channel(chat.peer) ? "channel" : chat.peer.value < 0 ? "group" : "private";
}

// The first letters of the first two words.
std::string initials(std::string_view title) {
  std::string letters;
  bool at_word = true;
  int words = 0;
  for (std::size_t i = 0; i < title.size() && words < 2;) {
    std::size_t end = i + 1;
    while (end < title.size() && (static_cast<unsigned char>(title[end]) & 0xC0) == 0x80) ++end;
    const auto letter = title.substr(i, end - i);
    const bool word = letter.size() > 1 || std::isalnum(static_cast<unsigned char>(letter[0])) != 0;
    if (word && at_word) {
      letters += letter.size() == 1
                     ? std::string(1, static_cast<char>(std::toupper(static_cast<unsigned char>(letter[0]))))
                     : std::string(letter);
      ++words;
    }
    at_word = !word;
    i = end;
  }
  return letters.empty() ? "?" : letters;
}

std::string name_of_chat(const store::Chat& chat) {
  if (!chat.title.empty()) return chat.title;
  return chat.label.empty() ? std::to_string(chat.peer.value) : chat.label;
}

void add_to(std::vector<StateRange>& all, const journal::Range& range, std::string_view state,
            const journal::ProvenRange* proof, const journal::Hole* hole) {
  if (range.first > range.last) return;
  all.push_back({range, state, proof, hole});
}

const journal::Hole* hole_of(const journal::ChatCoverage& coverage, const journal::Range& range) {
  for (const auto& hole : coverage.open_holes) {
    if (hole.range.first <= range.last && hole.range.last >= range.first) return &hole;
  }
  return nullptr;
}

}  // namespace

json::object channel_json(const store::Chat& chat) {
  json::object out;
  const auto id = std::to_string(chat.peer.value);
  out["id"] = id;
  out["channelId"] = id;
  out["title"] = name_of_chat(chat);
  out["label"] = chat.label.empty() ? name_of_chat(chat) : chat.label;
  if (chat.description.empty()) {
    out["description"] = nullptr;
  } else {
    out["description"] = chat.description;
  }
  if (!chat.username.empty()) out["username"] = chat.username;
  out["kind"] = kind_of(chat);
  out["active"] = chat.active;
  out["isActive"] = chat.active;
  out["registered"] = chat.registered;
  out["totalMessages"] = chat.total;
  out["messageCount"] = chat.total;
  out["deletedMessages"] = chat.deleted;
  if (chat.last_date) {
    out["lastMessageDate"] = model::to_rfc3339(chat.last_date);
    out["lastMessageAt"] = model::to_rfc3339(chat.last_date);
  } else {
    out["lastMessageDate"] = nullptr;
  }
  if (chat.migrated_to) out["migratedTo"] = std::to_string(chat.migrated_to.value);
  if (chat.migrated_from) out["migratedFrom"] = std::to_string(chat.migrated_from.value);
  if (!chat.topics.empty()) {
    auto& topics = out["topics"].emplace_array();
    for (const auto& topic : chat.topics) {
      topics.push_back(json::object{{"id", std::to_string(topic.id.value)}, {"title", topic.title}});
    }
  }
  out["createdAt"] = model::to_rfc3339(chat.created_at);
  out["updatedAt"] = model::to_rfc3339(chat.updated_at ? chat.updated_at : chat.created_at);
  return out;
}

json::object counts_json(const journal::ChatCoverage& coverage) {
  json::object out{{"expected", coverage.expected},
                   {"accounted", coverage.accounted},
                   {"stored", coverage.stored},
                   {"empty", coverage.empty},
                   {"deleted", coverage.deleted},
                   {"missing", coverage.missing},
                   {"acceptedLost", coverage.accepted_lost},
                   {"unknown", coverage.unknown}};
  put_time(out, "provenAt", coverage.proven_at);
  return out;
}

json::array bar_json(const journal::ChatCoverage& coverage, int px) {
  json::array out;
  if (!coverage.start || coverage.newest < coverage.start) return out;
  for (const auto& part : journal::bar(coverage, px)) {
    out.push_back(json::object{{"from", part.range.first}, {"to", part.range.last}, {"state", part.state}});
  }
  return out;
}

json::object coverage_json(const journal::ChatCoverage& coverage, int px) {
  auto out = counts_json(coverage);
  out["from"] = coverage.start.value;
  out["to"] = coverage.newest.value;
  json::array holes;
  const auto& open = coverage.open_holes;
  for (auto hole = open.rbegin(); hole != open.rend() && holes.size() < kHolesShown; ++hole) {
    holes.push_back(json::object{{"from", hole->range.first},
                                 {"to", hole->range.last},
                                 {"ids", hole->range.size()},
                                 {"since", model::to_rfc3339(hole->opened_at)},
                                 {"cause", hole->cause}});
  }
  out["holes"] = std::move(holes);
  if (coverage.no_access) {
    out["noAccess"] =
        json::object{{"since", model::to_rfc3339(coverage.no_access->since)}, {"reason", coverage.no_access->reason}};
  }
  out["bar"] = bar_json(coverage, px);
  return out;
}

json::object state_json(const RowFacts& facts) {
  json::object out;
  const auto* coverage = facts.coverage;
  if (coverage && coverage->no_access && facts.chat.active) {
    out["code"] = "private";
    if (coverage->missing > 0) out["missing"] = coverage->missing;
    put_time(out, "since", coverage->no_access->since);
    return out;
  }
  if (!coverage || !coverage->start) {
    out["code"] = facts.chat.total > 0 ? "imported" : "empty";
    return out;
  }
  if (coverage->missing > 0) {
    out["code"] = "hole";
    out["missing"] = coverage->missing;
    if (!coverage->open_holes.empty()) put_time(out, "since", coverage->open_holes.front().opened_at);
  } else if (!facts.chat.active || !facts.capturing) {
    out["code"] = "stopped";
    put_time(out, "since", coverage->proven_at);
  } else if (!coverage->proven_at || coverage->proven_at < facts.stale_before) {
    out["code"] = "unproven";
    put_time(out, "since", coverage->proven_at);
  } else if (coverage->unknown > 0) {
    out["code"] = "history";
    out["progress"] =
        static_cast<double>(coverage->accounted) / static_cast<double>(coverage->accounted + coverage->unknown);
  } else if (facts.silence) {
    out["code"] = "silent";
    put_time(out, "since", facts.silence->since);
  } else {
    out["code"] = "complete";
    put_time(out, "since", coverage->proven_at);
  }
  return out;
}

json::object lag_json(const observe::Late& lag, std::chrono::seconds alarm) {
  return {{"seconds", lag.seconds}, {"at", model::to_rfc3339(lag.at)}, {"late", lag.seconds > alarm.count()}};
}

json::object silence_json(const journal::Silence& silence) {
  return {{"since", model::to_rfc3339(silence.since)},
          {"usualSeconds", std::chrono::seconds(silence.usual).count()},
          {"provenAt", model::to_rfc3339(silence.proven_at)}};
}

json::object channel_row_json(const RowFacts& facts, int px) {
  auto out = channel_json(facts.chat);
  out["avatar"] =
      json::object{{"initials", initials(name_of_chat(facts.chat))}, {"hue", std::abs(facts.chat.peer.value) % 10}};
  out["state"] = state_json(facts);
  journal::ChatCoverage nothing;
  out["coverage"] = coverage_json(facts.coverage ? *facts.coverage : nothing, px);
  json::array hourly;
  for (std::size_t hour = 0; hour < 24; ++hour) hourly.push_back(facts.hourly ? (*facts.hourly)[hour] : 0);
  out["hourly"] = std::move(hourly);
  if (facts.lag) out["lag"] = lag_json(*facts.lag, facts.lag_alarm);
  if (facts.silence) out["silence"] = silence_json(*facts.silence);
  return out;
}

std::vector<StateRange> state_ranges(const journal::ChatCoverage& coverage,
                                     const std::vector<journal::ProvenRange>& proofs) {
  std::vector<StateRange> all;
  if (!coverage.start || coverage.newest < coverage.start) return all;
  const journal::Range window{coverage.start.value, coverage.newest.value};
  std::vector<const journal::ProvenRange*> by_first;
  by_first.reserve(proofs.size());
  for (const auto& proof : proofs) by_first.push_back(&proof);
  std::sort(by_first.begin(), by_first.end(),
            [](const auto* a, const auto* b) { return a->range.first < b->range.first; });
  // What several accounts proved is shown once.
  std::int64_t next = window.first;
  for (const auto* proof : by_first) {
    const journal::Range part{std::max(proof->range.first, next), std::min(proof->range.last, window.last)};
    if (part.first > part.last) continue;
    add_to(all, part, "proven", proof, nullptr);
    next = part.last + 1;
  }
  const auto lost = coverage.lost.intersect(window).minus(coverage.proven);
  for (const auto& range : lost.ranges()) add_to(all, range, "lost", nullptr, nullptr);
  auto covered = coverage.proven;
  for (const auto& range : lost.ranges()) covered.add(range);
  const auto first_proven = coverage.proven.ranges().empty() ? window.last + 1 : coverage.proven.ranges().front().first;
  for (const auto& range : covered.gaps(window).ranges()) {
    if (range.last < first_proven) {
      add_to(all, range, "unknown", nullptr, nullptr);
    } else {
      add_to(all, range, "hole", nullptr, hole_of(coverage, range));
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.range.first < b.range.first; });
  return all;
}

json::object range_json(const StateRange& range) {
  json::object out{
      {"from", range.range.first}, {"to", range.range.last}, {"ids", range.range.size()}, {"state", range.state}};
  if (range.proof) {
    out["proof"] = range.proof->proof == static_cast<int>(pipeline::ProofKind::walk) ? "walk" : "live";
    if (range.proof->account != 0) out["account"] = std::to_string(range.proof->account);
    put_time(out, "provenAt", range.proof->proven_at);
  } else {
    out["proof"] = nullptr;
  }
  if (range.hole) {
    put_time(out, "since", range.hole->opened_at);
    out["cause"] = range.hole->cause;
  }
  return out;
}

}  // namespace tg::api
