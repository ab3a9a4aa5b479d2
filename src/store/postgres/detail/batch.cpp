#include "store/postgres/detail/batch.h"

#include "journal/flags.h"
#include "journal/journal.h"
#include "model/message_json.h"
#include "store/postgres/detail/content.h"
#include "store/search_text.h"

namespace tg::store::postgres {
namespace {

namespace flag = journal::flag;

bool reopens(const model::Event& event) {
  return event.kind == model::Kind::reprocess || event.kind == model::Kind::restored ||
         (event.kind == model::Kind::edited && !event.superseded);
}

bool holds_content(const model::Event& event) {
  return event.kind == model::Kind::created || event.kind == model::Kind::edited ||
         event.kind == model::Kind::restored || event.kind == model::Kind::filled;
}

}  // namespace

std::pair<model::Time, model::Time> span_of(std::span<const model::Time> dates) {
  std::pair<model::Time, model::Time> span;
  for (const auto date : dates) {
    if (!date) continue;
    if (!span.first || date < span.first) span.first = date;
    if (!span.second || span.second < date) span.second = date;
  }
  return span;
}

struct BatchReader::Head {
  model::Time date, edit_date, deleted_at;
  model::Seq seq, arrival, last;
  std::int64_t n = 0, versions = 0, flags = 0;
  model::SourceKind source = model::SourceKind::tdlib;
  model::Origin origin = model::Origin::live;
  std::string counters;

  bool has(std::int64_t bit) const { return (flags & bit) != 0; }
};

struct BatchReader::Entry {
  model::MessageKey key;
  Head head;
  std::vector<const model::Event*> events;
};

void Batch::Keys::add(const model::MessageKey& key, model::Time at) {
  scope.push_back(key.scope.value);
  peer.push_back(key.peer.value);
  message.push_back(key.message.value);
  date.push_back(at);
}

Result<std::optional<BatchReader::Head>> BatchReader::head(const model::MessageKey& key) {
  auto& row = db_.prepared(
                     "SELECT date, edit_date, deleted_at, seq, arrival, last, n, versions, flags, source, origin, "
                     "counters FROM heads WHERE peer = ? AND message = ? AND scope = ?")
                  .with(key.peer, key.message, key.scope);
  auto found = row.step();
  if (!found) return found.error();
  std::optional<Head> head;
  if (*found) {
    head.emplace();
    head->date = model::Time{row.integer(0)};
    head->edit_date = model::Time{row.integer(1)};
    head->deleted_at = model::Time{row.integer(2)};
    head->seq = model::Seq{row.integer(3)};
    head->arrival = model::Seq{row.integer(4)};
    head->last = model::Seq{row.integer(5)};
    head->n = row.integer(6);
    head->versions = row.integer(7);
    head->flags = row.integer(8);
    head->source = static_cast<model::SourceKind>(row.integer(9));
    head->origin = static_cast<model::Origin>(row.integer(10));
    head->counters = row.text(11);
  }
  row.reset();
  return head;
}

Result<std::vector<BatchReader::Version>> BatchReader::versions(const model::MessageKey& key, const Head& head) {
  std::vector<Version> all;
  if (head.versions < 2) {
    all.push_back({head.seq, head.edit_date});
    return all;
  }
  auto& rows = db_.prepared("SELECT seq, edit_date FROM versions WHERE peer = ? AND message = ? AND scope = ?")
                   .with(key.peer, key.message, key.scope);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    all.push_back({model::Seq{rows.integer(0)}, model::Time{rows.integer(1)}});
  }
  rows.reset();
  return all;
}

Result<std::optional<model::Event>> BatchReader::event(model::Seq seq) {
  static const std::string kSql = fmt::format("SELECT {} FROM events e WHERE e.seq = ?", journal::event_columns("e"));
  std::optional<model::Event> event;
  if (const auto near = at_hand_.find(seq.value); near != at_hand_.end()) {
    event = *near->second;
    return event;
  }
  auto& row = db_.prepared(kSql).with(seq);
  auto found = row.step();
  if (!found) return found.error();
  if (*found) event = journal::event_from_row(row);
  row.reset();
  return event;
}

// `arrival` moves when a message is offered later than it was first seen; its versions remember. What was trimmed is
// passed over.
Result<model::Event> BatchReader::first(const Head& head, const std::vector<Version>& versions,
                                        const model::Event& otherwise) {
  std::vector<model::Seq> seqs{head.arrival, head.seq};
  for (const auto& version : versions) seqs.push_back(version.seq);
  std::sort(seqs.begin(), seqs.end());
  for (const auto seq : seqs) {
    if (seq >= otherwise.seq) break;
    auto found = event(seq);
    if (!found) return found.error();
    if (*found) return std::move(**found);
  }
  return otherwise;
}

bool BatchReader::is_too_old(model::Time date, model::Time created) const {
  return (retention_.by_date ? date : created) < retention_.oldest;
}

Result<void> BatchReader::add(const Entry& entry, Batch& batch) {
  const auto& head = entry.head;
  auto content = event(head.seq);
  if (!content) return content.error();
  auto versions = this->versions(entry.key, head);
  if (!versions) return versions.error();
  auto first = this->first(head, *versions, *content ? **content : *entry.events.front());
  if (!first) return first.error();
  auto newest = event(head.last);
  if (!newest) return newest.error();
  if (is_too_old(head.date, first->recorded_at)) {
    ++batch.too_old;
    return {};
  }
  const bool whole = content->has_value();
  model::Message message;
  if (whole) {
    auto parsed = model::message_from_json((*content)->message);
    if (!parsed)
      return Error{Code::corrupt, fmt::format("event {}: {}", head.seq.value, parsed.error().what),
                   "Run `telegram-gateway journal verify`"};
    message = std::move(*parsed);
    if (!head.counters.empty()) {
      auto counters = model::counters_from_json(head.counters);
      if (!counters) return counters.error();
      model::set_counters(message, std::move(*counters));
    }
    batch.dates.push_back(head.date);
  }
  auto& to = whole ? batch.whole : batch.state_only;
  to.keys.add(entry.key, head.date);
  to.first.push_back(first->seq.value);
  to.arrival.push_back(head.arrival.value);
  to.content.push_back(head.seq.value);
  to.last.push_back(head.last.value);
  to.kind.push_back(whole ? static_cast<int>((*content)->kind) : 0);
  to.origin.push_back(static_cast<int>(head.origin));
  to.account.push_back(whole ? (*content)->account : 0);
  to.n.push_back(head.n);
  to.versions.push_back(head.versions);
  to.topic.push_back(message.topic.value);
  to.sender_id.push_back(message.sender_id);
  to.flags.push_back(head.flags);
  to.source.emplace_back(model::name_of(head.source));
  to.type.emplace_back(message_type(message));
  to.media_type.emplace_back(model::name_of(message.media.type));
  to.media_refs.push_back(media_refs(message));
  to.sender.push_back(message.sender);
  to.search.push_back(search_text(message.text));
  to.metadata.push_back(metadata_of(message));
  to.counters.push_back(head.counters);
  to.offered.push_back(head.has(flag::kOffered));
  to.service.push_back(head.has(flag::kService));
  to.media.push_back(head.has(flag::kMedia));
  to.reprocess.push_back(head.has(flag::kReprocess));
  to.edited.push_back(message.edit_date);
  to.received.push_back(first->observed_at);
  model::Time asked_again;
  for (const auto* event : entry.events) {
    if (event->kind == model::Kind::reprocess) asked_again = event->observed_at;
  }
  to.reprocess_requested.push_back(asked_again);
  const bool back = whole && (*content)->kind == model::Kind::restored && !head.deleted_at;
  to.restored.push_back(back ? (*content)->observed_at : model::Time{});
  to.created.push_back(first->recorded_at);
  to.updated.push_back(*newest ? (*newest)->recorded_at : entry.events.back()->recorded_at);
  to.deleted.push_back(head.deleted_at);
  to.text.push_back(std::move(message.text));

  bool changed_set = false;
  for (const auto* event : entry.events) {
    if (reopens(*event)) {
      auto& again = batch.reopened;
      again.keys.add(entry.key, head.date);
      again.kind.push_back(static_cast<int>(event->kind));
      again.seq.push_back(event->seq.value);
    }
    if (!holds_content(*event) || event->message.empty()) continue;
    changed_set |= event->kind != model::Kind::created || head.seq != event->seq;
    const bool counts = std::any_of(versions->begin(), versions->end(),
                                    [&](const Version& version) { return version.seq == event->seq; });
    if (!counts) continue;
    auto& version = batch.versions;
    version.keys.add(entry.key, head.date);
    version.kind.push_back(static_cast<int>(event->kind));
    version.edit_date.push_back(event->edit_date.to_seconds());
    version.n.push_back(event->n);
    version.seq.push_back(event->seq.value);
    version.origin.push_back(static_cast<int>(event->origin));
    version.account.push_back(event->account);
    version.flags.push_back(journal::flags_of(*event));
    version.hash.push_back(event->hash);
    version.source.emplace_back(model::name_of(event->source));
    version.body.push_back(event->message);
    version.observed.push_back(event->observed_at);
    version.recorded.push_back(event->recorded_at);
    version.superseded.push_back(event->superseded);
    version.hidden_edit.push_back(event->hidden_edit);
    batch.dates.push_back(head.date);
  }
  if (!changed_set) return {};
  for (const auto& version : *versions) {
    batch.kept.keys.add(entry.key, head.date);
    batch.kept.seq.push_back(version.seq.value);
    batch.kept.edit_date.push_back(version.edit_date.to_seconds());
  }
  return {};
}

Result<Batch> BatchReader::read(std::span<const model::Event> events) {
  Batch batch;
  at_hand_.clear();
  std::unordered_map<model::MessageKey, std::size_t> places;
  std::vector<Entry> entries;
  for (const auto& event : events) {
    at_hand_.emplace(event.seq.value, &event);
    if (!event.key.message) continue;  // of a chat: channels are copied by themselves
    const auto [place, is_new] = places.emplace(event.key, entries.size());
    if (is_new) entries.push_back({event.key, {}, {}});
    entries[place->second].events.push_back(&event);
  }
  for (auto& entry : entries) {
    auto head = this->head(entry.key);
    if (!head) return head.error();
    if (*head && (*head)->seq) entry.head = std::move(**head);
  }
  batch.undated = std::erase_if(entries, [](const Entry& entry) { return !entry.head.seq; });
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.head.date < b.head.date; });
  for (const auto& entry : entries) {
    if (auto done = add(entry, batch); !done) return done.error();
  }
  return batch;
}

}  // namespace tg::store::postgres
