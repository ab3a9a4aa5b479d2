#include "app/gateway.h"

#include <sys/stat.h>
#include <systemd/sd-daemon.h>

#include <csignal>
#include <fstream>

#include "api/api.h"
#include "app/channel_watch.h"
#include "app/database_store.h"
#include "app/destinations.h"
#include "app/file_import.h"
#include "app/rule_watch.h"
#include "app/telegram.h"
#include "app/upkeep.h"
#include "config/report.h"
#include "hot/generations.h"
#include "journal/coverage.h"
#include "journal/journal.h"
#include "observe/health.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "observe/series.h"
#include "pipeline/intake.h"
#include "source/demo/demo_source.h"
#include "store/local/local_store.h"

namespace tg::app {
namespace {

journal::Limits limits_of(const config::Config& config) {
  journal::Limits limits;
  limits.max_bytes = config.journal.max_bytes;
  limits.disk_reserve_bytes = config.disk.reserve_bytes;
  limits.keep = std::chrono::hours(24 * config.journal.keep_days);
  return limits;
}

pipeline::Intake::Options intake_options(const config::Config& config) {
  pipeline::Intake::Options options;
  options.deliver_max_age = std::chrono::seconds(config.deliver.max_age_s);
  return options;
}

api::Options api_options(const config::Config& config) {
  api::Options options;
  options.server = config.server;
  options.auth = config.auth;
  options.version = std::string(kVersion);
  options.data_dir = config.data_dir;
  options.media_folder = config.media.folder;
  options.deliver_max_age = std::chrono::seconds(config.deliver.max_age_s);
  options.reconcile_every = std::chrono::seconds(config.telegram.reconcile_every_s);
  options.lag_alarm = std::chrono::seconds(config.telegram.lag_alarm_s);
  if (config.store == "postgres") options.keep_days = config.postgres.keep_days;
  options.kept_by_date = config.postgres.keep_by == "date";
  return options;
}

// What the journal knows of a demo channel from an earlier run.
demo::Known known_channel(journal::Journal& journal, model::ChatId peer) {
  demo::Known known;
  auto db = journal.read();
  if (!db) return known;
  const auto coverage = journal::coverage(**db, peer, {}, model::Time::now());
  if (!coverage || !coverage->start) return known;
  known.newest = coverage->newest;
  for (const auto& gap : coverage->proven.gaps({coverage->start.value, coverage->newest.value}).ranges()) {
    known.unproven.emplace_back(gap.first, gap.last);
  }
  return known;
}

// Made-up messages among real ones could not be taken out again. What was imported into a demo is no matter.
Result<void> check_demo_folder(journal::Journal& journal, const std::string& folder) {
  auto db = journal.read();
  if (!db) return db.error();
  auto& chats = (*db)->prepared("SELECT peer FROM chats").reset();
  bool empty = true;
  while (true) {
    auto row = chats.step();
    if (!row) return row.error();
    if (!*row) break;
    empty = false;
    if (!demo::is_demo_channel(model::ChatId{chats.integer(0)})) continue;
    chats.reset();
    return {};
  }
  if (empty) return {};
  return Error{Code::conflict,
               fmt::format("{} holds an archive that is not a demo's: nothing made up is written there", folder),
               "Name another folder with --data-dir, or run it without the demo"};
}

std::filesystem::path url_file(const std::filesystem::path& data_dir) { return data_dir / "url"; }

// For doctor and status, which cannot know a port that a flag named. Best effort: it serves without.
void tell_url(const config::Config& config, std::uint16_t port) {
  const auto file = url_file(config.data_dir);
  std::ofstream(file) << dashboard_url(config.server.host, port) << "\n";
  std::error_code ignored;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
}

}  // namespace

struct Gateway::Impl {
  std::unique_ptr<journal::Journal> journal;
  observe::Metrics metrics;
  observe::Health health{model::Time::now()};
  observe::Series series;
  observe::Lag lag;
  rules::Live live_rules;
  std::shared_ptr<journal::Journal::Subscription> counting;
  std::unique_ptr<hot::Generations> generations;
  std::unique_ptr<pipeline::Intake> intake;
  std::unique_ptr<store::LocalStore> local;
  std::unique_ptr<store::PostgresStore> database;
  std::atomic<std::int64_t> stored_to{0};  // of events, in the database, since the start
  std::optional<std::chrono::hours> keep;  // of events, where the journal is not the store
  std::unique_ptr<api::Api> api;
  std::unique_ptr<demo::DemoSource> demo;
  std::unique_ptr<tdlib::TdlibSource> telegram;
  std::unique_ptr<ChannelWatch> channels;
  std::unique_ptr<Destinations> destinations;
  std::unique_ptr<RuleWatch> rules;
  std::unique_ptr<Upkeep> upkeep;
  std::filesystem::path url;  // the file that says where it listens

  store::Store& store() const { return database ? static_cast<store::Store&>(*database) : *local; }

  std::vector<api::NamedSource> sources() const {
    std::vector<api::NamedSource> all;
    if (demo) all.push_back({"demo", "demo", true, demo->state()});
    if (telegram) all.push_back({"telegram", "user", true, telegram->state()});
    return all;
  }

  Result<source::Walks> sync(const std::vector<model::ChatId>& chats) const {
    auto of_demo = demo ? demo->sync() : source::Walks();
    if (!telegram) return of_demo;
    auto of_telegram = telegram->sync(chats);
    if (!demo || !of_telegram) return of_telegram;
    return source::Walks([of_demo, of_telegram = std::move(*of_telegram)] {
      auto all = of_telegram();
      for (auto& one : of_demo()) all.push_back(std::move(one));
      return all;
    });
  }
};

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gateway::~Gateway() { stop(); }

Result<std::unique_ptr<Gateway>> Gateway::open(const config::Loaded& loaded) {
  const auto& config = loaded.config;
  auto impl = std::make_unique<Impl>();
  auto journal = journal::Journal::open(config.data_dir, journal::Access::serve, limits_of(config));
  if (!journal) return journal.error();
  impl->journal = std::move(*journal);
  if (config.demo.enabled) {
    if (auto own = check_demo_folder(*impl->journal, config.data_dir); !own) return own.error();
  }
  impl->counting = impl->journal->on_commit([&series = impl->series](const std::vector<model::Event>& events) {
    const auto now = model::Time::now();
    for (const auto& event : events) {
      if (event.kind == model::Kind::created) series.add(event.origin, 1, now);
    }
  });
  impl->generations = std::make_unique<hot::Generations>(*impl->journal);
  auto intake = intake_options(config);
  intake.lag = &impl->lag;
  intake.rules = &impl->live_rules;
  intake.health = &impl->health;
  impl->intake = std::make_unique<pipeline::Intake>(*impl->journal, impl->metrics, intake);
  const bool in_database = config.store == "postgres";
  impl->local = std::make_unique<store::LocalStore>(
      *impl->journal, impl->intake.get(), *impl->generations, impl->metrics,
      in_database ? store::LocalStore::registry_only() : store::LocalStore::Options{});
  if (in_database) {
    auto database = open_database_store(
        config.postgres, {*impl->journal, *impl->local, *impl->generations, impl->metrics,
                          [raw = impl.get()](model::Seq seq, std::chrono::milliseconds patience) {
                            return raw->destinations && raw->destinations->wait_delivered("postgres", seq, patience);
                          }});
    if (!database) return database.error();
    impl->database = std::move(*database);
    impl->keep = limits_of(config).keep;
  }
  if (config.demo.enabled) {
    demo::Options options;
    options.channels = static_cast<std::size_t>(config.demo.channels);
    options.rate = config.demo.rate;
    options.gaps = config.demo.gaps;
    options.seed = static_cast<std::uint64_t>(config.demo.seed);
    options.history = static_cast<std::size_t>(config.demo.history);
    options.known = [journal_ptr = impl->journal.get()](model::ChatId peer) {
      return known_channel(*journal_ptr, peer);
    };
    impl->demo = std::make_unique<demo::DemoSource>(options, *impl->intake);
  }
  api::Parts parts{.journal = *impl->journal,
                   .intake = *impl->intake,
                   .store = impl->store(),
                   .metrics = impl->metrics,
                   .health = impl->health,
                   .series = impl->series,
                   .generations = *impl->generations};
  parts.configuration = [shown = config::show_json(loaded)] { return shown; };
  parts.sources = [raw = impl.get()] { return raw->sources(); };
  auto telegram =
      make_telegram(config, *impl->intake, *impl->journal, impl->store(), impl->metrics, [raw = impl.get()] {
        if (raw->api) raw->api->wake();
      });
  if (!telegram) return telegram.error();
  impl->telegram = std::move(*telegram);
  parts.control = impl->telegram.get();
  impl->channels = std::make_unique<ChannelWatch>(ChannelWatch::Parts{
      *impl->journal, impl->lag, impl->metrics, std::chrono::seconds(config.telegram.lag_alarm_s),
      config.telegram.capture_all, [raw = impl.get()](const std::vector<model::ChatId>& chats) -> Result<void> {
        if (!raw->telegram) return {};
        const auto asked = raw->telegram->sync(chats);
        return asked ? Result<void>() : asked.error();
      }});
  parts.lags = [raw = impl.get()] { return raw->lag.worst(model::Time::now()); };
  parts.silences = [raw = impl.get()] { return raw->channels->silences(); };
  if (impl->demo || impl->telegram) {
    parts.sync = [raw = impl.get()](const std::vector<model::ChatId>& chats) { return raw->sync(chats); };
  }
  // The journal's commit has made remembered answers old already; one read from the database between then and now is
  // old as well.
  auto on_stored = [raw = impl.get()](std::span<const model::Event> events) {
    for (const auto& event : events) raw->generations->bump(event.key.peer);
    raw->stored_to.store(events.back().seq.value);
    if (raw->database) raw->api->wake();
  };
  const sink::Runner::Parts runner{*impl->journal, *impl->intake, impl->metrics, impl->health};
  auto destinations = Destinations::make(
      config, runner,
      [raw = impl.get()](const auto& name, const auto& event) { return raw->rules->passes(name, event); },
      std::move(on_stored));
  if (!destinations) return destinations.error();
  impl->destinations = std::move(*destinations);
  auto rules = RuleWatch::make(config, {runner, impl->store(), impl->live_rules, impl->telegram.get(),
                                        [raw = impl.get()] { return raw->destinations->names(); }});
  if (!rules) return rules.error();
  impl->rules = std::move(*rules);
  parts.rules = &impl->rules->rulebook();
  if (in_database) {
    parts.stored_to = [raw = impl.get()] {
      return std::max(model::Seq{raw->stored_to.load()}, raw->destinations->delivered("postgres"));
    };
  }
  parts.readers = [raw = impl.get()] {
    auto all = raw->destinations->readers();
    for (auto& one : raw->rules->readers()) all.push_back(std::move(one));
    return all;
  };
  parts.retry_refused = [raw = impl.get()](const std::string& reader, const std::vector<std::int64_t>& entries) {
    return raw->destinations->retry_refused(reader, entries) || raw->rules->retry_refused(reader, entries);
  };
  parts.ask_reader = [raw = impl.get()](const api::ReaderRequest& request) -> Result<void> {
    auto done = raw->destinations->ask_reader(request);
    if (done || done.error().code != Code::not_found) return done;
    return raw->rules->ask_reader(request);
  };
  parts.import_file = [raw = impl.get()](const api::ImportOrder& order, const auto& tell) {
    return import_upload(order, *raw->journal, *raw->intake, tell);
  };
  parts.marked = [raw = impl.get()](const std::string& consumer, std::span<const model::MessageKey> keys) {
    raw->destinations->marked(consumer, keys);
  };
  impl->api = std::make_unique<api::Api>(api_options(config), std::move(parts));
  if (auto listening = impl->api->listen(); !listening) return listening.error();
  tell_url(config, impl->api->port());
  impl->url = url_file(config.data_dir);
  return std::unique_ptr<Gateway>(new Gateway(std::move(impl)));
}

void Gateway::start() {
  impl_->destinations->start();
  impl_->rules->start();
  std::vector<const source::Source*> sources;
  if (impl_->demo) {
    impl_->demo->start();
    sources.push_back(impl_->demo.get());
  }
  if (impl_->telegram) {
    impl_->telegram->start();
    sources.push_back(impl_->telegram.get());
  }
  impl_->upkeep = std::make_unique<Upkeep>(Upkeep::Watched{*impl_->journal, *impl_->intake, impl_->metrics,
                                                           impl_->health, std::move(sources), *impl_->channels,
                                                           impl_->telegram.get(), impl_->keep});
  impl_->health.set_ready(true);
  impl_->api->start();
}

void Gateway::stop() {
  if (!impl_->api) return;
  std::error_code ignored;
  std::filesystem::remove(impl_->url, ignored);
  impl_->health.set_ready(false);
  if (impl_->demo) impl_->demo->stop();
  if (impl_->telegram) impl_->telegram->stop();
  impl_->upkeep.reset();
  impl_->api->stop();
  impl_->rules->stop();
  impl_->destinations->stop();
  impl_->api.reset();
  impl_->demo.reset();
  impl_->telegram.reset();
  impl_->database.reset();
  impl_->local.reset();
  impl_->intake.reset();
}

std::uint16_t Gateway::port() const { return impl_->api->port(); }

std::string running_url(const std::filesystem::path& data_dir) {
  std::string url;
  std::getline(std::ifstream(url_file(data_dir)), url);
  return url;
}

std::string dashboard_url(std::string_view host, std::uint16_t port) {
  std::string name(host);
  if (host == "0.0.0.0") name = "127.0.0.1";
  if (host == "::" || host == "[::]") name = "::1";
  if (name.find(':') != std::string::npos && name.front() != '[') name = "[" + name + "]";
  return fmt::format("http://{}:{}/", name, port);
}

int run_until_stopped(const config::Loaded& loaded, const std::function<void(const Gateway&)>& on_started) {
  // Whatever is made from now on, TDLib's files among it, is for this user alone.
  ::umask(S_IRWXG | S_IRWXO);
  // Blocked before any thread starts, so that only this one takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  auto gateway = Gateway::open(loaded);
  if (!gateway) {
    observe::error("start_failed", {{"reason", gateway.error().to_string()}});
    return 1;
  }
  (*gateway)->start();
  observe::info("started", {{"version", kVersion}, {"port", static_cast<int>((*gateway)->port())}});
  sd_notify(0, "READY=1");
  on_started(**gateway);
  int signal = 0;
  sigwait(&signals, &signal);
  observe::info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  sd_notify(0, "STOPPING=1");
  (*gateway)->stop();
  return 0;
}

}  // namespace tg::app
