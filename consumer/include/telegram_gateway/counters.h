#pragma once
// What a consumer has done so far, as numbers and as Prometheus text.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace telegram_gateway {

struct Histogram {
  static constexpr std::array<double, 12> kBounds{0.001, 0.005, 0.01, 0.05, 0.1, 0.5,
                                                  1,     2.5,   5,    10,   30,  60};  // seconds

  std::array<std::uint64_t, kBounds.size() + 1> counts{};  // of each bound alone; the last: longer than all of them
  std::uint64_t count = 0;
  double sum = 0;  // seconds

  void add(double seconds);
};

// Since the program began. Each copy of a message that comes in ends as one of these:
//   received = delivered + failed + duplicates + skipped + returned + in_hand
struct Counters {
  std::uint64_t received = 0;    // copies taken from the cache, the gateway's API and the queue
  std::uint64_t delivered = 0;   // the handler said done
  std::uint64_t failed = 0;      // the handler said refuse, or never done in Options::tries
  std::uint64_t duplicates = 0;  // were done before
  std::uint64_t skipped = 0;     // edits and deletions that were not asked for
  std::uint64_t returned = 0;    // went back unhandled: at the stop, to the queue's retries, with a lost connection
  std::uint64_t in_hand = 0;     // now

  std::uint64_t retries = 0;  // the handler said retry or threw, and the message comes again

  std::uint64_t hits = 0;    // polls that the cache answered
  std::uint64_t misses = 0;  // polls that it could not answer with proof, so that the gateway did
  std::uint64_t fallbacks =
      0;                     // polls that went to the gateway because the cache, or in hybrid mode the queue, was gone
  std::uint64_t polls = 0;   // that the gateway answered, for whatever reason
  std::uint64_t errors = 0;  // calls of the gateway, the cache and the broker that failed

  std::uint64_t marks_waiting = 0;  // now: done, and not yet marked at the gateway
  bool gateway_up = false;          // the newest call of each went well
  bool cache_up = false;
  bool queue_up = false;

  Histogram handling;  // the handler's time
  Histogram lag;       // from when the gateway had the message until the handler got it
};

// Text format 0.0.4; each metric has the label consumer.
std::string to_prometheus(const Counters& counters, std::string_view consumer);

}  // namespace telegram_gateway
