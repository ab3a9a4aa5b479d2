#pragma once
// The messages of a Telegram Gateway for a program that acts on them, such as a trading system.
//
//   telegram_gateway::Options options;
//   options.name = "desk";
//   options.channels = {-1001487851422};
//   telegram_gateway::Consumer consumer(options, [](const telegram_gateway::Message& message) {
//     return trade(message.text) ? telegram_gateway::Outcome::done : telegram_gateway::Outcome::retry;
//   });
//   consumer.run();  // until consumer.stop()
//
// Promise: every message that the gateway offers is handled at least once, and once only unless the program dies
// between the handler's end and the mark. A mark is written to the gateway (and to Redis, where there is one) under
// Options::name, so the mode may be changed between two runs without a double. Only one program may run under a name at
// a time.
//
// Polling: the gateway alone says what is to be handled: it is asked at the start, after every doubt and every
// Options::ask_gateway_every polls. Between two such answers the cache (Redis) may add what is newer, where it can
// prove that it has everything since the last answer. Nothing is ever concluded from what a cache does not show, so one
// that is wrong, empty or gone costs time, never a message. Queue: RabbitMQ pushes; the gateway declares the queue
// telegram.consumer.{name}.{channel} where its configuration names the consumer. Hybrid: the queue first, polls as a
// backup, at the pace of polling while the queue is gone.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telegram_gateway/counters.h"

namespace telegram_gateway {

enum class Mode : std::uint8_t { polling, queue, hybrid };

enum class Outcome : std::uint8_t {
  done,
  retry,   // again after a pause, Options::tries times in all; an exception means the same
  refuse,  // never again; in the queue's modes it goes to the dead-letter queue
};

enum class Kind : std::uint8_t {
  created,    // a new message, as it is now
  edited,     // only with Options::changes
  deleted,    // only with Options::changes; the text may be empty
  reprocess,  // a person asked for it to be delivered again
};

struct Message {
  std::string id;   // channel:message, as the gateway's API names it; of a private chat channel:message:account
  std::string key;  // of this version, the same for ever
  Kind kind = Kind::created;
  std::int64_t channel = 0;  // -100…
  std::int64_t number = 0;   // Telegram's id within the channel
  std::string channel_title;
  std::string sender;                                 // may be empty
  std::string text;                                   // UTF-8
  std::chrono::system_clock::time_point date;         // at Telegram
  std::chrono::system_clock::time_point received_at;  // by the gateway
  std::string origin;                                 // live, catchup, import
  std::string json;  // all there is: in the API's form, or as an event (docs/api.md), as it came
  int tries = 0;     // before this one
};

struct Redis {
  std::vector<std::string> sentinels;  // HOST:PORT, tried in turn; empty: address is the master
  std::string master = "telegram-redis";
  std::string address = "127.0.0.1:6379";
  std::string user;
  std::string password_file;  // empty = none
  std::string sentinel_password_file;
};

struct Rabbitmq {
  std::string host = "127.0.0.1";
  int port = 5672;
  std::string vhost = "telegram";
  std::string user = "telegram";
  std::string password_file;
  bool tls = false;
  std::string ca_file;  // with tls: whom to trust
};

struct Options {
  std::string name;                    // 1-64 of a-z A-Z 0-9 . _ -; what is marked is marked under it
  std::vector<std::int64_t> channels;  // at least one
  Mode mode = Mode::polling;

  std::string gateway_url = "http://127.0.0.1:4010";
  std::string token_file;  // with the scope consume; empty where the gateway asks for none
  std::string ca_file;     // for https; empty = the system's

  std::optional<Redis> redis;        // without it every poll goes to the gateway
  std::optional<Rabbitmq> rabbitmq;  // for queue and hybrid

  std::chrono::milliseconds poll_every{5'000};
  std::chrono::milliseconds backup_poll_every{30'000};  // hybrid, while the queue is there
  int batch = 100;                                      // messages a poll, at most 1,000
  int ask_gateway_every = 12;                           // polls; 1 = the cache is not asked
  int prefetch = 10;                                    // unacknowledged messages a channel

  int handlers = 1;  // threads that call the handler; with 1 it is never called concurrently, and in order of arrival
  int tries = 3;
  std::chrono::milliseconds retry_pause{5'000};  // doubles with each try; the queue's retries have the broker's pauses
  bool changes = false;                          // edits and deletions too: from the queue only, polls do not have them
  int remembered = 100'000;                      // ids of what was done, kept in memory
  std::chrono::milliseconds stop_within{30'000};

  std::function<void(std::string_view)> log;  // one line a call, from any thread; empty = standard error
};

class Consumer {
 public:
  using Handler = std::function<Outcome(const Message&)>;

  // Connects to nothing yet. Throws std::invalid_argument that says which option is wrong and what it should be, a file
  // of a password or token that cannot be read included.
  Consumer(Options options, Handler handler);
  ~Consumer();  // as stop(), without waiting for a handler
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  // Once. Returns after stop(): what the handler has in hand is finished, marked and acknowledged, the rest goes back.
  // false: a handler had not returned after Options::stop_within; its message goes back too, and it is left to itself.
  bool run();
  // Any thread, and signal handlers.
  void stop() noexcept;

  Counters counters() const;  // any thread

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace telegram_gateway
