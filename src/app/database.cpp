#include "app/database.h"

#include "app/gateway.h"
#include "config/secret.h"
#include "journal/quarantine.h"

namespace tg::app {
namespace {

// Every event, history too: what consumers should not be told, they are not told from there.
class DatabaseSink : public sink::Sink {
 public:
  DatabaseSink(journal::Journal& journal, observe::Metrics& metrics, store::PostgresWriter::Options options,
               OnStored on_stored)
      : writer_(journal, std::move(options)),
        seconds_(metrics.database_seconds("store")),
        on_stored_(std::move(on_stored)) {}

  const std::string& name() const override { return name_; }
  bool wants(const model::Event&) const override { return true; }

  Result<sink::Resume> open(const std::stop_token& stop) override {
    auto kept = writer_.open(stop);
    if (!kept) return kept.error();
    sink::Resume resume;
    resume.kept = sink::Position{std::move(kept->journal_id), kept->seq};
    return resume;
  }

  sink::Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override {
    const auto began = std::chrono::steady_clock::now();
    auto stored = writer_.deliver(events, stop);
    seconds_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    sink::Delivery delivery;
    delivery.done = stored.done;
    if (stored.done > 0) on_stored_(events.first(stored.done));
    for (auto& one : stored.refused) delivery.refused.push_back({one.index, std::move(one.reason), one.set_aside});
    delivery.trouble = std::move(stored.trouble);
    return delivery;
  }

  Result<void> idle() override { return writer_.idle(); }
  void close() override { writer_.close(); }

 private:
  const std::string name_{kDatabaseReader};
  store::PostgresWriter writer_;
  prometheus::Histogram& seconds_;
  const OnStored on_stored_;
};

}  // namespace

Result<DatabaseTargets> database_targets(const config::Postgres& config) {
  store::postgres::Target target;
  target.host = config.host;
  target.port = config.port;
  target.database = config.database;
  target.user = config.user;
  target.tls = config.tls;
  target.tls_ca_file = config.tls_ca_file;
  if (!config.password_file.empty()) {
    auto password = config::read_secret("postgres.password_file", config.password_file);
    if (!password) return password.error();
    target.password = std::move(*password);
  }
  DatabaseTargets targets{target, target};
  if (config.direct_port != 0) targets.direct.port = config.direct_port;
  return targets;
}

Result<store::PostgresWriter::Options> database_writer_options(const config::Postgres& config) {
  auto targets = database_targets(config);
  if (!targets) return targets.error();
  store::PostgresWriter::Options options;
  options.pooled = std::move(targets->pooled);
  options.direct = std::move(targets->direct);
  options.program = kVersion;
  options.chunk_days = config.chunk_days;
  options.compress_after_days = config.compress_after_days;
  options.keep_days = config.keep_days;
  options.keep_by_date = config.keep_by == "date";
  return options;
}

Result<std::unique_ptr<sink::Sink>> make_database_sink(const config::Postgres& config, journal::Journal& journal,
                                                       pipeline::Intake& intake, observe::Metrics& metrics,
                                                       OnStored on_stored) {
  auto options = database_writer_options(config);
  if (!options) return options.error();
  options->set_aside = [&intake](const model::Event& event, const std::string& reason) {
    return intake.write(
        [&](journal::Connection& db) { return journal::set_aside(db, kDatabaseReader, event, reason); });
  };
  return std::unique_ptr<sink::Sink>(
      std::make_unique<DatabaseSink>(journal, metrics, std::move(*options), std::move(on_stored)));
}

}  // namespace tg::app
