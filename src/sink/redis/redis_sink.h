#pragma once
// Keeps the newest messages in Redis, as a cache for consumers (keys.h).
//
//   events ──▶ one round trip: MULTI · states · recent · cursor · complete_since · EXEC
//
// The cursor stands in Redis, written together with what it speaks of: after a failover to a replica that lacked the
// last writes it is older there, and these go once more. Where it is missing (empty server, `cache warm`, evicted) or
// of another journal, what was recorded in the last two hours (or the ttl, if longer) is sent again. complete_since is
// taken away first then, and is back when that is done.
//
// Memory that is full evicts what it likes, and another server may have done so unseen: complete_since moves to the
// moment when that was noticed.

#include <chrono>
#include <memory>
#include <optional>

#include "journal/journal.h"
#include "sink/redis/connection.h"
#include "sink/redis/master.h"
#include "sink/sink.h"

namespace tg::redis {

class RedisSink final : public sink::Sink {
 public:
  struct Options {
    std::chrono::seconds message_ttl{3'600};
    std::chrono::seconds max_age{600};  // catch-up older than this is no news
  };

  RedisSink(Access access, Options options, journal::Journal& journal)
      : master_(std::move(access)), options_(options), journal_(journal) {}

  const std::string& name() const override;
  // What changes a message that may be in the cache is wanted also where it is no news by itself.
  bool wants(const model::Event& event) const override;
  Result<sink::Resume> open(const std::stop_token& stop) override;
  sink::Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override;
  Result<void> idle() override;
  void close() override;

 private:
  struct Stored;
  Result<Stored> read_stored(const std::stop_token& stop);
  Result<sink::Resume> start_anew(const Stored& stored, const std::stop_token& stop);
  Result<sink::Resume> go_on(const Stored& stored, const std::stop_token& stop);
  enum class Claim { no, yes };
  Result<void> check(Claim claims, const std::stop_token& stop);
  Result<void> check_cursor(const Reply& seq_and_since);
  Result<void> write_all(std::span<const model::Event> events, const std::stop_token& stop);
  Result<void> write(const std::vector<Command>& commands, const std::stop_token& stop);
  Result<void> run(const std::vector<Command>& commands, const std::stop_token& stop);
  Result<void> forget_cursor(Error why, const std::stop_token& stop);
  Command note(const std::string& run_id) const;
  Command claim() const;

  Master master_;
  const Options options_;
  journal::Journal& journal_;

  std::unique_ptr<Connection> connection_;
  bool warming_ = true;        // something may be missing that is sent now
  bool lost_ = false;          // the cursor in Redis speaks of what is not there
  model::Seq written_;         // the cursor's seq; 0 = none
  std::int64_t since_ms_ = 0;  // complete from there, once it is not warming
  std::int64_t evicted_ = 0;   // evicted_keys when that was so
  std::chrono::steady_clock::time_point checked_at_;
};

}  // namespace tg::redis
