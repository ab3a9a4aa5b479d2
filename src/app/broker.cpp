#include "app/broker.h"

#include "config/secret.h"
#include "journal/cursors.h"

namespace tg::app {

Result<sink::rabbitmq::Options> broker_options(const config::Config& config) {
  const auto& c = config.rabbitmq;
  sink::rabbitmq::Options options;
  options.server = {c.host, static_cast<std::uint16_t>(c.port), c.vhost, c.user, "", c.tls, c.tls_ca_file};
  if (!c.password_file.empty()) {
    auto password = config::read_secret("rabbitmq.password_file", c.password_file);
    if (!password) return password.error();
    options.server.password = *password;
  }
  options.layout = {c.exchange, c.queue_type == "quorum", c.consumers};
  options.window = static_cast<std::size_t>(c.window);
  options.max_age = std::chrono::seconds(config.deliver.max_age_s);
  return options;
}

Result<std::vector<model::ChatId>> channels_for_queues(journal::Journal& journal) {
  auto db = journal.read();
  if (!db) return db.error();
  std::vector<model::ChatId> channels;
  auto& rows = (*db)->prepared("SELECT DISTINCT peer FROM chats WHERE active AND (registered OR total > 0)").reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    channels.emplace_back(rows.integer(0));
  }
  rows.reset();
  return channels;
}

Result<std::unique_ptr<sink::Sink>> make_broker(const config::Config& config, journal::Journal& journal) {
  auto options = broker_options(config);
  if (!options) return options.error();
  auto db = journal.read();
  if (!db) return db.error();
  auto was_there = journal::has_position(**db, "rabbitmq");
  if (!was_there) return was_there.error();
  options->was_there = *was_there;
  options->known_channels = [&journal] { return channels_for_queues(journal); };
  return sink::rabbitmq::make(std::move(*options));
}

}  // namespace tg::app
