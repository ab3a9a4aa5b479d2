#include "app/upkeep.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/temp_folder.h"

namespace tg::app {
namespace {

class Captures : public source::Source {
 public:
  std::string name() const override { return "telegram"; }
  void start() override {}
  void stop() override {}
  source::SourceState state() const override { return {source::SourceState::Code::running, {}, ""}; }
};

// A gateway whose source runs, on a disk with this reserve.
class Machine {
 public:
  explicit Machine(std::int64_t reserve)
      : journal(std::move(
            journal::Journal::open(folder.path() / "data", journal::Access::write, {.disk_reserve_bytes = reserve})
                .value())) {}

  test::TempFolder folder;
  std::unique_ptr<journal::Journal> journal;
  observe::Lag lag;
  observe::Metrics metrics;
  observe::Health health{model::Time::now()};
  pipeline::Intake intake{*journal, metrics, {}};
  Captures telegram;
  ChannelWatch channels{{*journal, lag, metrics, std::chrono::seconds(120), false, {}}};
  Upkeep upkeep{{*journal, intake, metrics, health, {&telegram}, channels}};
};

TEST(Upkeep, MetricOfCaptureIsWhatHealthSays) {
  const Machine good(0);
  EXPECT_EQ(good.health.capture(model::Time::now()).status, 200);
  EXPECT_EQ(good.metrics.capture_up.Value(), 1);

  const Machine full(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(full.health.capture(model::Time::now()).status, 503);
  EXPECT_EQ(full.metrics.capture_up.Value(), 0);
}

}  // namespace
}  // namespace tg::app
