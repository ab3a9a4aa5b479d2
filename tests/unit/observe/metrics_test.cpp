// Metric names are a contract with alerts and dashboards: metrics.txt pins each with its type and labels.

#include "observe/metrics.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <sstream>

#include "support/temp_folder.h"

namespace tg::observe {
namespace {

std::filesystem::path pinned() { return std::filesystem::path(TG_HOUSE) / "tests/unit/observe/metrics.txt"; }

// "name type label,label" a line, as a scraper sees them.
std::string list_of(const std::string& text) {
  static const std::regex kType(R"(^# TYPE (\S+) (\S+)$)");
  static const std::regex kSample(R"(^([a-z_]+)\{(.*)\} )");
  static const std::regex kLabel(R"((\w+)="[^"]*")");
  std::map<std::string, std::string> types;
  std::map<std::string, std::set<std::string>> labels;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kType)) {
      types[match[1]] = match[2];
    } else if (std::regex_search(line, match, kSample)) {
      const std::string name = std::regex_replace(match[1].str(), std::regex("_(bucket|sum|count)$"), "");
      const std::string inside = match[2];
      for (std::sregex_iterator label(inside.begin(), inside.end(), kLabel), end; label != end; ++label) {
        if ((*label)[1] != "le") labels[name].insert((*label)[1]);
      }
    }
  }
  std::string list;
  for (const auto& [name, type] : types) {
    list += name + " " + type;
    std::string separator = " ";
    for (const std::string& label : labels[name]) {
      list += separator + label;
      separator = ",";
    }
    list += "\n";
  }
  return list;
}

// Value of one line of the text, by its exact beginning; nothing where there is none.
std::optional<double> value_of(const std::string& text, const std::string& series) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return std::stod(line.substr(series.size() + 1));
  }
  return std::nullopt;
}

TEST(Metrics, NamesTypesAndLabelsAreThePinnedOnes) {
  Metrics metrics;
  metrics.reader_lag_events("search").Set(0);
  metrics.destination_up("redis").Set(1);
  metrics.delivered("redis").Increment();
  metrics.refused("redis").Increment();
  metrics.delivery_failures("redis").Increment();
  metrics.delivery_seconds("redis").Observe(0.001);
  metrics.database_seconds("store").Observe(0.001);
  metrics.requests("/api/messages", 200).Increment();
  metrics.request_seconds("/api/messages").Observe(0.001);

  const std::string list = list_of(metrics.to_prometheus_text({{"redis", Role::destination, State::ok, "", {}}}));

  if (std::getenv("TG_UPDATE")) std::ofstream(pinned()) << list;
  EXPECT_EQ(list, test::read_whole(pinned())) << "a name is a contract: run with TG_UPDATE=1 only for a new one";
}

TEST(Metrics, ADependencyIsInOneStateOfThree) {
  const std::string text = Metrics().to_prometheus_text({{"redis", Role::destination, State::down, "refused", {}}});

  const std::string series = "telegram_gateway_dependency_state{dependency=\"redis\",state=\"";
  EXPECT_EQ(value_of(text, series + "down\"}"), 1);
  EXPECT_EQ(value_of(text, series + "ok\"}"), 0);
  EXPECT_EQ(value_of(text, series + "degraded\"}"), 0);
}

TEST(Metrics, CountersEndInTotal) {
  std::istringstream lines(list_of(Metrics().to_prometheus_text()));
  std::string name;
  std::string type;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream(line) >> name >> type;
    EXPECT_EQ(type == "counter", name.ends_with("_total")) << line;
  }
}

TEST(Metrics, EveryKindAndOriginHasASeriesFromTheStart) {
  const std::string text = Metrics().to_prometheus_text();

  EXPECT_EQ(value_of(text, R"(telegram_gateway_events_total{kind="new",origin="live"})"), 0);
  EXPECT_EQ(value_of(text, R"(telegram_gateway_events_total{kind="filled",origin="import"})"), 0);
}

TEST(Metrics, EventsAreCountedUnderTheirLabels) {
  Metrics metrics;

  metrics.events(model::Kind::edited, model::Origin::catchup).Increment(3);

  const std::string text = metrics.to_prometheus_text();
  EXPECT_EQ(value_of(text, R"(telegram_gateway_events_total{kind="edited",origin="catchup"})"), 3);
  EXPECT_EQ(value_of(text, R"(telegram_gateway_events_total{kind="edited",origin="live"})"), 0);
}

TEST(Metrics, ThousandReadersShareABoundedNumberOfSeries) {
  Metrics metrics;
  for (int reader = 0; reader < 1'000; ++reader) metrics.reader_lag_events("reader-" + std::to_string(reader)).Set(1);

  const std::string text = metrics.to_prometheus_text();

  EXPECT_TRUE(value_of(text, R"(telegram_gateway_reader_lag_events{reader="reader-0"})"));
  EXPECT_TRUE(value_of(text, R"(telegram_gateway_reader_lag_events{reader="other"})"));
  EXPECT_FALSE(value_of(text, R"(telegram_gateway_reader_lag_events{reader="reader-999"})"));
}

TEST(Metrics, ProcessFiguresArePlausible) {
  const std::string text = Metrics().to_prometheus_text();

  EXPECT_GT(value_of(text, "process_resident_memory_bytes").value_or(0), 1e6);
  EXPECT_GE(value_of(text, "process_open_fds").value_or(0), 3);
  const double now = static_cast<double>(model::Time::now().to_seconds());
  EXPECT_NEAR(value_of(text, "process_start_time_seconds").value_or(0), now, 3'600);
}

TEST(Quantile, OfNothingIsNothing) {
  prometheus::Histogram histogram({1, 2});

  EXPECT_EQ(quantile(histogram, 0.5), std::nullopt);
}

TEST(Quantile, IsInterpolatedWithinItsBucket) {
  prometheus::Histogram histogram({10, 20, 40});
  for (int i = 0; i < 50; ++i) histogram.Observe(5);
  for (int i = 0; i < 50; ++i) histogram.Observe(15);

  EXPECT_DOUBLE_EQ(*quantile(histogram, 0.25), 5);
  EXPECT_DOUBLE_EQ(*quantile(histogram, 0.5), 10);
  EXPECT_DOUBLE_EQ(*quantile(histogram, 0.75), 15);
  EXPECT_DOUBLE_EQ(*quantile(histogram, 1), 20);
}

TEST(Quantile, AboveTheLastBoundaryIsThatBoundary) {
  prometheus::Histogram histogram({10, 20});
  histogram.Observe(1'000);

  EXPECT_DOUBLE_EQ(*quantile(histogram, 0.99), 20);
}

}  // namespace
}  // namespace tg::observe
