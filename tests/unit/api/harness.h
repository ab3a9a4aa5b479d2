#pragma once
// A whole API on a free loopback port, with a real journal and intake and a store in memory.

#include "api/api.h"
#include "client.h"
#include "fake_store.h"
#include "support/temp_folder.h"

namespace tg::test {

inline constexpr std::int64_t kPeer = -1001487851422;

struct Harness {
  TempFolder folder;
  std::unique_ptr<journal::Journal> journal;
  observe::Metrics metrics;
  observe::Health health{model::Time::now()};
  observe::Series series;
  hot::Generations generations{*journal};
  pipeline::Intake intake{*journal, metrics, {}};
  FakeStore store;
  api::Options options;
  std::function<Result<source::Walks>(const std::vector<model::ChatId>&)> sync;
  std::function<bool(const std::string&, const std::vector<std::int64_t>&)> retry_refused;
  std::function<Result<void>(const api::ReaderRequest&)> ask_reader;
  decltype(api::Parts::import_file) import_file;
  std::atomic<std::int64_t> stored_to{INT64_MAX};
  source::Control* control = nullptr;
  std::vector<api::NamedSource> sources;
  std::vector<api::Reader> readers;
  std::unique_ptr<api::Api> api;

  explicit Harness(journal::Limits limits = {})
      : journal(std::move(journal::Journal::open(folder / "journal", journal::Access::write, limits).value())) {
    options.server.port = 0;
    options.version = "1.2.3";
    store.rows = {FakeStore::row(kPeer, 1, "one"), FakeStore::row(kPeer, 2, "two")};
    store.all_chats = {FakeStore::chat(kPeer, "Mesa <Norte>")};
  }
  ~Harness() { api.reset(); }

  void require(std::string_view secret, std::vector<config::Scope> scopes) {
    options.auth.require_token = true;
    options.auth.tokens.push_back({"test", std::move(scopes), config::sha256_hex(secret), "", "test"});
  }
  void start() {
    api::Parts parts{.journal = *journal,
                     .intake = intake,
                     .store = store,
                     .metrics = metrics,
                     .health = health,
                     .series = series,
                     .generations = generations};
    parts.sync = sync;
    parts.control = control;
    if (retry_refused) parts.retry_refused = retry_refused;
    if (ask_reader) parts.ask_reader = ask_reader;
    parts.import_file = import_file;
    parts.stored_to = [this] { return model::Seq{stored_to}; };
    parts.sources = [this] { return sources; };
    parts.readers = [this] { return readers; };
    api = std::make_unique<api::Api>(options, std::move(parts));
    const auto listening = api->listen();
    if (!listening) throw std::runtime_error(listening.error().to_string());
    api->start();
  }
  Client client() { return Client(api->port()); }
  Answer get(const std::string& target, const std::string& headers = "") {
    return Client(api->port()).call("GET", target, headers);
  }
  Answer post(const std::string& target, const std::string& body, const std::string& headers = "") {
    return Client(api->port()).call("POST", target, headers, body);
  }

  // A new message, on disk when it returns.
  void commit(std::int64_t message, const std::string& text, std::int64_t peer = kPeer,
              model::Origin origin = model::Origin::live) {
    pipeline::Seen seen;
    seen.from = {model::SourceKind::demo, origin, 1, model::Time::now()};
    seen.message.key = {{}, model::ChatId{peer}, model::MessageId{message}};
    seen.message.date = model::Time::now();
    seen.message.text = text;
    if (auto pushed = intake.push(seen); !pushed) throw std::runtime_error(pushed.error().to_string());
    if (auto done = intake.flush(); !done) throw std::runtime_error(done.error().to_string());
  }
};

}  // namespace tg::test
