#pragma once
// How each dependency is, and what follows for /health, /health/live, /health/ready and /health/capture.
// Parts report with set() and beat(); the API asks. Any thread. Times are handed in, so that a test needs no clock.
//
//   /health           200 healthy or degraded while the API can read or journal; 503 unhealthy when it can do neither
//   /health/live      503 when a thread that must beat has stopped: restart me
//   /health/ready     503 until started, and while nothing can be read: send me no requests
//   /health/capture   503 while nothing new can be captured: tell someone

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"

namespace tg::observe {

enum class State : std::uint8_t { ok, degraded, down };

// What is lost while a dependency is down.
enum class Role : std::uint8_t {
  journal,      // writing, and so capture
  disk,         // capture: below the reserve nothing is written
  store,        // reading
  source,       // capture, when no other source is up
  destination,  // its own readers only
};

struct Dependency {
  std::string name;  // "journal", "disk", "telegram", "demo", "redis"
  Role role = Role::destination;
  State state = State::ok;
  std::string detail;  // why, and the next automatic step; for people
  model::Time since;   // of this state
};

struct HealthAnswer {
  int status = 200;
  boost::json::object body;
};

class Health {
 public:
  explicit Health(model::Time started) : started_(started) {}

  void set(std::string_view name, Role role, State state, std::string_view detail, model::Time now);
  void forget(std::string_view name);  // a source that ended as it should, such as an import

  // From now on the thread must beat at least this often; retire() when it ends as it should.
  void expect_beats(std::string_view thread, std::chrono::seconds at_most_apart, model::Time now);
  void beat(std::string_view thread, model::Time now);
  void retire(std::string_view thread);

  void set_ready(bool ready);  // true when started, false again when stopping

  std::vector<Dependency> dependencies() const;  // by name
  bool can_journal() const;
  bool can_read() const;
  bool captures() const;

  HealthAnswer health(model::Time now) const;
  HealthAnswer live(model::Time now) const;
  HealthAnswer ready(model::Time now) const;
  HealthAnswer capture(model::Time now) const;

 private:
  struct Beat {
    model::Time last;
    std::chrono::seconds at_most_apart{0};
  };

  bool any(Role role, bool up) const;  // with mutex_ held
  bool can_journal_locked() const;
  bool can_read_locked() const;
  bool captures_locked() const;
  std::string why_no_capture() const;

  const model::Time started_;
  mutable std::mutex mutex_;
  std::map<std::string, Dependency, std::less<>> dependencies_;
  std::map<std::string, Beat, std::less<>> beats_;
  bool ready_ = false;
};

std::string_view name_of(State state);  // "ok", "degraded", "down"

}  // namespace tg::observe
