#include "observe/metrics.h"

#include <prometheus/text_serializer.h>

#include "observe/detail/process.h"

namespace tg::observe {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

constexpr std::size_t kMostReaders = 64;
constexpr std::size_t kMostRoutes = 128;

constexpr std::array kKinds{model::Kind::created,          model::Kind::edited,    model::Kind::deleted,
                            model::Kind::restored,         model::Kind::counters,  model::Kind::channel,
                            model::Kind::channel_migrated, model::Kind::reprocess, model::Kind::filled};
constexpr std::array kOrigins{model::Origin::live, model::Origin::catchup, model::Origin::backfill,
                              model::Origin::import_};

// From a lookup in memory to a flood wait; a fsync is near 0.3 ms, the goals at 10 and 530 ms.
const Histogram::BucketBoundaries kSeconds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                           0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30,    60};
// Of what waits to be read by people's programs: from one poll to the next, to a day off.
const Histogram::BucketBoundaries kAges{0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 300, 3'600, 86'400};
const Histogram::BucketBoundaries kBatch{1, 2, 5, 10, 25, 50, 100, 250, 500, 1'000, 2'500, 5'000};

std::string full(std::string_view name) { return fmt::format("telegram_gateway_{}", name); }

prometheus::Family<Counter>& counters(prometheus::Registry& registry, std::string_view name, const char* help) {
  return prometheus::BuildCounter().Name(full(name)).Help(help).Register(registry);
}

Counter& counter(prometheus::Registry& registry, std::string_view name, const char* help) {
  return counters(registry, name, help).Add({});
}

prometheus::Family<Gauge>& gauges(prometheus::Registry& registry, std::string_view name, const char* help) {
  return prometheus::BuildGauge().Name(full(name)).Help(help).Register(registry);
}

Gauge& gauge(prometheus::Registry& registry, std::string_view name, const char* help) {
  return gauges(registry, name, help).Add({});
}

prometheus::Family<Histogram>& histograms(prometheus::Registry& registry, std::string_view name, const char* help) {
  return prometheus::BuildHistogram().Name(full(name)).Help(help).Register(registry);
}

Histogram& histogram(prometheus::Registry& registry, std::string_view name, const char* help,
                     const Histogram::BucketBoundaries& buckets) {
  return histograms(registry, name, help).Add({}, buckets);
}

prometheus::MetricFamily states_of(const std::vector<Dependency>& dependencies) {
  prometheus::MetricFamily family{"telegram_gateway_dependency_state",
                                  "1 for the state that a dependency is in",
                                  prometheus::MetricType::Gauge,
                                  {}};
  for (const Dependency& dependency : dependencies) {
    for (const State state : {State::ok, State::degraded, State::down}) {
      prometheus::ClientMetric metric;
      metric.label = {{"dependency", dependency.name}, {"state", std::string(name_of(state))}};
      metric.gauge.value = dependency.state == state ? 1 : 0;
      family.metric.push_back(std::move(metric));
    }
  }
  return family;
}

}  // namespace

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      observations_known(counter(*registry_, "observations_known_total", "Observations that told nothing new")),
      observations_refused(counter(*registry_, "observations_refused_total", "Observations set aside as bad input")),
      intake_depth(gauge(*registry_, "intake_depth", "Observations waiting for the writer")),
      stored_seconds(histogram(*registry_, "stored_seconds", "From seen by a source to durable on disk", kSeconds)),
      commit_seconds(
          histogram(*registry_, "journal_commit_seconds", "Duration of one commit, with its fsync", kSeconds)),
      commit_events(histogram(*registry_, "journal_commit_events", "Events in one commit", kBatch)),
      journal_bytes(gauge(*registry_, "journal_bytes", "Size of the journal's files")),
      journal_head_seq(gauge(*registry_, "journal_head_seq", "Sequence number of the newest event")),
      disk_free_bytes(gauge(*registry_, "disk_free_bytes", "Free space where the journal is")),
      disk_size_bytes(gauge(*registry_, "disk_size_bytes", "Size of the file system where the journal is")),
      last_backup(gauge(*registry_, "last_backup_timestamp_seconds",
                        "When the last backup was taken of which nothing failed; 0: none ever was")),
      capture_up(gauge(*registry_, "capture_up", "1 while a source captures and the journal takes it")),
      accounts_ended(gauge(*registry_, "accounts_ended", "Accounts whose session Telegram ended: sign in again")),
      accounts_unreachable(gauge(*registry_, "accounts_unreachable", "Accounts without a connection for a minute")),
      coverage_missing(gauge(*registry_, "coverage_missing_ids", "Ids known to exist that are not accounted for")),
      channel_lag_seconds(gauge(*registry_, "channel_lag_seconds",
                                "Worst time from a message's date to disk in the last 15 minutes, of all channels")),
      channels_late(gauge(*registry_, "channels_late", "Channels whose messages came later than telegram.lag_alarm_s")),
      channels_silent(gauge(*registry_, "channels_silent", "Channels that are silent for longer than is usual there")),
      quarantined(gauge(*registry_, "quarantined", "Events set aside that wait for a decision")),
      media_waiting(gauge(*registry_, "media_waiting", "Files of messages that wait to be fetched")),
      media_bytes(gauge(*registry_, "media_bytes", "Size of the downloaded files in the media folder")),
      media_fetched(counter(*registry_, "media_fetched_total", "Files of messages that were fetched")),
      media_fetched_bytes(counter(*registry_, "media_fetched_bytes_total", "Bytes of the files that were fetched")),
      media_refused(counter(*registry_, "media_refused_total", "Files of messages that could not be fetched")),
      media_removed(counter(*registry_, "media_removed_total", "Files removed because the disk's bound was reached")),
      connections(gauge(*registry_, "http_connections", "Open connections")),
      connections_refused(
          counter(*registry_, "http_connections_refused_total", "Connections closed because a limit was reached")),
      streams(gauge(*registry_, "streams", "Live streams and long polls that are open")),
      streams_cut(counter(*registry_, "streams_cut_total", "Streams cut because their reader did not read")),
      memory_hits(counter(*registry_, "memory_hits_total", "Pages answered from memory")),
      memory_misses(counter(*registry_, "memory_misses_total", "Pages answered from the store")),
      poll_lag_seconds(histogram(*registry_, "poll_lag_seconds",
                                 "Age on disk of the oldest message that a poll was answered with", kAges)),
      acknowledged(counter(*registry_, "acknowledged_total", "Messages that consumers marked")),
      unauthorised(counter(*registry_, "unauthorised_total", "Requests refused for their token")),
      rate_limited(counter(*registry_, "rate_limited_total", "Requests refused for their rate")),
      rule_actions_(counters(*registry_, "rule_actions_total", "Messages that rules dropped, redacted or tagged")),
      reader_lag_(gauges(*registry_, "reader_lag_events", "Events that a reader of the journal has yet to read")),
      destination_up_(gauges(*registry_, "destination_up", "1 while the destination is reached")),
      delivered_(counters(*registry_, "delivered_total", "Events that a destination has taken")),
      refused_(counters(*registry_, "refused_total", "Events that a destination will never take, set aside")),
      delivery_failures_(counters(*registry_, "delivery_failures_total", "Times that a destination was lost")),
      delivery_seconds_(histograms(*registry_, "delivery_seconds", "From on disk to taken by the destination")),
      database_seconds_(histograms(*registry_, "database_seconds",
                                   "One call of PostgreSQL: read and change for the API, store a batch of events")),
      requests_(counters(*registry_, "http_requests_total", "Requests answered")),
      request_seconds_(histograms(*registry_, "http_request_seconds", "From request read to answer written")),
      process_(detail::process_figures()) {
  for (const auto* action : {"drop", "redact", "tag"}) rule_actions(action);
  auto& family = counters(*registry_, "events_total", "Events written to the journal");
  for (const model::Kind kind : kKinds) {
    for (const model::Origin origin : kOrigins) {
      // All exist from the start: rate() over a series that appears with its first event misses that event.
      events_.at(static_cast<std::size_t>(kind)).at(static_cast<std::size_t>(origin)) =
          &family.Add({{"kind", std::string(model::name_of(kind))}, {"origin", std::string(model::name_of(origin))}});
    }
  }
}

std::string Metrics::to_prometheus_text(const std::vector<Dependency>& dependencies) const {
  std::vector<prometheus::MetricFamily> families = registry_->Collect();
  families.push_back(states_of(dependencies));
  for (prometheus::MetricFamily& family : process_->Collect()) families.push_back(std::move(family));
  // A family without a series yet would be a HELP and TYPE line alone.
  std::erase_if(families, [](const prometheus::MetricFamily& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

Counter& Metrics::events(model::Kind kind, model::Origin origin) {
  return *events_.at(static_cast<std::size_t>(kind)).at(static_cast<std::size_t>(origin));
}

Counter& Metrics::rule_actions(const std::string& action) { return rule_actions_.Add({{"action", action}}); }

Gauge& Metrics::reader_lag_events(const std::string& reader) {
  return reader_lag_.Add({{"reader", readers_.bounded(reader, kMostReaders)}});
}

Gauge& Metrics::destination_up(const std::string& reader) {
  return destination_up_.Add({{"reader", readers_.bounded(reader, kMostReaders)}});
}

Counter& Metrics::delivered(const std::string& reader) {
  return delivered_.Add({{"reader", readers_.bounded(reader, kMostReaders)}});
}

Counter& Metrics::refused(const std::string& reader) {
  return refused_.Add({{"reader", readers_.bounded(reader, kMostReaders)}});
}

Counter& Metrics::delivery_failures(const std::string& reader) {
  return delivery_failures_.Add({{"reader", readers_.bounded(reader, kMostReaders)}});
}

Histogram& Metrics::delivery_seconds(const std::string& reader) {
  return delivery_seconds_.Add({{"reader", readers_.bounded(reader, kMostReaders)}}, kSeconds);
}

Histogram& Metrics::database_seconds(const std::string& call) {
  return database_seconds_.Add({{"call", call}}, kSeconds);
}

Counter& Metrics::requests(const std::string& route, int status) {
  return requests_.Add({{"route", routes_.bounded(route, kMostRoutes)}, {"code", std::to_string(status)}});
}

Histogram& Metrics::request_seconds(const std::string& route) {
  return request_seconds_.Add({{"route", routes_.bounded(route, kMostRoutes)}}, kSeconds);
}

std::string Metrics::Names::bounded(const std::string& name, std::size_t most) {
  const std::lock_guard lock(mutex);
  if (seen.contains(name)) return name;
  if (seen.size() >= most) return "other";
  seen.insert(name);
  return name;
}

std::optional<double> quantile(const Histogram& histogram, double q) {
  const prometheus::ClientMetric::Histogram state = histogram.Collect().histogram;
  if (state.sample_count == 0) return std::nullopt;
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(state.sample_count);
  double lower = 0;
  std::uint64_t below = 0;
  for (const auto& bucket : state.bucket) {
    if (static_cast<double>(bucket.cumulative_count) >= rank && bucket.cumulative_count > below) {
      // Nothing is known of the values above the last boundary but that they are above it.
      if (std::isinf(bucket.upper_bound)) return lower;
      const double inside = static_cast<double>(bucket.cumulative_count - below);
      return lower + (bucket.upper_bound - lower) * (rank - static_cast<double>(below)) / inside;
    }
    below = bucket.cumulative_count;
    if (!std::isinf(bucket.upper_bound)) lower = bucket.upper_bound;
  }
  return lower;
}

}  // namespace tg::observe
