#pragma once
// The HTTP interface: REST, Server-Sent Events, long poll, feeds and the dashboard. See docs/api.md.
//
//   Parts (what it reads and writes) ─┐
//   Options ──────────────────────────┴▶ Api ▶ listen() ▶ start() … stop()
//
// The parts must outlive it. Construct it before the intake's writer commits, so that streams miss nothing.

#include <boost/json/value.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "api/assets.h"
#include "api/options.h"
#include "hot/generations.h"
#include "journal/journal.h"
#include "journal/passages.h"
#include "journal/reader_marks.h"
#include "journal/silence.h"
#include "observe/health.h"
#include "observe/lag.h"
#include "observe/metrics.h"
#include "observe/series.h"
#include "pipeline/intake.h"
#include "pipeline/rulebook.h"
#include "source/control.h"
#include "source/source.h"
#include "store/store.h"

namespace tg::api {

struct NamedSource {
  std::string name;
  std::string kind;      // user, bot, demo, export_file
  bool captures = true;  // false: it ends by itself, such as an import
  source::SourceState state;
};

// What came of an export's messages.
struct Imported {
  std::uint64_t messages = 0;  // read, of which:
  std::uint64_t created = 0, changed = 0, known = 0;
  std::uint64_t refused = 0;  // set aside
};

struct ImportProgress {
  double fraction = 0;
  std::optional<std::int64_t> seconds_left;
  Imported counts;
};

struct ImportOrder {
  std::filesystem::path file;
  std::string name;  // for people
  std::stop_token stop;
};

// A piece of work with an end, such as an import.
struct Job {
  std::string id, kind, title;
  std::string state;  // running, paused, done, failed, cancelled
  model::ChatId channel;
  std::optional<double> progress;  // 0…1
  std::optional<std::int64_t> seconds_left;
  model::Time started_at, finished_at;
  model::Time wait_until;  // Telegram asked for it; 0 = it does not wait
  model::Time paused_at;   // by a person; 0 = it is not paused
  std::string detail, error;
  std::optional<Imported> imported = {};
};

// How a reader of the journal stands, where it knows more than its cursor shows.
struct Reader {
  std::string name, kind, last_error;
  model::Seq delivered;  // up to there, now: its cursor is saved later and never goes back; 0 = as its cursor says
  model::Time next_try_at;
  bool parked = false, off = false;
  std::optional<std::int64_t> delivered_events;            // since the program started
  std::optional<journal::Missed> missed = {};              // trimmed before it had it
  model::Time parked_at;                                   // 0 = it is not parked
  bool may_park = false, may_resend = false;               // what a person may ask of it
  bool runs = false;                                       // the others are told of by their cursors alone
  std::shared_ptr<const journal::Passages> passages = {};  // when it got where, where that is known
};

// What a person asks of a reader.
struct ReaderRequest {
  enum class Act : std::uint8_t { try_now, park, resume, resend, accept_missed };
  std::string reader;
  Act act = Act::try_now;
  model::Seq from;  // of resend: everything behind it
};

struct Parts {
  journal::Journal& journal;
  pipeline::Intake& intake;
  store::Store& store;
  observe::Metrics& metrics;
  observe::Health& health;
  observe::Series& series;
  const hot::Generations& generations;
  const Assets& assets = embedded_assets();
  std::function<std::vector<NamedSource>()> sources = [] { return std::vector<NamedSource>{}; };
  std::function<std::vector<Job>()> jobs = [] { return std::vector<Job>{}; };
  std::function<std::vector<Reader>()> readers = [] { return std::vector<Reader>{}; };
  // Has a reader deliver these entries of the quarantine once more; false: no reader of this name is running. Without
  // entries it only says that.
  std::function<bool(const std::string& reader, const std::vector<std::int64_t>& entries)> retry_refused =
      [](const std::string&, const std::vector<std::int64_t>&) { return false; };
  // Blocks until it is written where it has to be. not_found: no reader of this name is running.
  std::function<Result<void>(const ReaderRequest&)> ask_reader = [](const ReaderRequest& request) -> Result<void> {
    return Error{Code::not_found, "no reader named '" + request.reader + "' is running", ""};
  };
  std::function<std::map<model::ChatId, observe::Late>()> lags = [] {
    return std::map<model::ChatId, observe::Late>{};
  };
  // Channels that are silent for longer than usual, as the server confirmed.
  std::function<std::vector<journal::Silence>()> silences = [] { return std::vector<journal::Silence>{}; };
  // The store answers with all up to there. Where it lags behind the journal, wake() follows when it has more.
  std::function<model::Seq()> stored_to = [] { return model::Seq{INT64_MAX}; };
  // Is told what a consumer marked, after that is stored. Returns at once.
  std::function<void(const std::string& consumer, std::span<const model::MessageKey> keys)> marked = {};
  pipeline::Rulebook* rules = nullptr;  // nullptr: answered with 503
  source::Control* control = nullptr;   // nullptr: no source has accounts
  // Reads the configuration again; not set: answered with 503.
  std::function<Result<void>()> reload = {};
  // Asks every source that can for what is missing now, and tells how far they are. Not set: answered with 503.
  std::function<Result<source::Walks>(const std::vector<model::ChatId>& chats)> sync = {};  // empty: all
  // Takes an export in, in the caller's thread; false: it was stopped before its end. Tells how far it is, at last what
  // came of it. Not set: answered with 503.
  std::function<Result<bool>(const ImportOrder&, const std::function<void(const ImportProgress&)>&)> import_file = {};
  // The configuration without its secrets, as a JSON value.
  std::function<boost::json::value()> configuration = {};
};

class Api {
 public:
  Api(Options options, Parts parts);
  ~Api();  // stops
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  Result<void> listen();  // options.server.host and port; port 0: any free one
  void start();
  void stop();
  std::uint16_t port() const;

  // Lets streams look again, e.g. when a job or a source changed.
  void wake();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The OpenAPI 3.1 document that GET /api/openapi.json serves.
std::string openapi_document(const std::string& version);

}  // namespace tg::api
