#pragma once
// A journal with its writer, and a destination in memory that fails on demand.

#include <gtest/gtest.h>

#include <set>

#include "journal/cursors.h"
#include "journal/upkeep.h"
#include "sink/runner.h"
#include "support/temp_folder.h"

namespace tg::test {

inline constexpr std::chrono::seconds kPatience{20};

// What the destination has and how it behaves; outlives its sinks, as a real one outlives the program.
struct Receiver {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::vector<std::int64_t> seqs;  // every delivery, also a second one of the same event
  std::vector<std::string> keys;
  std::size_t opened = 0, closed = 0, calls = 0;

  // Behaviour.
  bool reachable = true;
  std::optional<Error> trouble;            // of each delivery
  std::chrono::milliseconds pause{0};      // asked for with it
  std::optional<std::size_t> most;         // so many are done, then trouble
  std::set<std::int64_t> poison;           // message ids that are refused
  bool rests = false;                      // later, without trouble
  bool sets_aside = false;                 // itself, what it refuses
  bool refuses_twice = false;              // and what is not done yet as well
  bool blocks = false;                     // a delivery waits until the stop
  std::optional<sink::Position> kept;      // told by open()
  std::chrono::seconds rewind{0};          // told by the next open(), once
  std::set<std::int64_t> wanted_messages;  // none = all

  template <class F>
  void set(F change) {
    {
      const std::lock_guard lock(mutex);
      change(*this);
    }
    changed.notify_all();
  }
  template <class F>
  bool until(F condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kPatience, [&] { return condition(*this); });
  }
  std::vector<std::int64_t> got() {
    const std::lock_guard lock(mutex);
    return seqs;
  }
};

class MemorySink final : public sink::Sink {
 public:
  MemorySink(Receiver& receiver, std::string name) : receiver_(receiver), name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  bool wants(const model::Event& event) const override {
    const std::lock_guard lock(receiver_.mutex);
    return receiver_.wanted_messages.empty() || receiver_.wanted_messages.contains(event.key.message.value);
  }
  Result<sink::Resume> open(const std::stop_token&) override {
    sink::Resume resume;
    bool reachable = false;
    receiver_.set([&](Receiver& r) {
      ++r.opened;
      reachable = r.reachable;
      resume = {r.kept, std::exchange(r.rewind, std::chrono::seconds(0))};
    });
    if (!reachable) return Error{Code::unavailable, "nobody listens", ""};
    return resume;
  }
  sink::Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override {
    sink::Delivery delivery;
    std::unique_lock lock(receiver_.mutex);
    ++receiver_.calls;
    receiver_.changed.notify_all();
    if (receiver_.blocks) {
      receiver_.changed.wait(lock, stop, [&] { return !receiver_.blocks; });
      if (stop.stop_requested()) return {0, {}, Error{Code::unavailable, "stopped", ""}, {}};
    }
    delivery.pause = receiver_.pause;
    if (receiver_.trouble) {
      delivery.trouble = receiver_.trouble;
      return delivery;
    }
    if (receiver_.rests) {
      delivery.pause = std::chrono::milliseconds(1);
      return delivery;
    }
    for (const auto& event : events) {
      if (receiver_.most && delivery.done == *receiver_.most) {
        delivery.trouble = Error{Code::unavailable, "only so many", ""};
        break;
      }
      if (receiver_.poison.contains(event.key.message.value)) {
        delivery.refused.push_back({delivery.done, "poison", receiver_.sets_aside});
        if (receiver_.refuses_twice) {
          delivery.refused.push_back({delivery.done, "another reason"});
          delivery.refused.push_back({events.size(), "poison"});
        }
      } else {
        receiver_.seqs.push_back(event.seq.value);
        receiver_.keys.push_back(model::event_key(event));
      }
      ++delivery.done;
    }
    lock.unlock();
    receiver_.changed.notify_all();
    return delivery;
  }
  void close() override {
    receiver_.set([](Receiver& r) { ++r.closed; });
  }

 private:
  Receiver& receiver_;
  const std::string name_;
};

struct House {
  TempFolder folder;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<pipeline::Intake> intake;
  observe::Metrics metrics;
  observe::Health health{model::Time::now()};
  std::int64_t next_message = 1;

  House() { start(); }
  ~House() { stop(); }

  void start() {
    journal = std::move(journal::Journal::open(folder / "journal", journal::Access::write).value());
    intake = std::make_unique<pipeline::Intake>(*journal, metrics, pipeline::Intake::Options{});
  }
  void stop() {
    intake.reset();
    journal.reset();
  }

  std::unique_ptr<sink::Runner> run(Receiver& receiver, sink::Runner::Options options = quick(),
                                    const std::string& name = "memory") {
    return std::make_unique<sink::Runner>(std::make_unique<MemorySink>(receiver, name),
                                          sink::Runner::Parts{*journal, *intake, metrics, health}, options);
  }
  static sink::Runner::Options quick() {
    sink::Runner::Options options;
    options.first_pause = std::chrono::milliseconds(5);
    options.longest_pause = std::chrono::milliseconds(20);
    return options;
  }
  static sink::Runner::Options from_oldest() {
    auto options = quick();
    options.from_oldest = true;
    return options;
  }

  // New messages, on disk when it returns; their numbers in the journal.
  std::vector<std::int64_t> post(int count) {
    const auto before = journal->head();
    for (int i = 0; i < count; ++i) {
      pipeline::Seen seen;
      seen.from = {model::SourceKind::demo, model::Origin::live, 1, model::Time::now()};
      seen.message.key = {{}, model::ChatId{-1001}, model::MessageId{next_message++}};
      seen.message.date = model::Time::now();
      seen.message.text = "text";
      EXPECT_TRUE(intake->push(seen));
    }
    EXPECT_TRUE(intake->flush());
    return seqs_after(before);
  }
  std::vector<std::int64_t> seqs_after(model::Seq seq) {
    std::vector<std::int64_t> seqs;
    const auto events = journal->read_after(seq, 100'000);
    for (const auto& event : *events) seqs.push_back(event.seq.value);
    return seqs;
  }
  std::int64_t number(std::string_view sql) { return (*journal->read())->scalar(sql).value(); }
  void write(std::string sql) {
    EXPECT_TRUE(intake->write([&](journal::Connection& db) { return db.execute(sql); }));
  }
  // Waits for what other threads write.
  bool until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }
  bool all_there(const sink::Runner& runner) { return runner.wait_delivered(journal->head(), kPatience); }
};

}  // namespace tg::test
