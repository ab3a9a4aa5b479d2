#include "app/notifier.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "support/temp_folder.h"

namespace tg::app {
namespace {

using observe::Role;
using observe::State;
using std::chrono::seconds;

constexpr model::Time kNow{1'800'000'000'000'000};

// The socket at which systemd would listen, and the watchdog's time.
class Systemd {
 public:
  explicit Systemd(seconds watchdog) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    const auto path = (folder_ / "notify").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", std::to_string(std::chrono::microseconds(watchdog).count()).c_str(), 1);
  }
  ~Systemd() {
    ::close(socket_);
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }
  Systemd(const Systemd&) = delete;
  Systemd& operator=(const Systemd&) = delete;

  // What came since the last call.
  std::vector<std::string> heard() const {
    std::vector<std::string> all;
    char text[512];
    for (ssize_t size = 0; (size = ::recv(socket_, text, sizeof text, 0)) > 0;) {
      all.emplace_back(text, static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  test::TempFolder folder_;
  int socket_;
};

using Words = std::vector<std::string>;

TEST(Notifier, TellsTheWatchdogTwiceInItsTime) {
  Systemd systemd(seconds(60));
  Notifier notifier;
  observe::Health health(kNow);
  health.set("store", Role::store, State::ok, "", kNow);
  const Notifier::Clock::time_point began{};

  notifier.look(health, kNow, began);
  EXPECT_EQ(systemd.heard(), (Words{"STATUS=healthy", "WATCHDOG=1"}));
  notifier.look(health, kNow, began + seconds(29));
  EXPECT_EQ(systemd.heard(), Words{});
  notifier.look(health, kNow, began + seconds(30));
  EXPECT_EQ(systemd.heard(), Words{"WATCHDOG=1"});
}

TEST(Notifier, IsSilentToTheWatchdogWhileALoopHangs) {
  Systemd systemd(seconds(60));
  Notifier notifier;
  observe::Health health(kNow);
  health.set("store", Role::store, State::ok, "", kNow);
  health.expect_beats("writer", seconds(10), kNow);
  const auto later = [](int s) { return model::Time{kNow.us + s * 1'000'000}; };
  const Notifier::Clock::time_point began{};

  notifier.look(health, later(11), began);
  EXPECT_EQ(systemd.heard(), Words{"STATUS=healthy: writer stalled"});

  health.beat("writer", later(12));
  notifier.look(health, later(12), began + seconds(1));
  EXPECT_EQ(systemd.heard(), (Words{"STATUS=healthy", "WATCHDOG=1"}));
}

TEST(Notifier, TellsOnlyWhatChanged) {
  Systemd systemd(seconds(0));
  Notifier notifier;
  observe::Health health(kNow);
  health.set("store", Role::store, State::ok, "", kNow);

  notifier.look(health, kNow, {});
  notifier.look(health, kNow, {});
  EXPECT_EQ(systemd.heard(), Words{"STATUS=healthy"});

  health.set("redis", Role::destination, State::down, "no answer from 127.0.0.1:6379", kNow);
  health.set("telegram", Role::source, State::degraded, "late", kNow);
  notifier.look(health, kNow, {});
  EXPECT_EQ(systemd.heard(), Words{"STATUS=degraded: redis down, telegram degraded"});
}

}  // namespace
}  // namespace tg::app
