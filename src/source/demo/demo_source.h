#pragma once
// A lively made-up set of channels, so that everything can be seen without an account: history, live messages, edits,
// deletions, albums, replies, polls, counters, and, when asked, connection losses with their holes. It behaves like a
// server that remembers: what stands at an id never changes with the clock (detail/story.h), so after a restart the
// same channels go on where they were, and what was missed meanwhile is proven by a walk.
//
// One thread of its own pushes into the intake. While the intake takes nothing (disk full) it waits and says so in its
// state; nothing is skipped.

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "pipeline/intake.h"
#include "source/control.h"
#include "source/source.h"

namespace tg::demo {

inline constexpr std::int64_t kAccount = 7'000'000'001;

bool is_demo_channel(model::ChatId peer);

// What the journal knows of a channel from an earlier run.
struct Known {
  model::MessageId newest;                                              // 0 = nothing
  std::vector<std::pair<model::MessageId, model::MessageId>> unproven;  // ranges between its start and newest
};

struct Options {
  std::size_t channels = 12;  // 1…42
  double rate = 1;            // messages a second, over all channels
  std::uint64_t seed = 1;
  std::size_t history = 200;                  // messages a channel, before the first start
  bool gaps = false;                          // lose the connection now and then
  std::function<Known(model::ChatId)> known;  // asked once a channel at the start; may be empty
};

class DemoSource : public source::Source {
 public:
  DemoSource(Options options, pipeline::Intake& intake);  // the intake must outlive it
  ~DemoSource() override;

  std::string name() const override { return "demo"; }
  void start() override;
  void stop() override;
  source::SourceState state() const override;

  source::Walks sync();  // fills every hole and proves every channel now, in the source's thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::demo
