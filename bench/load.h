#pragma once
// Keep-alive clients in one thread. Without a rate each asks as soon as it was answered; with one each asks on its own
// beat, and time counts from the beat: an answer that comes late makes the next one late as well.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "model/result.h"

namespace tg::bench {

struct Load {
  std::uint16_t port = 0;
  std::string mix;
  std::string target;
  std::size_t clients = 16;
  double seconds = 5;
  double rate = 0;  // requests a second of each client; 0: no pause
  std::vector<std::string> channels;
  std::size_t run = 0;
};

// By label: count, per second, percentiles, bytes; and `answers` to all, warm-up included. An answer that is not 200 is
// an error of the whole run.
Result<boost::json::object> run(const Load& load);

}  // namespace tg::bench
