#include "cli/command.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <iostream>

#include "app/database_store.h"
#include "config/report.h"
#include "model/time_range.h"
#include "observe/log.h"

namespace tg::cli {
namespace {

// How many columns a terminal uses: East Asian wide and emoji take two; good enough for aligning.
std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    std::uint32_t point = byte & (length == 1 ? 0x7FU : length == 2 ? 0x1FU : length == 3 ? 0x0FU : 0x07U);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    }
    const bool none = (point >= 0x300 && point <= 0x36F) || point == 0x200D || (point >= 0xFE00 && point <= 0xFE0F);
    const bool wide = (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
                      (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
                      (point >= 0xFF00 && point <= 0xFF60) || point >= 0x1F300;
    columns += none ? 0 : wide ? 2 : 1;
    i += length;
  }
  return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    const std::string next = out + std::string(text.substr(i, length));
    if (columns_of(next) + 1 > columns) break;
    out = next;
    i += length;
  }
  return out + "…";
}

// One line, without what would move the terminal's cursor or change its colours.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return out;
}

}  // namespace

int fail(const Error& error, int code) {
  std::cerr << "error: " << plain(error.to_string()) << "\n";
  return code;
}

config::Sources sources_of(const Common& common) {
  auto sources = config::process_sources(
      common.config_file.empty() ? std::nullopt : std::optional<std::filesystem::path>(common.config_file));
  if (!common.data_dir.empty())
    sources.flags.emplace_back("data_dir", std::filesystem::absolute(common.data_dir).string());
  return sources;
}

std::optional<config::Loaded> load_whole(const Common& common, Kind kind,
                                         std::vector<std::pair<std::string, std::string>> flags) {
  auto sources = sources_of(common);
  sources.flags.insert(sources.flags.end(), flags.begin(), flags.end());
  auto loaded = config::load(sources);
  if (kind == Kind::serves) {
    loaded.errors.insert(loaded.errors.end(), loaded.unread_secrets.begin(), loaded.unread_secrets.end());
  }
  for (const auto& warning : loaded.warnings) std::cerr << "warning: " << warning.to_string() << "\n";
  for (const auto& error : loaded.errors) fail(error);
  if (!loaded.ok()) return std::nullopt;
  observe::LogOptions log;
  log.level = static_cast<observe::Level>(loaded.config.log.level);
  if (kind == Kind::answers && loaded.origin_of("log.level") == config::Origin::default_)
    log.level = observe::Level::error;
  log.journald = loaded.config.log.target == config::LogTarget::journald ||
                 (loaded.config.log.target == config::LogTarget::automatic && std::getenv("JOURNAL_STREAM") != nullptr);
  observe::start_logging(log);
  return loaded;
}

std::optional<config::Config> load_config(const Common& common, Kind kind,
                                          std::vector<std::pair<std::string, std::string>> flags) {
  auto loaded = load_whole(common, kind, std::move(flags));
  return loaded ? std::optional(std::move(loaded->config)) : std::nullopt;
}

std::filesystem::path demo_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state && *state) return std::filesystem::path(state) / "telegram-gateway-demo";
  if (home && *home) return std::filesystem::path(home) / ".local/state/telegram-gateway-demo";
  return std::filesystem::temp_directory_path() / "telegram-gateway-demo";
}

Result<Reading> Reading::open(const config::Config& config, bool search) {
  Reading reading;
  auto journal = journal::Journal::open(config.data_dir, journal::Access::read);
  if (!journal) {
    auto error = journal.error();
    const auto demo = journal::Journal::open(demo_folder(), journal::Access::read);
    if (error.code == Code::not_found && demo) {
      error.fix += fmt::format("; the demo's is --data-dir {}", demo_folder().string());
    }
    return error;
  }
  reading.journal = std::move(*journal);
  reading.metrics = std::make_unique<observe::Metrics>();
  reading.generations = std::make_unique<hot::Generations>(*reading.journal);
  const bool in_database = config.store == "postgres";
  store::LocalStore::Options options;
  options.search = search && !in_database;
  reading.local =
      std::make_unique<store::LocalStore>(*reading.journal, nullptr, *reading.generations, *reading.metrics, options);
  reading.store = reading.local.get();
  if (in_database) {
    auto database = app::open_database_store(
        config.postgres, {*reading.journal, *reading.local, *reading.generations, *reading.metrics, {}});
    if (!database) return database.error();
    reading.database = std::move(*database);
    reading.store = reading.database.get();
  }
  return reading;
}

Result<std::unique_ptr<journal::Journal>> open_to_change(const config::Config& config) {
  // Reading says what is wrong with the folder; writing would make one.
  if (auto there = journal::Journal::open(config.data_dir, journal::Access::read); !there) return there.error();
  return journal::Journal::open(config.data_dir, journal::Access::write);
}

Result<void> take_range(const std::string& from_text, const std::string& to_text, std::optional<model::Time>& from,
                        std::optional<model::Time>& to) {
  const auto no_date = [](std::string_view flag, const std::string& text) {
    return Error{Code::invalid_input, fmt::format("{} {} is no date", flag, text),
                 "Write 2026-11-24 or 2026-11-24T08:00:00Z"};
  };
  if (!from_text.empty() && !(from = model::parse_time(from_text))) return no_date("--from", from_text);
  if (!to_text.empty() && !(to = model::parse_end(to_text))) return no_date("--to", to_text);
  return model::check_range(from, to, "--from", "--to");
}

Result<void> known_channel(store::Store& store, std::int64_t channel) {
  const auto chat = store.chat(model::ChatId{channel});
  if (!chat) return chat.error();
  if (*chat) return {};
  // Telegram shows the number of a channel without what marks it as one.
  const model::ChatId marked = model::channel_peer(channel < 0 ? -channel : channel);
  const auto meant = store.chat(marked);
  if (meant && *meant) {
    return Error{Code::not_found, fmt::format("channel {} is not stored here", channel),
                 fmt::format("Write {} for {}", marked.value, (*meant)->title)};
  }
  return Error{Code::not_found, fmt::format("channel {} is not stored here", channel),
               "telegram-gateway channels lists those that are"};
}

std::string Table::to_string(std::size_t terminal_columns) const {
  std::vector<std::size_t> widths;
  for (const auto& cell : head) widths.push_back(columns_of(cell));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(plain(row[i])));
  }
  std::size_t before = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before += widths[i] + 2;
  std::string out;
  auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool last = i + 1 == cells.size();
      std::string cell = plain(cells[i]);
      if (last && terminal_columns > before + 8) cell = cut(cell, terminal_columns - before);
      const std::size_t width = columns_of(cell);
      const std::string pad(width < widths[i] ? widths[i] - width : 0, ' ');
      const bool to_right = i < right.size() && right[i];
      out += to_right ? pad + cell : cell;
      if (!last) out += (to_right ? "" : pad) + "  ";
    }
    out += "\n";
  };
  const bool titled = std::any_of(head.begin(), head.end(), [](const std::string& cell) { return !cell.empty(); });
  if (titled) line(head);
  for (const auto& row : rows) line(row);
  return out;
}

void print(const Table& table) {
  winsize size{};
  const bool terminal = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  std::cout << table.to_string(terminal ? size.ws_col : 0);
}

namespace {
void indent(const boost::json::value& value, std::string& out, std::size_t depth) {
  const std::string pad((depth + 1) * 2, ' ');
  const std::string close(depth * 2, ' ');
  auto list = [&](const auto& items, char open, char end, auto write) {
    if (items.empty()) {
      out += open;
      out += end;
      return;
    }
    out += open;
    bool first = true;
    for (const auto& item : items) {
      out += first ? "\n" : ",\n";
      first = false;
      out += pad;
      write(item);
    }
    out += "\n" + close + end;
  };
  if (value.is_object()) {
    list(value.get_object(), '{', '}', [&](const auto& member) {
      out += boost::json::serialize(boost::json::string(member.key())) + ": ";
      indent(member.value(), out, depth + 1);
    });
  } else if (value.is_array()) {
    list(value.get_array(), '[', ']', [&](const auto& item) { indent(item, out, depth + 1); });
  } else {
    out += boost::json::serialize(value);
  }
}
}  // namespace

void print(const boost::json::value& value) {
  std::string out;
  indent(value, out, 0);
  std::cout << out << "\n";
}

std::string local_time(model::Time time) {
  if (!time) return "–";
  const std::time_t seconds = time.to_seconds();
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts);
  return text.data();
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  for (auto i = static_cast<std::int64_t>(digits.size()) - 3; i > 0; i -= 3)
    digits.insert(static_cast<std::size_t>(i), ",");
  return (number < 0 ? "-" : "") + digits;
}

std::string counted(std::int64_t number, const std::string& noun) {
  return grouped(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace tg::cli
