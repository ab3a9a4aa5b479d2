#include "sink/redis/redis_sink.h"

#include "model/news.h"
#include "observe/log.h"
#include "sink/redis/detail/arrivals.h"
#include "sink/redis/detail/commands.h"
#include "sink/redis/info.h"
#include "sink/redis/keys.h"

namespace tg::redis {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kCheckEvery{1};

std::int64_t milliseconds(model::Time time) { return time.us / 1'000; }

Command command(std::initializer_list<std::string_view> parts) { return {parts.begin(), parts.end()}; }

std::int64_t number(const std::string& text) { return model::parse_int(text).value_or(0); }

const Command& forget() {
  static const Command kForget = command({"DEL", kCursorKey, kCompleteKey});
  return kForget;
}

}  // namespace

// What Redis says of itself and of what it holds.
struct RedisSink::Stored {
  std::string journal_id, run_id;
  model::Seq seq;
  std::int64_t at_ms = 0, since_ms = 0, evicted = 0;
  std::string run_id_now;
  std::int64_t evicted_now = 0;
};

const std::string& RedisSink::name() const {
  static const std::string kName = "redis";
  return kName;
}

bool RedisSink::wants(const model::Event& event) const {
  if (!event.key.message || !model::is_told(event)) return false;
  return event.kind != model::Kind::created || model::is_news(event, options_.max_age);
}

void RedisSink::close() { connection_.reset(); }

Result<sink::Resume> RedisSink::open(const std::stop_token& stop) {
  connection_.reset();
  checked_at_ = {};
  auto connection = master_.connect(stop);
  if (!connection) return connection.error();
  connection_ = std::move(*connection);
  const auto stored = read_stored(stop);
  if (!stored) return stored.error();
  const bool ours = stored->journal_id == journal_.id() && stored->seq && stored->seq <= journal_.head();
  return ours && !lost_ ? go_on(*stored, stop) : start_anew(*stored, stop);
}

Result<RedisSink::Stored> RedisSink::read_stored(const std::stop_token& stop) {
  connection_->add({"HMGET", kCursorKey, "journal_id", "seq", "at", "since", "run_id", "evicted"});
  connection_->add({"INFO"});
  auto replies = connection_->exchange(stop);
  if (!replies) return replies.error();
  for (const auto& reply : *replies) {
    if (reply.text.starts_with("WRONGTYPE")) continue;  // not ours; start_anew removes it
    if (reply.is_error()) return connection_->error_of(reply);
  }
  const auto& cursor = replies->front();
  const Info info(replies->back().text);
  Stored stored;
  stored.journal_id = cursor[0].text;
  stored.seq = model::Seq{number(cursor[1].text)};
  stored.at_ms = number(cursor[2].text);
  stored.since_ms = number(cursor[3].text);
  stored.run_id = cursor[4].text;
  stored.evicted = number(cursor[5].text);
  stored.run_id_now = info.text("run_id");
  stored.evicted_now = info.number("evicted_keys");
  return stored;
}

Result<sink::Resume> RedisSink::start_anew(const Stored& stored, const std::stop_token& stop) {
  const auto now = model::Time::now();
  const auto oldest = oldest_recorded(journal_, now);
  if (!oldest) return oldest.error();
  const auto rewind = std::max(std::chrono::seconds(kRewind), options_.message_ttl);
  since_ms_ = milliseconds(std::max(*oldest, model::Time{now.us - std::chrono::microseconds(rewind).count()})) + 1;
  evicted_ = stored.evicted_now;
  written_ = {};
  warming_ = true;
  // Without a seq this is no cursor yet.
  if (auto done = run({forget(), note(stored.run_id_now)}, stop); !done) return done.error();
  lost_ = false;
  observe::info("cache_warms", {{"server", connection_->server().to_string()}, {"since_ms", since_ms_}});
  return sink::Resume{std::nullopt, rewind};
}

Result<sink::Resume> RedisSink::go_on(const Stored& stored, const std::stop_token& stop) {
  written_ = stored.seq;
  since_ms_ = stored.since_ms;
  evicted_ = stored.evicted_now;
  warming_ = true;
  // What was before the cursor may have been evicted unseen; what is behind it is sent now.
  const bool same = stored.run_id == stored.run_id_now && stored.evicted == stored.evicted_now;
  if (!same) since_ms_ = std::max(since_ms_, stored.at_ms + 1);
  if (journal_.past_trimmed(stored.seq)) {
    const auto recorded = oldest_recorded(journal_, model::Time::now());
    if (!recorded) return recorded.error();
    since_ms_ = std::max(since_ms_, milliseconds(*recorded) + 1);
  }
  if (auto done = run({command({"DEL", kCompleteKey}), note(stored.run_id_now)}, stop); !done) return done.error();
  return sink::Resume{sink::Position{stored.journal_id, stored.seq}, {}};
}

sink::Delivery RedisSink::deliver(std::span<const model::Event> events, const std::stop_token& stop) {
  sink::Delivery delivery;
  if (auto done = write_all(events, stop); !done) {
    delivery.trouble = done.error();
  } else {
    delivery.done = events.size();
  }
  return delivery;
}

Result<void> RedisSink::write_all(std::span<const model::Event> events, const std::stop_token& stop) {
  if (Clock::now() - checked_at_ >= kCheckEvery) {
    if (auto well = check(Claim::no, stop); !well) return well;
  }
  auto changes = changes_of(journal_, events, options_.max_age);
  if (!changes) return changes.error();
  if (warming_) {
    // These may have been sent before: what is there already must not become older.
    for (const auto& change : *changes) {
      connection_->add({"GETRANGE", message_key(change.event->key), "0", kBytesWithSeq});
    }
    const auto there = connection_->exchange(stop);
    if (!there) return there.error();
    std::size_t index = 0;
    std::erase_if(*changes,
                  [&](const Change& change) { return seq_of_state((*there)[index++].text) > change.event->seq; });
  }
  const auto now = model::Time::now();
  const auto& last = events.back();
  const bool fresh = now.us - last.recorded_at.us < std::chrono::microseconds(kClaimLag).count();
  if (fresh) warming_ = false;
  auto commands = commands_for(*changes, now, options_.message_ttl);
  commands.push_back({"HSET", std::string(kCursorKey), "journal_id", journal_.id(), "seq",
                      std::to_string(last.seq.value), "at", std::to_string(milliseconds(last.recorded_at))});
  if (fresh) commands.push_back(claim());
  if (auto done = write(commands, stop); !done) return done;
  written_ = last.seq;
  return {};
}

// All or nothing, unless the cursor in Redis is not the one that was written last.
Result<void> RedisSink::write(const std::vector<Command>& commands, const std::stop_token& stop) {
  connection_->add({"MULTI"});
  connection_->add({"HMGET", kCursorKey, "seq", "since"});
  for (const auto& one : commands) connection_->add(one);
  connection_->add({"EXEC"});
  const auto replies = connection_->exchange(stop);
  if (!replies) return replies.error();
  for (const auto& reply : *replies) {
    if (reply.is_error() && !reply.text.starts_with("EXECABORT")) return connection_->error_of(reply);
  }
  const auto& results = replies->back();
  if (auto same = check_cursor(results[0]); !same) return forget_cursor(same.error(), stop);
  for (std::size_t i = 0; i < results.items.size(); ++i) {
    if (!results[i].is_error()) continue;
    // The rest of the transaction has happened. A key that holds something else than ours is in the way.
    if (i >= 1 && i <= commands.size()) connection_->add({"UNLINK", commands[i - 1][1]});
    return forget_cursor(connection_->error_of(results[i]), stop);
  }
  return {};
}

Result<void> RedisSink::check_cursor(const Reply& seq_and_since) {
  const std::string expected = written_ ? std::to_string(written_.value) : "";
  if (seq_and_since[0].text == expected && seq_and_since[1].text == std::to_string(since_ms_)) return {};
  return Error{Code::conflict, "the cache was emptied, or somebody else wrote its cursor",
               "It is filled again by itself; if this repeats, see that no second gateway uses the same Redis"};
}

// What is there is not what the cursor says: it goes, and the next open() fills the cache again.
Result<void> RedisSink::forget_cursor(Error why, const std::stop_token& stop) {
  lost_ = true;
  connection_->add(forget());
  (void)connection_->exchange(stop);
  return why;
}

Result<void> RedisSink::idle() {
  if (!warming_ && Clock::now() - checked_at_ < kCheckEvery) return {};
  warming_ = false;  // nothing is left to send
  return check(Claim::yes, {});
}

Result<void> RedisSink::check(Claim claims, const std::stop_token& stop) {
  checked_at_ = Clock::now();
  if (auto still = master_.check_still(connection_->server(), stop); !still) return still;
  connection_->add({"HMGET", kCursorKey, "seq", "since"});
  connection_->add({"INFO", "stats"});
  connection_->add({"ROLE"});
  const auto replies = connection_->exchange(stop);
  if (!replies) return replies.error();
  for (const auto& reply : *replies) {
    if (reply.is_error()) return connection_->error_of(reply);
  }
  if (auto master = check_role((*replies)[2], connection_->server()); !master) return master;
  if (auto same = check_cursor((*replies)[0]); !same) return forget_cursor(same.error(), stop);
  const auto evicted = Info((*replies)[1].text).number("evicted_keys");
  std::vector<Command> news;
  if (evicted != evicted_) {
    observe::warn("cache_evicts", {{"server", connection_->server().to_string()}, {"keys", evicted - evicted_}});
    evicted_ = evicted;
    since_ms_ = milliseconds(model::Time::now());
    news.push_back(
        {"HSET", std::string(kCursorKey), "since", std::to_string(since_ms_), "evicted", std::to_string(evicted)});
    news.push_back(command({"DEL", kCompleteKey}));
  }
  if (claims == Claim::yes) news.push_back(claim());
  return news.empty() ? Result<void>() : run(news, stop);
}

Command RedisSink::note(const std::string& run_id) const {
  return {"HSET",    std::string(kCursorKey), "since", std::to_string(since_ms_), "run_id", run_id,
          "evicted", std::to_string(evicted_)};
}

Command RedisSink::claim() const {
  return {"SET", std::string(kCompleteKey), std::to_string(since_ms_), "PX", std::to_string(kClaimTtl.count())};
}

Result<void> RedisSink::run(const std::vector<Command>& commands, const std::stop_token& stop) {
  for (const auto& one : commands) connection_->add(one);
  const auto replies = connection_->exchange(stop);
  if (!replies) return replies.error();
  for (const auto& reply : *replies) {
    if (reply.is_error()) return connection_->error_of(reply);
  }
  return {};
}

}  // namespace tg::redis
