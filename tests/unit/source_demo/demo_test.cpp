#include "source/demo/demo_source.h"

#include <gtest/gtest.h>

#include "journal/coverage.h"
#include "journal/journal.h"
#include "source/demo/corpus.h"
#include "support/temp_folder.h"

namespace tg::demo {
namespace {

using namespace std::chrono_literals;

class Running {
 public:
  explicit Running(const std::filesystem::path& folder) {
    journal::Limits limits;
    limits.disk_reserve_bytes = 0;
    journal_ = std::move(*journal::Journal::open(folder, journal::Access::write, limits));
    intake_ = std::make_unique<pipeline::Intake>(*journal_, metrics_, pipeline::Intake::Options{});
  }
  pipeline::Intake& intake() { return *intake_; }
  std::int64_t number(const std::string& sql) { return *(*journal_->read())->scalar(sql); }
  std::vector<journal::ChatCoverage> coverage() {
    return *journal::all_coverage(**journal_->read(), model::Time::now());
  }

  Known known(model::ChatId peer) {
    const auto c = *journal::coverage(**journal_->read(), peer, model::Scope{}, model::Time::now());
    Known known{c.newest, {}};
    if (!c.newest) return known;
    for (const auto& gap : c.proven.gaps({c.start.value, c.newest.value}).ranges()) {
      known.unproven.emplace_back(gap.first, gap.last);
    }
    return known;
  }
  Options options(double rate) {
    Options o;
    o.channels = 5;
    o.rate = rate;
    o.history = 120;
    o.known = [this](model::ChatId peer) { return known(peer); };
    return o;
  }
  // Looks again after every commit. One that brings proofs only has no events, so no longer than 50 ms apart.
  bool wait_for(const std::function<bool()>& reached, std::chrono::seconds patience = 30s) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!reached()) {
      if (std::chrono::steady_clock::now() > until) return false;
      journal_->wait(journal_->head(), 50ms);
    }
    return true;
  }
  // Every channel is there and no id between its start and its newest one is unexplained.
  bool settled(std::size_t channels) {
    const auto all = coverage();
    return all.size() == channels && std::all_of(all.begin(), all.end(), [](const journal::ChatCoverage& c) {
             return c.newest && c.missing + c.unknown == 0 && c.accounted == c.newest.value - c.start.value + 1;
           });
  }

 private:
  observe::Metrics metrics_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<pipeline::Intake> intake_;
};

void expect_all_accounted(Running& running) {
  for (const auto& c : running.coverage()) {
    EXPECT_EQ(c.missing, 0) << c.peer.value;
    EXPECT_EQ(c.unknown, 0) << c.peer.value;
    EXPECT_EQ(c.accounted, c.newest.value - c.start.value + 1) << c.peer.value;
    EXPECT_GT(c.stored, 100) << c.peer.value;
    EXPECT_GT(c.empty, 0) << c.peer.value;
  }
}

TEST(DemoSource, BeginsWithAProvenHistory) {
  test::TempFolder folder;
  Running running(folder.path());
  DemoSource demo(running.options(0.001), running.intake());

  demo.start();
  ASSERT_TRUE(running.wait_for([&] { return running.settled(5); }));
  demo.stop();
  ASSERT_TRUE(running.intake().flush());

  expect_all_accounted(running);
  EXPECT_GT(running.number("SELECT count(*) FROM events WHERE origin = 3"), 500);
  EXPECT_EQ(running.number("SELECT count(*) FROM heads WHERE flags & 1 AND origin = 3"), 0) << "history is no news";
  EXPECT_EQ(demo.state().code, source::SourceState::Code::stopped);
}

TEST(DemoSource, LiveMessagesLeaveNoRoomBetweenThem) {
  test::TempFolder folder;
  Running running(folder.path());
  DemoSource demo(running.options(500), running.intake());

  demo.start();
  ASSERT_TRUE(running.wait_for(
      [&] { return running.number("SELECT count(*) FROM events WHERE origin = 1 AND kind = 1") > 800; }));
  demo.stop();
  ASSERT_TRUE(running.intake().flush());

  expect_all_accounted(running);
  EXPECT_EQ(running.intake().totals().refused, 0u);
}

TEST(DemoSource, ALostConnectionIsAHoleUntilItIsFilled) {
  test::TempFolder folder;
  Running running(folder.path());
  auto options = running.options(20);
  options.gaps = true;
  DemoSource demo(options, running.intake());
  const auto open_holes = [&] {
    return running.number("SELECT count(*) FROM holes WHERE closed_at = 0 AND cause = 'connection lost'");
  };

  demo.start();
  ASSERT_TRUE(running.wait_for([&] { return open_holes() > 0; }));
  const auto walks = demo.sync();
  const bool walked = running.wait_for(
      [&] {
        const auto now = walks();
        return now.size() == 1 && now[0].known && std::all_of(now[0].chats.begin(), now[0].chats.end(), [](auto& walk) {
                 return walk.stage == source::Walk::Stage::done;
               });
      },
      5s);
  ASSERT_TRUE(running.intake().flush());
  const auto holes_left = open_holes();
  demo.stop();
  ASSERT_TRUE(running.intake().flush());

  EXPECT_TRUE(walked) << "sync() fills at once";
  EXPECT_EQ(holes_left, 0) << "and says that it has";
  expect_all_accounted(running);
  EXPECT_GT(running.number("SELECT count(*) FROM events WHERE origin = 2"), 5);
}

TEST(DemoSource, GoesOnWhereItWasAfterARestart) {
  test::TempFolder folder;
  std::int64_t newest = 0, texts = 0;
  {
    Running running(folder.path());
    DemoSource demo(running.options(300), running.intake());
    demo.start();
    ASSERT_TRUE(running.wait_for([&] { return running.number("SELECT count(*) FROM events WHERE origin = 1") > 200; }));
    demo.stop();
    ASSERT_TRUE(running.intake().flush());
    newest = running.number("SELECT sum(newest) FROM chats");
    texts = running.number("SELECT count(*) FROM heads");
  }
  Running running(folder.path());
  DemoSource demo(running.options(0.001), running.intake());

  demo.start();
  ASSERT_TRUE(running.wait_for([&] {
    return running.number("SELECT count(*) FROM holes WHERE cause = 'the gateway was stopped'") == 5 &&
           running.settled(5);
  }));
  demo.stop();
  ASSERT_TRUE(running.intake().flush());

  expect_all_accounted(running);
  EXPECT_GT(running.number("SELECT sum(newest) FROM chats"), newest);
  EXPECT_GT(running.number("SELECT count(*) FROM heads"), texts);
  EXPECT_EQ(running.number("SELECT count(*) FROM holes WHERE closed_at = 0"), 0);
}

TEST(DemoSource, ProvesWhatAKilledRunLeftUnproven) {
  test::TempFolder folder;
  for (int run = 0; run < 6; ++run) {
    Running running(folder.path());
    DemoSource demo(running.options(400), running.intake());
    const auto begun = running.number("SELECT count(*) FROM heads");
    demo.start();
    // Stops amid the history of some channel: the first commit after so many messages.
    ASSERT_TRUE(running.wait_for([&] { return running.number("SELECT count(*) FROM heads") > begun + 3 + 17 * run; }));
    demo.stop();
  }
  Running running(folder.path());
  std::map<model::ChatId, model::MessageId> before;
  for (const auto& c : running.coverage()) before[c.peer] = c.newest;
  DemoSource demo(running.options(0.001), running.intake());

  demo.start();
  running.wait_for([&] {
    const auto all = running.coverage();
    return all.size() == 5 && std::all_of(all.begin(), all.end(), [&](const journal::ChatCoverage& c) {
             return c.newest > before[c.peer] && c.missing + c.unknown == 0;
           });
  });
  demo.stop();
  ASSERT_TRUE(running.intake().flush());

  expect_all_accounted(running);
}

TEST(Corpus, IsTheSameEveryTime) {
  Corpus a(5, 0), b(5, 0);
  std::int64_t last = 0;
  for (int i = 0; i < 500; ++i) {
    const auto m = a.next();
    EXPECT_EQ(m, b.next());
    EXPECT_GT(m.key.message.value, last);
    last = m.key.message.value;
  }
}

TEST(Corpus, WritesAnExportOfAnySize) {
  test::TempFolder folder;

  auto small = write_export(folder / "small.json", 10);
  auto account = write_export(folder / "account.json", 3'000, {.seed = 2, .channels = 7});

  ASSERT_TRUE(small && account);
  EXPECT_EQ(static_cast<std::uintmax_t>(*small), std::filesystem::file_size(folder / "small.json"));
  EXPECT_GT(*account, 1'000'000);
  const auto parsed = boost::json::parse(test::read_whole(folder / "account.json")).as_object();
  std::size_t messages = 0;
  for (const auto& chat : parsed.at("chats").at("list").as_array()) messages += chat.at("messages").as_array().size();
  EXPECT_EQ(messages, 3'000u);
  EXPECT_FALSE(write_export(folder / "no" / "where.json", 10));
}

}  // namespace
}  // namespace tg::demo
