// Rules where messages come in, and the book that keeps them.

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "journal/cursors.h"
#include "journal/rules.h"
#include "pipeline/heads.h"
#include "pipeline/rulebook.h"
#include "support/temp_folder.h"
#include "unit/pipeline/world.h"

namespace tg::pipeline {
namespace {

rules::Rule rule(const std::string& conditions, const std::string& actions) {
  std::vector<rules::Problem> problems;
  return rules::read_rule(
      boost::json::parse(R"({"name":"test","conditions":)" + conditions + R"(,"actions":)" + actions + "}").as_object(),
      problems);
}

struct House {
  test::TempFolder folder;
  observe::Metrics metrics;
  rules::Live live;
  std::unique_ptr<journal::Journal> journal =
      std::move(journal::Journal::open(folder.path() / "data", journal::Access::write).value());
  std::unique_ptr<Intake> intake;
  std::unique_ptr<Rulebook> book;

  explicit House(Abilities abilities = {}) {
    Intake::Options options;
    options.rules = &live;
    options.counters_every = std::chrono::seconds(0);
    intake = std::make_unique<Intake>(*journal, metrics, options);
    book = std::make_unique<Rulebook>(*journal, *intake, live, std::move(abilities));
    if (!book->load()) throw std::runtime_error("load");
  }
  std::vector<model::Event> take(const Seen& seen) {
    const auto before = journal->head();
    EXPECT_TRUE(intake->push(seen));
    EXPECT_TRUE(intake->flush());
    return journal->read_after(before, 100).value();
  }
  std::int64_t add(const std::string& conditions, const std::string& actions) {
    return book->add(rule(conditions, actions)).value().id;
  }
};

Seen post(std::string text, std::int64_t id = 7, model::SourceKind source = model::SourceKind::tdlib) {
  Seen seen;
  seen.from = {source, source == model::SourceKind::tdlib ? model::Origin::live : model::Origin::import_, 1,
               model::Time{test::kPosted.us + 5 * test::kSecond}};
  if (source != model::SourceKind::tdlib) seen.freshness = Freshness::cached;
  seen.message.key = {{}, model::ChatId{-1001}, model::MessageId{id}};
  seen.message.date = test::kPosted;
  seen.message.text = std::move(text);
  return seen;
}

TEST(IntakeRules, WhatIsDroppedIsNotStoredButCounted) {
  House house;
  const auto id = house.add(R"({"regex":"spam"})", R"({"drop":true})");

  EXPECT_TRUE(house.take(post("spam")).empty());
  EXPECT_EQ(house.take(post("ham", 8)).size(), 1U);
  EXPECT_EQ(house.live.tally(id)->matched.load(), 1);
  EXPECT_EQ(house.metrics.rule_actions("drop").Value(), 1);
}

TEST(IntakeRules, ARedactedMessageSeenAgainByAnotherWayIsNoEdit) {
  House house;
  house.add(R"({"regex":"[0-9]{4}"})", R"({"redact":"****","tag":["pin"]})");

  const auto events = house.take(post("pin 1234"));

  ASSERT_EQ(events.size(), 1U);
  EXPECT_NE(events[0].message.find(R"("text":"pin ****")"), std::string::npos) << events[0].message;
  EXPECT_NE(events[0].message.find(R"("tags":["pin"],"redacted":true)"), std::string::npos) << events[0].message;
  EXPECT_TRUE(house.take(post("pin 1234")).empty());
  EXPECT_TRUE(house.take(post("pin 1234", 7, model::SourceKind::export_file)).empty());
}

TEST(IntakeRules, AContentThatWasRedactedDifferentlyIsStillTheSame) {
  House house;
  EXPECT_EQ(house.take(post("pin 1234")).size(), 1U);

  house.add(R"({"regex":"[0-9]{4}"})", R"({"redact":"****"})");

  EXPECT_TRUE(house.take(post("pin 1234")).empty());
}

TEST(Rulebook, ItKeepsRulesInOrderOverARestart) {
  House house;
  auto second = rule(R"({"regex":"b"})", R"({"tag":["b"]})"), first = rule(R"({"regex":"a"})", R"({"tag":["a"]})");
  second.position = 2;
  first.position = 1;
  ASSERT_TRUE(house.book->add(second));
  const auto id = house.book->add(first).value().id;

  Rulebook again(*house.journal, *house.intake, house.live, {});
  ASSERT_TRUE(again.load());

  ASSERT_EQ(again.all().size(), 2U);
  EXPECT_EQ(again.all()[0].id, id);
  EXPECT_EQ(again.all()[0].conditions.regex, "a");
  EXPECT_NE(again.all()[0].created_at.us, 0);
}

struct Readers : testing::Test {
  House house;

  // Where the readers of a rule are, in the order of its targets.
  std::vector<model::Seq> at(std::int64_t id) {
    std::vector<model::Seq> all;
    auto db = house.journal->read();
    for (const auto& target : targets_of(*house.book->get(id))) {
      all.push_back(journal::position(**db, house.journal->id(), target.reader).value());
    }
    return all;
  }
  std::int64_t cursors() { return (*house.journal->read())->scalar("SELECT count(*) FROM cursors").value(); }
  void change(std::int64_t id, const std::string& actions) {
    auto other = rule(R"({"regex":"x"})", actions);
    other.id = id;
    ASSERT_TRUE(house.book->change(other));
  }
};

TEST_F(Readers, EachTargetHasOneOfItsOwnThatKeepsItsName) {
  const std::string a = R"({"webhook":"https://a.example/"})", b = R"({"webhook":"https://b.example/"})";
  auto both = rule(R"({"regex":"x"})", R"({"alert":[)" + a + "," + b + R"(],"forward":[{"account":"o","to":"-1"}]})");
  auto one = rule(R"({"regex":"y"})", R"({"alert":[)" + b + "]}");
  both.id = one.id = 7;

  const auto targets = targets_of(both);

  ASSERT_EQ(targets.size(), 3U);
  EXPECT_NE(targets[0].reader, targets[1].reader);
  EXPECT_EQ(targets[1].reader, targets_of(one)[0].reader);
  EXPECT_EQ(targets[2].reader, "forward:7:-1");
  EXPECT_EQ(targets[0].reader.find("example"), std::string::npos) << "where it leads may be a secret";
}

TEST_F(Readers, TheyBeginWithWhatComesAfterTheRule) {
  house.take(post("before"));
  const auto id =
      house.add(R"({"regex":"x"})", R"({"alert":[{"email":"a@b.example"},{"webhook":"https://c.example/"}]})");
  EXPECT_EQ(at(id), std::vector<model::Seq>(2, house.journal->head()));

  // What came while it was off is not made up for.
  auto off = *house.book->get(id);
  off.enabled = false;
  ASSERT_TRUE(house.book->change(off));
  house.take(post("while off", 8));
  off.enabled = true;
  ASSERT_TRUE(house.book->change(off));
  EXPECT_EQ(at(id), std::vector<model::Seq>(2, house.journal->head()));

  ASSERT_TRUE(house.book->remove(id));
  EXPECT_EQ(cursors(), 0);
}

TEST_F(Readers, TargetsThatStayMissNothingWhenOthersComeAndGo) {
  const auto id = house.add(R"({"regex":"x"})", R"({"alert":[{"email":"a@b.example"},{"email":"b@b.example"}]})");
  const auto began = at(id)[0];
  house.take(post("a backlog"));

  change(id, R"({"alert":[{"email":"a@b.example"},{"email":"c@b.example"}]})");

  EXPECT_EQ(at(id), (std::vector{began, house.journal->head()}));
  EXPECT_EQ(cursors(), 2);
}

TEST(Rulebook, ItRefusesWhatThisGatewayCannotDo) {
  Abilities abilities;
  abilities.destinations = [] { return std::vector<std::string>{"redis", "webhook:desk"}; };
  abilities.may_write = {"ops"};
  abilities.webhook = [](const std::string&) { return Error{Code::permission, "leads to a private address", ""}; };
  const House house(std::move(abilities));
  const auto problem = [&](const std::string& actions) {
    const auto all = house.book->problems(rule(R"({"reply":true})", actions));
    return all.empty() ? std::string() : all[0].field + " " + all[0].what;
  };

  EXPECT_EQ(problem(R"({"route":["webhook:desk"],"forward":[{"account":"ops","to":"-1002"}]})"), "");
  EXPECT_NE(problem(R"({"route":["webhook:dusk"]})").find("there are redis, webhook:desk"), std::string::npos);
  EXPECT_NE(problem(R"({"forward":[{"account":"main","to":"-1002"}]})").find("telegram.may_write"), std::string::npos);
  EXPECT_NE(problem(R"({"alert":[{"email":"a@b.example"}]})").find("smtp.host"), std::string::npos);
  EXPECT_NE(problem(R"({"alert":[{"webhook":"http://10.0.0.1/"}]})").find("private address"), std::string::npos);
}

TEST(Rulebook, ARuleThatCannotDoItsWorkAnyMoreCanBeTurnedOff) {
  const House house;
  auto lost = rule(R"({"reply":true})", R"({"forward":[{"account":"ops","to":"-1002"}]})");
  EXPECT_FALSE(house.book->problems(lost).empty());

  lost.enabled = false;

  EXPECT_TRUE(house.book->problems(lost).empty());
  lost.conditions.regex = "a(";
  EXPECT_FALSE(house.book->problems(lost).empty());
}

TEST(Rulebook, ARouteToWhatIsGoneKeepsNothingFromTheOthersAndIsSaid) {
  Abilities abilities;
  abilities.destinations = [] { return std::vector<std::string>{"webhook:here"}; };
  House house(std::move(abilities));
  const auto passes = [&](const char* text) {
    model::Message m;
    m.text = text;
    return house.live.now()->passes("webhook:other", {m, model::Origin::live});
  };

  house.add(R"({"regex":"gone"})", R"({"route":["webhook:gone"]})");
  house.add(R"({"regex":"both"})", R"({"route":["webhook:gone","webhook:here"]})");

  EXPECT_TRUE(passes("gone"));
  EXPECT_FALSE(passes("both"));
  const auto troubles = house.book->troubles();
  ASSERT_EQ(troubles.size(), 2U);
  EXPECT_NE(troubles[0].find("'webhook:gone' is no destination"), std::string::npos) << troubles[0];
}

TEST(Rulebook, ARuleThatCannotBeReadIsSaid) {
  House house;
  const auto id = house.add(R"({"regex":"[0-9]"})", R"({"redact":"x"})");
  EXPECT_TRUE(house.book->troubles().empty());
  ASSERT_TRUE(house.intake->write([](journal::Connection& db) {
    return db.execute("UPDATE rules SET body = replace(body, '\"redact\"', '\"remove\"')");
  }));

  ASSERT_TRUE(house.book->load());

  EXPECT_FALSE(house.live.now()->acts_at_ingest());
  const auto troubles = house.book->troubles();
  ASSERT_EQ(troubles.size(), 1U);
  EXPECT_NE(troubles[0].find(fmt::format("rule {} (test)", id)), std::string::npos) << troubles[0];
}

TEST(Rulebook, WhatAPersonRemovesLeavesWhatItForwardedKnown) {
  House house;
  const auto id = house.add(R"({"regex":"x"})", R"({"forward":[{"account":"ops","to":"-1002"}]})");
  ASSERT_TRUE(house.intake->write([&](journal::Connection& db) {
    return journal::note_forward(db, id, {{}, model::ChatId{-1001}, model::MessageId{7}}, model::ChatId{-1002},
                                 model::Time::now(), model::MessageId{500});
  }));

  ASSERT_TRUE(house.book->remove(id));

  model::Message brought;
  brought.key = {{}, model::ChatId{-1002}, model::MessageId{500}};
  EXPECT_EQ(journal::is_forwarded(**house.journal->read(), brought, model::Time::now()).value(), true);
}

TEST(Heads, TheNewestContentOfAMessage) {
  House house;
  house.take(post("first"));
  auto edited = post("second");
  edited.message.edit_date = model::Time{test::kPosted.us + 60 * test::kSecond};
  house.take(edited);
  auto db = house.journal->read();

  EXPECT_EQ(load_newest(**db, edited.message.key)->text, "second");
  EXPECT_FALSE(load_newest(**db, {{}, model::ChatId{-1001}, model::MessageId{99}}));
}

TEST(Rulebook, WhatIsNotThereCannotBeChangedOrRemoved) {
  House house;
  auto one = rule(R"({"reply":true})", R"({"drop":true})");
  one.id = 99;

  EXPECT_EQ(house.book->change(one).error().code, Code::not_found);
  EXPECT_EQ(house.book->remove(99).error().code, Code::not_found);
}

}  // namespace
}  // namespace tg::pipeline
