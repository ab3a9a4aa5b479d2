// What a query costs must not grow with the table: each is explained on many rows, and may neither walk a partition nor
// touch more than a bounded number of pages. TG_PLAN_ROWS: how many rows (100,000).

#include <gtest/gtest.h>

#include <cstdlib>

#include "store/postgres/detail/connection.h"
#include "store/postgres/detail/page_sql.h"
#include "store/postgres/schema.h"
#include "unit/store_contract/database.h"
#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

using store::postgres::Connection;
using store::postgres::PageSql;
using store::postgres::Params;
using store::postgres::Query;
using store::postgres::Walk;

constexpr std::int64_t kMostPages = 6'000;  // of 8 KiB
constexpr double kSmall = 100;  // a partition that costs less, the first day's say, is read faster than its index
constexpr std::int64_t kChannels = 200;
const model::Time kFirst = model::Time::seconds(kPosted);

class Plans : public testing::Test {
 protected:
  static std::int64_t rows() {
    const char* text = std::getenv("TG_PLAN_ROWS");
    return text != nullptr ? model::parse_int(text).value_or(100'000) : 100'000;
  }
  static void SetUpTestSuite() {
    if (!database_of_tests()) return;
    empty_postgres();
    auto opened = Connection::open(database_of_tests()->direct);
    ASSERT_TRUE(opened) << opened.error().to_string();
    connection = std::move(*opened);
    fill();
  }
  static void TearDownTestSuite() {
    if (connection) empty_postgres();
    connection.reset();
  }
  void SetUp() override {
    if (!connection) GTEST_SKIP() << "TG_TEST_POSTGRES names no database";
  }

  // A message every ten seconds, each channel in its turn; all offered.
  static void fill() {
    const auto patience = std::chrono::minutes(10);
    const auto last = model::Time::seconds(kPosted + 10 * rows());
    run({"SELECT telegram_gateway.make_partitions(ARRAY(SELECT generate_series($1, $2 + interval '1 day', "
         "interval '1 day')), 1)",
         std::move(Params().add(kFirst).add(last))},
        patience);
    run({"INSERT INTO telegram_gateway.messages (scope, channel_id, message_id, telegram_date, id, arrival, "
         "content_seq, last_seq, kind, origin, source, account, n, versions, offered, service, has_media, reprocess, "
         "message_type, text, sender, search_text, metadata, received_at, created_at, updated_at) SELECT 0, "
         "-1001000000000 - i % $2, 1 + i / $2, $3 + i * interval '10 seconds', i, i, i, i, 1, 1, 'demo', 1, 0, 1, "
         "true, false, i % 7 = 0, false, 'text', 'a text that says ' || md5(i::text), 'sender', 'a text that says ' || "
         "md5(i::text), '{}', now(), now(), now() FROM generate_series(1, $1) i",
         std::move(Params().add(rows()).add(kChannels).add(kFirst))},
        patience);
    run({"INSERT INTO telegram_gateway.cursors (name, journal_id, seq) VALUES ('postgres', '', $1)",
         std::move(Params().add(rows()))},
        patience);
    auto statements = connection->run("SELECT telegram_gateway.past_index_statements(10000)");
    ASSERT_TRUE(statements) << statements.error().to_string();
    for (int at = 0; at < statements->size(); ++at) run({std::string(statements->text(at, 0)), {}}, patience);
    auto analysed = connection->execute("ANALYZE telegram_gateway.messages", patience);
    ASSERT_TRUE(analysed) << analysed.error().to_string();
  }
  static void run(const Query& query, std::chrono::milliseconds patience) {
    auto done = connection->run(query.sql, query.params, patience);
    ASSERT_TRUE(done) << done.error().to_string();
  }

  static model::ChatId channel(std::int64_t number) { return model::ChatId{-1001000000000 - number}; }
  static model::Time middle() { return model::Time::seconds(kPosted + 5 * rows()); }
  static store::postgres::Key known(std::int64_t i) {
    return {{{}, channel(i % kChannels), model::MessageId{1 + i / kChannels}}, model::Time::seconds(kPosted + 10 * i)};
  }

  static void expect_bounded(std::vector<Query> queries, std::int64_t most_pages = kMostPages) {
    queries.back().sql = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + queries.back().sql;
    auto answers = connection->run_together(queries, std::chrono::minutes(1));
    ASSERT_TRUE(answers) << answers.error().to_string() << "\n" << queries.back().sql;
    std::string plan, walks;
    std::int64_t pages = -1;
    for (int at = 0; at < answers->back().size(); ++at) {
      const std::string line(answers->back().text(at, 0));
      plan += line + "\n";
      if (line.find("Seq Scan on messages") != std::string::npos && cost_of(line) > kSmall) walks += line + "\n";
      const auto buffers = line.find("Buffers: shared ");
      if (pages < 0 && buffers != std::string::npos) pages = pages_of(line);
    }
    EXPECT_EQ(walks, "") << plan;
    EXPECT_LE(pages, most_pages) << plan;
  }
  static double cost_of(const std::string& line) {
    const auto at = line.find("..");
    return at == std::string::npos ? 0 : std::atof(line.c_str() + at + 2);
  }
  static std::int64_t pages_of(const std::string& line) {
    std::int64_t pages = 0;
    for (const auto* name : {"hit=", "read="}) {
      const auto at = line.find(name);
      if (at != std::string::npos) pages += std::atoll(line.c_str() + at + std::string(name).size());
    }
    return pages;
  }
  static void expect_page(const store::PageQuery& query, std::optional<store::Position> beyond = {}) {
    const PageSql sql(query, query.channels, {});
    expect_bounded({store::postgres::walk_by_index(), sql.rows({beyond, true, 0, 51, 50'000, {}})});
  }

  static inline std::unique_ptr<Connection> connection;
};

TEST_F(Plans, APageOfTheNewest) { expect_page({}); }

TEST_F(Plans, APageOfAChannel) {
  store::PageQuery query;
  query.channels = {channel(7)};
  expect_page(query);
}

TEST_F(Plans, APageOfSeveralChannels) {
  store::PageQuery query;
  query.channels = {channel(7), channel(8), channel(9)};
  expect_page(query);
}

TEST_F(Plans, APageByItsCursor) {
  expect_page({}, store::Position{middle(), {}, channel(3), model::MessageId{1}});
  store::PageQuery query;
  query.channels = {channel(3)};
  expect_page(query, store::Position{middle(), {}, channel(3), model::MessageId{1}});
}

TEST_F(Plans, MessagesByTheirKeys) {
  std::vector<store::postgres::Key> keys;
  for (std::int64_t i = 0; i < 100; ++i) keys.push_back(known(rows() / 2 + i));
  expect_bounded({store::postgres::rows_of(keys)});
  expect_bounded({store::postgres::rows_of({keys.front()})}, 60);
}

TEST_F(Plans, ASearchForWhatIsRare) {
  store::PageQuery query;
  query.search = "c4ca4238a0b923820dcc509a6f75849b";  // of the oldest
  const PageSql sql(query, {}, {});
  expect_bounded({sql.rows({{}, true, 0, 51, 0, {}})});
  expect_bounded({sql.count({{}, true, 0, 1'000, 0, {}})});
}

TEST_F(Plans, APollOfWhatIsNew) {
  const std::vector<std::int64_t> channels{channel(7).value};
  Query poll{"SELECT * FROM telegram_gateway.serve($1, $2, NULL, 100, 100000, 1000, false, $3)", {}};
  poll.params.add("poller").add(std::span<const std::int64_t>(channels)).add(model::Time::now());
  expect_bounded({poll}, 20'000);  // its serves are written
  expect_bounded({poll}, 20'000);
}

TEST_F(Plans, AMarkOfAHundred) {
  std::vector<std::int64_t> scopes, peers, messages;
  std::vector<model::Time> dates;
  for (std::int64_t i = 0; i < 100; ++i) {
    const auto one = known(7 + i * kChannels);
    scopes.push_back(0);
    peers.push_back(one.key.peer.value);
    messages.push_back(one.key.message.value);
    dates.push_back(one.date);
  }
  Query mark{"SELECT * FROM telegram_gateway.mark('marker', $1, $2, $3, $4, $5)", {}};
  mark.params.add(std::span<const std::int64_t>(scopes)).add(std::span<const std::int64_t>(peers));
  mark.params.add(std::span<const std::int64_t>(messages)).add(std::span<const model::Time>(dates));
  mark.params.add(model::Time::now());
  expect_bounded({mark}, 40'000);
}

}  // namespace
}  // namespace tg::test
