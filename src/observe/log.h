#pragma once
// Logs: an event name and fields, one line a thing, to the console or to journald. Any thread.
// Never message text, phone numbers, tokens or codes. The newest records stay in memory for the API.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/ids.h"

namespace tg::observe {

enum class Level : std::uint8_t { debug, info, warn, error };

struct Field {
  std::string name;
  std::string value;

  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(v) {}
  Field(std::string_view n, std::int64_t v) : name(n), value(std::to_string(v)) {}
  Field(std::string_view n, int v) : name(n), value(std::to_string(v)) {}
  Field(std::string_view n, std::size_t v) : name(n), value(std::to_string(v)) {}
};

struct Record {
  std::uint64_t id = 0;  // grows by one, from the time of the start in µs on: also over a restart
  model::Time at;
  Level level = Level::info;
  std::string event;
  std::vector<Field> fields;
};

struct LogOptions {
  Level level = Level::info;
  bool journald = false;  // else standard error
};

// Until it is called: information and worse, to standard error. May be called again.
void start_logging(const LogOptions& options);

// Whether systemd connected standard error to the journal ($JOURNAL_STREAM names its device and inode).
bool standard_error_is_journald();

void log(Level level, std::string_view event, std::initializer_list<Field> fields = {});
inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) { log(Level::info, event, fields); }
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) { log(Level::warn, event, fields); }
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::error, event, fields);
}

std::string_view name_of(Level level);
std::optional<Level> parse_level(std::string_view name);

inline constexpr std::size_t kMostRecords = 2'000;  // in memory
// Ids of the oldest and the newest record in memory; 0 = there is none.
std::pair<std::uint64_t, std::uint64_t> kept_records();

// Of the newest kMostRecords records those with id > after and at least this level, oldest first, at most limit: the
// newest ones when after is 0 (a page that opens), else the next ones (a page that follows, and must not skip).
std::vector<Record> recent_records(std::uint64_t after, Level at_least, std::size_t limit);

// 2026-11-24T08:00:00.123Z info  journal_opened bytes=4096 path="/a b"
std::string to_line(const Record& record);

// NAME=value pairs as sd_journal_sendv takes them; fields become TG_NAME, the event TG_EVENT.
std::vector<std::string> to_journald(const Record& record);

}  // namespace tg::observe
