#pragma once
// What happens in the demonstration and when: posts, edits, removals, counters, lost connections, walks. Works off a
// queue of things that are due; the caller's thread and clock drive it.

#include <chrono>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "pipeline/observation.h"
#include "source/demo/demo_source.h"
#include "source/demo/detail/timeline.h"

namespace tg::demo::detail {

class Stage {
 public:
  using Clock = std::chrono::steady_clock;
  using Push = std::function<bool(const pipeline::Observation&)>;  // false: stopping

  Stage(const Options& options, Push push);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  bool open();                                    // history, or what was missed since the last run
  Clock::time_point tick(Clock::time_point now);  // does what is due; when to come again
  bool fill_all();                                // every hole, and a fresh proof of every channel

 private:
  enum class Act : std::uint8_t { post, edit, remove, count, lose, fill, walk };
  struct Due {
    Clock::time_point at;
    Act act = Act::post;
    std::size_t channel = 0;
    std::int64_t id = 0;
    bool operator>(const Due& other) const { return at > other.at; }
  };
  struct Hole {
    std::int64_t first = 0, last = 0;  // what is left of it
    std::int64_t page = 1;             // ids a step
    Clock::duration step{};
  };

  bool perform(const Due& due, Clock::time_point now);
  bool open_new(std::size_t index);
  bool open_again(std::size_t index, const Known& known);
  bool post(Clock::time_point now);
  bool show_post(std::size_t index, std::int64_t before, std::int64_t first, std::int64_t last);
  bool edit(const Due& due, Clock::time_point now);
  bool remove(const Due& due);
  bool count();
  bool lose(Clock::time_point now);
  bool fill(std::size_t index, Clock::time_point now);
  bool walk(std::size_t index);
  bool push_page(std::size_t index, std::int64_t first, std::int64_t last, model::Origin origin);
  bool prove_old(std::size_t index, std::int64_t first, std::int64_t last);

  void plan_fate(std::size_t index, std::int64_t id, Clock::time_point now, double within_seconds);
  void plan(Clock::time_point at, Act act, std::size_t channel = 0, std::int64_t id = 0);
  Clock::duration seconds(double low, double high);
  double hurry() const;  // how much faster than life everything that is not a post goes
  std::size_t pick_channel();
  pipeline::Provenance from(model::Origin origin) const;
  pipeline::ChatSeen facts(std::size_t index, model::Origin origin) const;
  model::Time history_date(const Channel& channel, std::int64_t back) const;

  const Options& options_;
  Push push_;
  Story story_;
  Random random_;
  std::vector<Timeline> timelines_;
  std::vector<std::optional<Hole>> holes_;  // by channel
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  bool lost_once_ = false;
};

}  // namespace tg::demo::detail
