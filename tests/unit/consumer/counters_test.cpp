#include "telegram_gateway/counters.h"

#include <gtest/gtest.h>

namespace telegram_gateway {
namespace {

TEST(Counters, ThePrometheusTextHasEachOfThem) {
  Counters counters;
  counters.received = 7;
  counters.hits = 3;
  counters.cache_up = true;
  counters.handling.add(0.003);
  counters.handling.add(100);

  const auto text = to_prometheus(counters, "de\"sk");

  EXPECT_NE(text.find("# TYPE telegram_gateway_consumer_received_total counter\n"
                      "telegram_gateway_consumer_received_total{consumer=\"de\\\"sk\"} 7\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("telegram_gateway_consumer_cache_hits_total{consumer=\"de\\\"sk\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("telegram_gateway_consumer_cache_up{consumer=\"de\\\"sk\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("handling_seconds_bucket{consumer=\"de\\\"sk\",le=\"0.001\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("handling_seconds_bucket{consumer=\"de\\\"sk\",le=\"0.005\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("handling_seconds_bucket{consumer=\"de\\\"sk\",le=\"60\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("handling_seconds_bucket{consumer=\"de\\\"sk\",le=\"+Inf\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("handling_seconds_sum{consumer=\"de\\\"sk\"} 100.003\n"), std::string::npos);
  EXPECT_NE(text.find("handling_seconds_count{consumer=\"de\\\"sk\"} 2\n"), std::string::npos);
}

}  // namespace
}  // namespace telegram_gateway
