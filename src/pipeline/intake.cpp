#include "pipeline/intake.h"

#include <future>
#include <limits>

#include "observe/log.h"
#include "pipeline/counters.h"
#include "pipeline/heads.h"
#include "pipeline/normalise.h"

namespace tg::pipeline {
namespace {

using Clock = std::chrono::steady_clock;
using Write = std::function<Result<void>(journal::Connection&)>;

constexpr auto kRetryEvery = std::chrono::seconds(1);
constexpr auto kRoomCheckEvery = std::chrono::seconds(1);
constexpr std::size_t kMaxWritesWaiting = 10'000;
constexpr std::string_view kBeat = "writer";
constexpr auto kBeatEvery = std::chrono::seconds(5);
constexpr auto kLongestCommit = std::chrono::seconds(120);  // then the thread counts as stalled

// One thing for the writer, as the queue holds it.
struct Item {
  std::variant<std::monostate, Observation, Write> what;
  std::int64_t hash = 0;
  std::size_t bytes = 0;
  std::shared_ptr<std::promise<Result<void>>> done;  // null: nobody waits
};

std::size_t bytes_of(const model::Counters& counters) {
  std::size_t bytes = counters.votes ? counters.votes->options.size() * sizeof(std::int64_t) : 0;
  for (const auto& reaction : counters.reactions) bytes += sizeof reaction + reaction.emoji.size();
  return bytes;
}

std::size_t bytes_of(const model::Message& m) {
  std::size_t bytes = bytes_of(m.counters);
  for (const auto* text : {&m.chat_title, &m.sender, &m.signature, &m.text, &m.album, &m.via_bot, &m.service, &m.raw,
                           &m.media.unique_id, &m.media.file_name, &m.media.mime_type, &m.media.miniature}) {
    bytes += text->size();
  }
  for (const auto& tag : m.tags) bytes += sizeof tag + tag.size();
  for (const auto& entity : m.entities) bytes += sizeof entity + entity.value.size();
  if (m.reply) bytes += m.reply->text.size() + m.reply->sender.size();
  if (m.forward) bytes += m.forward->name.size();
  if (m.link_preview) bytes += m.link_preview->title.size() + m.link_preview->description.size();
  if (m.poll) {
    bytes += m.poll->question.size();
    for (const auto& option : m.poll->options) bytes += sizeof option + option.text.size();
  }
  return bytes;
}

std::size_t bytes_of(const Observation& observation) {
  if (const auto* seen = std::get_if<Seen>(&observation)) {
    return sizeof(Seen) + seen->place.size() + bytes_of(seen->message);
  }
  if (const auto* refused = std::get_if<Refused>(&observation)) {
    return sizeof(Refused) + refused->place.size() + refused->reason.size() + refused->payload.size();
  }
  if (const auto* counters = std::get_if<CountersSeen>(&observation)) {
    return sizeof(CountersSeen) + bytes_of(counters->counters);
  }
  if (const auto* topic = std::get_if<TopicSeen>(&observation)) return sizeof(TopicSeen) + topic->title.size();
  if (const auto* proof = std::get_if<Proof>(&observation)) return sizeof(Proof) + proof->present.size() * 8;
  return sizeof(Observation);
}

// Answers those that are waited for and takes them out; how many they were.
template <class Items>
std::size_t tell(Items& items, const Error& error) {
  for (auto& item : items) {
    if (item.done) item.done->set_value(error);
  }
  return std::erase_if(items, [](const Item& item) { return item.done != nullptr; });
}

// A write that shows whether a commit works again: an empty one would not touch the disk.
Item probe() {
  Item item;
  item.what = Write(
      [](journal::Connection& db) { return db.execute("UPDATE meta SET value = value WHERE name = 'created_at'"); });
  return item;
}

}  // namespace

struct Intake::Impl {
  journal::Journal& journal;
  observe::Metrics& metrics;
  Options options;

  mutable std::mutex mutex;
  std::condition_variable arrived, freed;
  std::deque<Item> queue;
  std::size_t waiting_bytes = 0;
  std::size_t writes_waiting = 0;
  bool stopping = false;
  bool gave_up = false;
  std::optional<Error> failure;
  Totals totals, imported;

  // The writer's own.
  std::unordered_map<model::MessageKey, CountersSeen> counters;
  Clock::time_point counters_due;  // while there are any
  Clock::time_point room_checked{};
  std::thread writer;

  Impl(journal::Journal& j, observe::Metrics& m, Options o) : journal(j), metrics(m), options(o) {}

  bool apply_rules(Seen& seen);  // false: it is dropped
  Result<void> enqueue(Item item, std::chrono::milliseconds patience);
  std::vector<Item> next_items();
  void beat();
  void run();
  Result<void> commit(std::vector<Item>& items, std::vector<Result<void>>& outcomes);
  Result<void> fold(Batch& batch, std::vector<Item>& items, std::vector<Result<void>>& outcomes);
  Result<void> run_write(const Write& write, Result<void>& outcome);
  Result<void> room();
  void take_counters(std::vector<Item>& items, bool all);
  void account(const Batch& batch, const std::vector<model::Event>& events, Clock::time_point began);
};

Intake::Intake(journal::Journal& journal, observe::Metrics& metrics, Options options)
    : impl_(std::make_unique<Impl>(journal, metrics, options)) {
  if (options.health) options.health->expect_beats(kBeat, kLongestCommit, model::Time::now());
  impl_->writer = std::thread([this] { impl_->run(); });
}

Intake::~Intake() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->arrived.notify_all();
  impl_->freed.notify_all();
  impl_->writer.join();
  if (impl_->options.health) impl_->options.health->retire(kBeat);
}

Result<void> Intake::push(Observation observation, std::chrono::milliseconds patience) {
  Item item;
  if (auto* seen = std::get_if<Seen>(&observation)) {
    normalise(seen->message);
    if (auto reason = fault(seen->message)) {
      Refused refused{seen->from, seen->place, *reason, seen->message.text.substr(0, 4096)};
      observation = std::move(refused);
    } else {
      // Of the content as it was shown: the same one seen again by another way, under other rules, is no edit.
      item.hash = content_hash(seen->message);
      if (impl_->options.rules && !impl_->apply_rules(*seen)) return {};
    }
  }
  if (auto* topic = std::get_if<TopicSeen>(&observation)) clean(topic->title);
  item.bytes = bytes_of(observation);
  item.what = std::move(observation);
  return impl_->enqueue(std::move(item), patience);
}

Result<void> Intake::flush() {
  return write([](journal::Connection&) { return Result<void>(); });
}

Result<void> Intake::write(Write change) {
  Item item;
  item.what = std::move(change);
  item.done = std::make_shared<std::promise<Result<void>>>();
  auto done = item.done->get_future();
  if (auto queued = impl_->enqueue(std::move(item), std::chrono::seconds(30)); !queued) return queued;
  return done.get();
}

void Intake::write_later(Write change) {
  Item item;
  item.what = std::move(change);
  if (auto queued = impl_->enqueue(std::move(item), std::chrono::milliseconds(0)); !queued) {
    observe::warn("write_dropped", {{"reason", queued.error().what}});
  }
}

Totals Intake::totals() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->totals;
}

Totals Intake::imported() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->imported;
}

std::optional<Error> Intake::failure() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->failure;
}

bool Intake::Impl::apply_rules(Seen& seen) {
  const auto rules = options.rules->now();
  if (!rules->acts_at_ingest()) return true;
  const auto done = rules->take(seen.message, seen.from.origin);
  if (done.redacted) metrics.rule_actions("redact").Increment();
  if (done.tagged) metrics.rule_actions("tag").Increment();
  if (done.dropped) metrics.rule_actions("drop").Increment();
  return !done.dropped;
}

Result<void> Intake::Impl::enqueue(Item item, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex);
  const bool is_write = std::holds_alternative<Write>(item.what);
  auto has_room = [&] {
    if (is_write) return writes_waiting < kMaxWritesWaiting;
    return queue.size() - writes_waiting < options.max_waiting && waiting_bytes < options.max_waiting_bytes;
  };
  // While nothing can be committed a source is told at once; it closes and what it misses is reconciled later.
  const bool in_time =
      freed.wait_for(lock, patience, [&] { return stopping || gave_up || (has_room() && !failure) || failure; });
  if (gave_up || (failure && !is_write) || (failure && is_write && item.done)) return *failure;
  if (stopping) return Error{Code::unavailable, "the gateway is stopping", "Try again when it runs"};
  if (!in_time || !has_room()) return Error{Code::timeout, "the writer does not keep up", "Try again later"};
  waiting_bytes += item.bytes;
  if (is_write) ++writes_waiting;
  queue.push_back(std::move(item));
  metrics.intake_depth.Set(static_cast<double>(queue.size()));
  lock.unlock();
  arrived.notify_one();
  return {};
}

std::vector<Item> Intake::Impl::next_items() {
  std::unique_lock lock(mutex);
  const auto woken = [&] { return stopping || !queue.empty(); };
  auto until = Clock::now() + kBeatEvery;
  if (!counters.empty()) until = std::min(until, counters_due);
  arrived.wait_until(lock, until, woken);
  std::vector<Item> items;
  while (!queue.empty() && items.size() < options.max_batch) {
    waiting_bytes -= queue.front().bytes;
    if (std::holds_alternative<Write>(queue.front().what)) --writes_waiting;
    items.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  metrics.intake_depth.Set(static_cast<double>(queue.size()));
  lock.unlock();
  freed.notify_all();
  return items;
}

void Intake::Impl::beat() {
  if (options.health) options.health->beat(kBeat, model::Time::now());
}

void Intake::Impl::take_counters(std::vector<Item>& items, bool all) {
  if (!all && counters.size() < options.max_batch && Clock::now() < counters_due) return;
  for (auto& [key, seen] : counters) {
    Item item;
    item.what = Observation(std::move(seen));
    items.push_back(std::move(item));
  }
  counters.clear();
}

void Intake::Impl::run() {
  while (true) {
    bool last = false;
    {
      const std::lock_guard lock(mutex);
      last = stopping && queue.empty();
    }
    auto items = last ? std::vector<Item>() : next_items();
    beat();
    // Counters wait here until they are due; everything else goes on.
    std::erase_if(items, [&](Item& item) {
      auto* observation = std::get_if<Observation>(&item.what);
      auto* seen = observation ? std::get_if<CountersSeen>(observation) : nullptr;
      if (!seen || options.counters_every.count() == 0) return false;
      if (counters.empty()) counters_due = Clock::now() + options.counters_every;
      auto [slot, fresh] = counters.try_emplace(seen->key, *seen);
      if (!fresh) slot->second = merged(slot->second, *seen);
      return true;
    });
    take_counters(items, last);
    while (!items.empty()) {
      std::vector<Result<void>> outcomes(items.size());
      auto done = commit(items, outcomes);
      std::unique_lock lock(mutex);
      if (done) {
        if (failure) observe::info("commits_again");
        failure.reset();
        lock.unlock();
        freed.notify_all();
        for (std::size_t i = 0; i < items.size(); ++i) {
          if (items[i].done) items[i].done->set_value(outcomes[i]);
        }
        break;
      }
      if (!failure) observe::error("commit_failed", {{"reason", done.error().what}});
      failure = done.error();
      gave_up = gave_up || options.give_up_on_failure || stopping;
      freed.notify_all();
      // Whoever waits is told now; observations are kept and tried again.
      tell(items, *failure);
      writes_waiting -= tell(queue, *failure);
      if (gave_up) {
        queue.clear();
        waiting_bytes = writes_waiting = 0;
        break;
      }
      // While it fails nothing new is taken: without this a batch of answered writes would be the last one ever.
      if (items.empty()) items.push_back(probe());
      arrived.wait_for(lock, kRetryEvery, [&] { return stopping; });
      beat();
    }
    if (last) return;
  }
}

Result<void> Intake::Impl::room() {
  if (Clock::now() - room_checked < kRoomCheckEvery) return {};
  if (auto there_is = journal.room(); !there_is) return there_is;
  room_checked = Clock::now();
  metrics.disk_free_bytes.Set(static_cast<double>(journal.disk_free()));
  metrics.journal_bytes.Set(static_cast<double>(journal.bytes()));
  return {};
}

Result<void> Intake::Impl::run_write(const Write& write, Result<void>& outcome) {
  auto& db = journal.writer();
  if (auto done = db.execute("SAVEPOINT api"); !done) return done;
  outcome = write(db);
  if (outcome) return db.execute("RELEASE api");
  const auto code = outcome.error().code;
  if (code == Code::out_of_space || code == Code::unavailable) return outcome;  // the whole commit fails
  return db.execute("ROLLBACK TO api; RELEASE api");
}

Result<void> Intake::Impl::fold(Batch& batch, std::vector<Item>& items, std::vector<Result<void>>& outcomes) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto& item = items[i];
    Result<void> done;
    if (const auto* observation = std::get_if<Observation>(&item.what)) {
      done = std::visit(
          [&](const auto& o) {
            if constexpr (std::is_same_v<std::decay_t<decltype(o)>, Seen>) {
              return batch.take(o, item.hash);
            } else {
              return batch.take(o);
            }
          },
          *observation);
    } else if (const auto* write = std::get_if<Write>(&item.what)) {
      done = batch.finish();
      if (done) done = run_write(*write, outcomes[i]);
      batch.forget();
    }
    if (!done) return done;
  }
  return batch.finish();
}

Result<void> Intake::Impl::commit(std::vector<Item>& items, std::vector<Result<void>>& outcomes) {
  auto& db = journal.writer();
  const bool adds = std::any_of(items.begin(), items.end(),
                                [](const Item& item) { return std::holds_alternative<Observation>(item.what); });
  if (adds) {
    if (auto there_is = room(); !there_is) return there_is;
  }
  const auto began = Clock::now();
  Batch batch(db, model::Time::now(), options.deliver_max_age);
  if (auto done = db.execute("BEGIN IMMEDIATE"); !done) return done;
  auto done = fold(batch, items, outcomes);
  std::vector<model::Event> events = std::move(batch.events());
  const bool wrote = std::any_of(items.begin(), items.end(),
                                 [](const Item& item) { return std::holds_alternative<Write>(item.what); });
  if (done && wrote) {
    // Writes of the API may have appended events of their own, between those of the batch: the table has them all.
    auto all = journal::events_after(db, journal.head(), std::numeric_limits<std::int64_t>::max());
    if (all) {
      events = std::move(*all);
    } else {
      done = all.error();
    }
  }
  if (done) done = db.execute("COMMIT");
  if (!done) {
    (void)db.execute("ROLLBACK");
    return done;
  }
  account(batch, events, began);
  journal.announce(events);
  return {};
}

void Intake::Impl::account(const Batch& batch, const std::vector<model::Event>& events, Clock::time_point began) {
  const auto now = model::Time::now();
  metrics.commit_seconds.Observe(std::chrono::duration<double>(Clock::now() - began).count());
  metrics.commit_events.Observe(static_cast<double>(events.size()));
  for (const auto& event : events) {
    metrics.events(event.kind, event.origin).Increment();
    // Counters wait on purpose.
    if (event.origin == model::Origin::live && event.kind != model::Kind::counters) {
      metrics.stored_seconds.Observe(static_cast<double>(now.us - event.observed_at.us) / 1e6);
    }
  }
  if (options.lag) {
    for (const auto& heard : batch.heard()) options.lag->note(heard.peer, heard.posted, now);
  }
  const auto& t = batch.totals();
  if (t.known > 0) metrics.observations_known.Increment(static_cast<double>(t.known));
  if (t.refused > 0) metrics.observations_refused.Increment(static_cast<double>(t.refused));
  if (!events.empty()) metrics.journal_head_seq.Set(static_cast<double>(events.back().seq.value));
  const std::lock_guard lock(mutex);
  totals += t;
  imported += batch.imported();
}

}  // namespace tg::pipeline
