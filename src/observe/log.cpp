#include "observe/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cstdlib>

namespace tg::observe {
namespace {

constexpr std::size_t kMaxValueBytes = 4'096;   // a field's value; longer ones are cut
constexpr std::size_t kMaxFieldNameBytes = 60;  // journald takes 64 with the prefix

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

int to_priority(Level level) {
  switch (level) {
    case Level::debug: return LOG_DEBUG;
    case Level::info: return LOG_INFO;
    case Level::warn: return LOG_WARNING;
    case Level::error: return LOG_ERR;
  }
  return LOG_ERR;
}

// A value from outside must not be able to look like another field or another line.
void append_value(std::string& line, std::string_view value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return c > 0x20 && c != 0x7f && c != '"' && c != '=' && c != '\\';
  });
  if (plain) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += c;
    }
  }
  line += '"';
}

void append_fields(std::string& line, const Record& record) {
  line += record.event;
  for (const Field& field : record.fields) {
    line += ' ';
    line += field.name;
    line += '=';
    append_value(line, field.value);
  }
}

class Logging {
 public:
  static Logging& instance() {
    static Logging logging;
    return logging;
  }

  void start(const LogOptions& options) {
    level_.store(options.level);
    journald_.store(options.journald);
    console_.set_level(to_spdlog(options.level));
  }

  bool wanted(Level level) const { return level >= level_.load(std::memory_order_relaxed); }

  void write(Record record) {
    // Numbered, kept and written under one lock, so that lines stand in the order of their ids.
    const std::lock_guard lock(mutex_);
    record.id = ++last_id_;
    if (journald_.load()) {
      send(record);
    } else {
      console_.log(to_spdlog(record.level), spdlog::string_view_t(to_line(record)));
    }
    kept_.push_back(std::move(record));
    if (kept_.size() > kMostRecords) kept_.pop_front();
  }

  std::vector<Record> recent(std::uint64_t after, Level at_least, std::size_t limit) {
    const std::lock_guard lock(mutex_);
    std::vector<Record> found;
    const auto take = [&](const Record& record) {
      if (found.size() < limit && record.id > after && record.level >= at_least) found.push_back(record);
    };
    if (after == 0) {
      std::for_each(kept_.rbegin(), kept_.rend(), take);
      std::reverse(found.begin(), found.end());
    } else {
      std::for_each(kept_.begin(), kept_.end(), take);
    }
    return found;
  }

  std::pair<std::uint64_t, std::uint64_t> kept() {
    const std::lock_guard lock(mutex_);
    if (kept_.empty()) return {0, 0};
    return {kept_.front().id, kept_.back().id};
  }

 private:
  Logging() : console_("telegram-gateway", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    console_.set_pattern("%v");
    console_.flush_on(spdlog::level::debug);
  }

  static void send(const Record& record) {
    std::vector<std::string> fields = to_journald(record);
    std::vector<iovec> parts;
    parts.reserve(fields.size());
    for (std::string& field : fields) parts.push_back({field.data(), field.size()});
    // A full or absent journal socket is no reason to stop; the record is still in memory.
    static_cast<void>(sd_journal_sendv(parts.data(), static_cast<int>(parts.size())));
  }

  std::mutex mutex_;
  std::deque<Record> kept_;
  std::uint64_t last_id_ = static_cast<std::uint64_t>(model::Time::now().us);
  std::atomic<Level> level_ = Level::info;
  std::atomic<bool> journald_ = false;
  spdlog::logger console_;
};

}  // namespace

void start_logging(const LogOptions& options) { Logging::instance().start(options); }

bool standard_error_is_journald() {
  const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe): read at start
  if (!stream) return false;
  struct stat status {};
  if (fstat(STDERR_FILENO, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

void log(Level level, std::string_view event, std::initializer_list<Field> fields) {
  Logging& logging = Logging::instance();
  if (!logging.wanted(level)) return;
  Record record;
  record.at = model::Time::now();
  record.level = level;
  record.event = std::string(event);
  record.fields.assign(fields);
  for (Field& field : record.fields) {
    if (field.value.size() > kMaxValueBytes) field.value = field.value.substr(0, kMaxValueBytes) + "…";
  }
  logging.write(std::move(record));
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error: return "error";
  }
  return "?";
}

std::optional<Level> parse_level(std::string_view name) {
  for (const Level level : {Level::debug, Level::info, Level::warn, Level::error}) {
    if (name_of(level) == name) return level;
  }
  return std::nullopt;
}

std::vector<Record> recent_records(std::uint64_t after, Level at_least, std::size_t limit) {
  return Logging::instance().recent(after, at_least, limit);
}

std::pair<std::uint64_t, std::uint64_t> kept_records() { return Logging::instance().kept(); }

std::string to_line(const Record& record) {
  std::string line = fmt::format("{} {:<5} ", model::to_rfc3339(record.at), name_of(record.level));
  append_fields(line, record);
  return line;
}

std::vector<std::string> to_journald(const Record& record) {
  std::string message = "MESSAGE=";
  append_fields(message, record);
  std::vector<std::string> fields{std::move(message), fmt::format("PRIORITY={}", to_priority(record.level)),
                                  "SYSLOG_IDENTIFIER=telegram-gateway", "TG_EVENT=" + record.event};
  for (const Field& field : record.fields) {
    std::string name = "TG_";
    for (const char c : field.name.substr(0, kMaxFieldNameBytes)) {
      const auto byte = static_cast<unsigned char>(c);
      name += std::isalnum(byte) ? static_cast<char>(std::toupper(byte)) : '_';
    }
    fields.push_back(name + "=" + field.value);
  }
  return fields;
}

}  // namespace tg::observe
