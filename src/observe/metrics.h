#pragma once
// Every metric of the program, one member each: the pinned list is tests/unit/observe/metrics.txt, the contract with
// alerts and dashboards.
// Built once in app/, handed to the parts by reference; any thread may use it. Labels are bounded
// (origins, kinds, routes, reader names), never a channel or a message.

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/event.h"
#include "observe/health.h"

namespace tg::observe {

class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Text format 0.0.4, with the process's own figures (memory, CPU, open files, start time) and the state of each of
  // these as …_dependency_state{dependency,state}: 1 for the state that it is in, 0 for the others.
  std::string to_prometheus_text(const std::vector<Dependency>& dependencies = {}) const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;

 public:
  // capture
  prometheus::Counter& events(model::Kind kind, model::Origin origin);  // telegram_gateway_events_total
  prometheus::Counter& observations_known;    // …_observations_known_total: seen again, nothing new
  prometheus::Counter& observations_refused;  // …_observations_refused_total: set aside as bad input
  prometheus::Counter& rule_actions(const std::string& action);  // …_rule_actions_total{action}: on messages
  prometheus::Gauge& intake_depth;                               // …_intake_depth: observations waiting
  prometheus::Histogram& stored_seconds;                         // …_stored_seconds: seen by a source → on disk
  prometheus::Histogram& commit_seconds;                         // …_journal_commit_seconds
  prometheus::Histogram& commit_events;                          // …_journal_commit_events
  prometheus::Gauge& journal_bytes;                              // …_journal_bytes
  prometheus::Gauge& journal_head_seq;                           // …_journal_head_seq
  prometheus::Gauge& disk_free_bytes;                            // …_disk_free_bytes
  prometheus::Gauge& disk_size_bytes;                            // …_disk_size_bytes
  prometheus::Gauge& last_backup;                                // …_last_backup_timestamp_seconds: 0 = none ever
  prometheus::Gauge& capture_up;                                 // …_capture_up
  prometheus::Gauge& accounts_ended;                             // …_accounts_ended: their sessions, by Telegram
  prometheus::Gauge& accounts_unreachable;  // …_accounts_unreachable: signed in, a minute without a connection
  prometheus::Gauge& coverage_missing;      // …_coverage_missing_ids
  prometheus::Gauge& channel_lag_seconds;   // …_channel_lag_seconds: the worst of all channels, 15 minutes
  prometheus::Gauge& channels_late;         // …_channels_late: whose lag is above telegram.lag_alarm_s
  prometheus::Gauge& channels_silent;       // …_channels_silent: longer than usual, as the server confirms
  prometheus::Gauge& quarantined;           // …_quarantined
  prometheus::Gauge& reader_lag_events(const std::string& reader);     // …_reader_lag_events{reader}
  prometheus::Gauge& destination_up(const std::string& reader);        // …_destination_up{reader}
  prometheus::Counter& delivered(const std::string& reader);           // …_delivered_total{reader}: events
  prometheus::Counter& refused(const std::string& reader);             // …_refused_total{reader}: events set aside
  prometheus::Counter& delivery_failures(const std::string& reader);   // …_delivery_failures_total{reader}
  prometheus::Histogram& delivery_seconds(const std::string& reader);  // …_delivery_seconds{reader}: on disk → there
  prometheus::Histogram& database_seconds(const std::string& call);  // …_database_seconds{call}: read, change, store
  // media of Telegram
  prometheus::Gauge& media_waiting;          // …_media_waiting: files that the rule or a person wants
  prometheus::Gauge& media_bytes;            // …_media_bytes: of downloaded files in the media folder
  prometheus::Counter& media_fetched;        // …_media_fetched_total
  prometheus::Counter& media_fetched_bytes;  // …_media_fetched_bytes_total
  prometheus::Counter& media_refused;        // …_media_refused_total: files that could not be fetched
  prometheus::Counter& media_removed;        // …_media_removed_total: by the disk policy
  // api
  prometheus::Counter& requests(const std::string& route, int status);  // …_http_requests_total{route,code}
  prometheus::Histogram& request_seconds(const std::string& route);     // …_http_request_seconds{route}
  prometheus::Gauge& connections;                                       // …_http_connections
  prometheus::Counter& connections_refused;                             // …_http_connections_refused_total
  prometheus::Gauge& streams;                                           // …_streams
  prometheus::Counter& streams_cut;         // …_streams_cut_total: readers that did not read
  prometheus::Counter& memory_hits;         // …_memory_hits_total: pages answered from memory
  prometheus::Counter& memory_misses;       // …_memory_misses_total
  prometheus::Histogram& poll_lag_seconds;  // …_poll_lag_seconds: of a poll's oldest message, on disk → served
  prometheus::Counter& acknowledged;        // …_acknowledged_total
  prometheus::Counter& unauthorised;        // …_unauthorised_total
  prometheus::Counter& rate_limited;        // …_rate_limited_total

 private:
  // Names come from outside (consumers choose theirs): beyond a fixed number they share the label "other".
  struct Names {
    std::mutex mutex;
    std::set<std::string, std::less<>> seen;

    std::string bounded(const std::string& name, std::size_t most);
  };

  std::array<std::array<prometheus::Counter*, 5>, 10> events_{};  // [kind][origin], both counted from 1
  prometheus::Family<prometheus::Counter>& rule_actions_;
  prometheus::Family<prometheus::Gauge>& reader_lag_;
  prometheus::Family<prometheus::Gauge>& destination_up_;
  prometheus::Family<prometheus::Counter>& delivered_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Family<prometheus::Counter>& delivery_failures_;
  prometheus::Family<prometheus::Histogram>& delivery_seconds_;
  prometheus::Family<prometheus::Histogram>& database_seconds_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& request_seconds_;
  std::shared_ptr<prometheus::Collectable> process_;
  Names readers_;
  Names routes_;
};

// The q-quantile of a histogram (0…1) by linear interpolation within its bucket; nothing while it is empty.
std::optional<double> quantile(const prometheus::Histogram& histogram, double q);

}  // namespace tg::observe
