#pragma once
// Takes over what the predecessor stored: its table of messages (in both shapes that it made), its channels, its
// failure queue and its photos. They go through the intake into the journal as history, so that identity, versions and
// duplicates are the gateway's own, and every store is filled from there. Nothing is written to the predecessor.
//
//   messages · channels ──▶ one snapshot ──▶ intake ──▶ journal          before.db: the journal as it was
//   failure-queue.jsonl ─────────────────────▲            │              state.json: how far it is
//   photos/ ──▶ media folder                              └── compared   report.json: what came of it
//
// No gateway may run on the data folder. In the caller's thread. A run that was killed goes on where it was; one that
// is repeated changes nothing.

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "model/ids.h"
#include "model/result.h"
#include "store/postgres/target.h"

namespace tg::legacy {

struct Options {
  store::postgres::Target source;
  std::string schema = "telegram_gateway", table = "messages";
  std::filesystem::path failure_queue, photos;  // empty = none
  std::optional<model::Time> offer_since;       // what nobody had marked and was posted since then is news
  bool dry_run = false;                         // reads and tells; nothing is made or changed
};

enum class Step {
  configuration,
  ports,
  source,
  count,
  room,
  backup,
  channels,
  photos,
  messages,
  queue,
  compare,
  report
};
inline constexpr int kSteps = 12;
std::string_view name_of(Step step);

struct StepDone {
  Step step = Step::configuration;
  std::string found;
  double seconds = 0;
};

struct ChannelCount {
  std::int64_t messages = 0, missing = 0;
  std::uint64_t source_sum = 0, journal_sum = 0;  // of content hashes, modulo 2^64, whatever their order
};

// Everything is counted from the source and the journal as they are at the end: a run that was killed and went on tells
// the same as one that was not.
struct Report {
  bool dry_run = false, resumed = false;
  std::string source, shape, server;
  std::vector<StepDone> steps;

  std::int64_t rows = 0;            // of the table
  std::int64_t messages = 0;        // that they are
  std::int64_t duplicates = 0;      // rows beside the first of their message
  std::int64_t differing = 0;       // messages whose rows differ: versions
  std::int64_t dates_taken = 0;     // messages without Telegram's date: when the predecessor received them
  std::int64_t metadata_bad = 0;    // rows whose metadata is no JSON object; left out, the message is taken
  std::int64_t metadata_twice = 0;  // of the good: JSON in a JSON string
  std::int64_t bare_ids = 0;        // rows whose channel lacks -100
  std::int64_t set_aside = 0;       // rows and lines that are no messages (telegram-gateway failures)
  std::int64_t deleted = 0;
  std::int64_t marks = 0;  // message and consumer that processed it
  std::int64_t offered = 0;
  std::map<std::string, std::int64_t> statuses;  // rows, in the predecessor's words
  std::vector<std::string> reasons;              // of the first 20 set aside
  std::int64_t registered = 0;                   // channels of its registry
  std::map<model::ChatId, ChannelCount> channels;

  std::int64_t queue_lines = 0;               // lines that are messages
  std::int64_t photos = 0, photos_alone = 0;  // files; of these, without a message

  // What the comparison found in the journal, of messages and lines.
  std::int64_t same = 0;       // this content is there
  std::int64_t telegrams = 0;  // Telegram's own is there instead
  std::int64_t dropped = 0;    // by a rule of a person
  std::int64_t missing = 0, marks_missing = 0, deletions_missing = 0;
  std::map<std::string, std::int64_t> events;  // that this migration made, by kind

  bool sound() const { return missing == 0 && marks_missing == 0 && deletions_missing == 0; }
};
boost::json::object to_json(const Report& report);

struct Progress {
  Step step = Step::configuration;
  std::int64_t done = 0, all = 0;  // 0 = not known
};
using OnProgress = std::function<void(const Progress&)>;  // often

// An error: it ended where it is, and the same call goes on there. Code::corrupt: the comparison failed; the report is
// in the data folder. Code::conflict: another migration is not at its end, or a gateway runs.
Result<Report> migrate(const config::Config& config, const Options& options, const OnProgress& on_progress);

struct RolledBack {
  model::Time started_at;   // of the migration
  std::int64_t events = 0;  // that it had made
  std::int64_t newer = 0;   // events and marks of others since, lost with it
  std::int64_t photos = 0;  // files removed from the media folder
};

// Puts back the journal as it was before the first migration whose backup is there. Code::conflict where the gateway
// has stored more since, unless `discard_newer`. Code::not_found: there is nothing to undo. A call that was killed is
// simply made again.
Result<RolledBack> rollback(const config::Config& config, bool discard_newer, bool dry_run);

}  // namespace tg::legacy
