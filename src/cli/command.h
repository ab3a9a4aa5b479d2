#pragma once
// What the subcommands share: the configuration flags, exit codes, and how errors and lists are shown.
//
// What goes wrong is said on standard error as `error: what. fix`; standard output holds results only, with --json one
// JSON value or nothing.
//
// Exit codes: 0 done · 1 failed · 2 wrong usage or configuration · 3 done, but something needs a look (messages set
// aside, problems found, a channel that lacks messages).

#include <CLI/App.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/load.h"
#include "hot/generations.h"
#include "journal/journal.h"
#include "model/result.h"
#include "observe/metrics.h"
#include "store/local/local_store.h"

namespace tg::cli {

inline constexpr int kDone = 0, kFailed = 1, kUsage = 2, kLook = 3;

// Flags that every command takes; empty = not given.
struct Common {
  std::string config_file;
  std::string data_dir;
  bool json = false;
};

// Each adds its subcommand; `code` receives the exit code when it runs.
using ExitCode = std::shared_ptr<int>;
void add_account(CLI::App& app, Common& common, const ExitCode& code);
void add_run(CLI::App& app, Common& common, const ExitCode& code);
void add_demo(CLI::App& app, Common& common, const ExitCode& code);
void add_import(CLI::App& app, Common& common, const ExitCode& code);
void add_export(CLI::App& app, Common& common, const ExitCode& code);
void add_messages(CLI::App& app, Common& common, const ExitCode& code);
void add_channels(CLI::App& app, Common& common, const ExitCode& code);
void add_rules(CLI::App& app, Common& common, const ExitCode& code);
void add_sync(CLI::App& app, Common& common, const ExitCode& code);
void add_status(CLI::App& app, Common& common, const ExitCode& code);
void add_coverage(CLI::App& app, Common& common, const ExitCode& code);
void add_failures(CLI::App& app, Common& common, const ExitCode& code);
void add_broker(CLI::App& app, Common& common, const ExitCode& code);
void add_backup(CLI::App& app, Common& common, const ExitCode& code);
void add_restore(CLI::App& app, Common& common, const ExitCode& code);
void add_start(CLI::App& app, Common& common, const ExitCode& code);
void add_stop(CLI::App& app, Common& common, const ExitCode& code);
void add_restart(CLI::App& app, Common& common, const ExitCode& code);
void add_health(CLI::App& app, Common& common, const ExitCode& code);
void add_ports(CLI::App& app, Common& common, const ExitCode& code);
void add_bench(CLI::App& app, Common& common, const ExitCode& code);
void add_doctor(CLI::App& app, Common& common, const ExitCode& code);
void add_config(CLI::App& app, Common& common, const ExitCode& code);
void add_token(CLI::App& app, Common& common, const ExitCode& code);
void add_journal(CLI::App& app, Common& common, const ExitCode& code);
void add_db(CLI::App& app, Common& common, const ExitCode& code);
void add_store(CLI::App& app, Common& common, const ExitCode& code);
void add_cache(CLI::App& app, Common& common, const ExitCode& code);
void add_migrate_legacy(CLI::App& app, Common& common, const ExitCode& code);
void add_rollback(CLI::App& app, Common& common, const ExitCode& code);
void add_completion(CLI::App& app, Common& common, const ExitCode& code);
void add_man(CLI::App& app, Common& common, const ExitCode& code);
void add_version(CLI::App& app, Common& common, const ExitCode& code);

// Prints `error: what. fix` to standard error.
int fail(const Error& error, int code = kFailed);

// Where the configuration comes from: the command line above the environment above the file.
config::Sources sources_of(const Common& common);

// The configuration with these flags on top; nothing, after printing every error, when it is wrong. A command that
// answers and ends logs nothing but errors, unless log.level was set: its result says the rest.
enum class Kind { answers, serves };
std::optional<config::Config> load_config(const Common& common, Kind kind = Kind::answers,
                                          std::vector<std::pair<std::string, std::string>> flags = {});
// The same with where each value came from.
std::optional<config::Loaded> load_whole(const Common& common, Kind kind,
                                         std::vector<std::pair<std::string, std::string>> flags = {});

// Where the demo keeps its data when nothing else was said.
std::filesystem::path demo_folder();

// To change what is there already: makes no journal where there is none.
Result<std::unique_ptr<journal::Journal>> open_to_change(const config::Config& config);

// An error when no chat has this id.
Result<void> known_channel(store::Store& store, std::int64_t channel);

// --from and --to, empty = not given; a plain date of --to means through the end of that day.
Result<void> take_range(const std::string& from_text, const std::string& to_text, std::optional<model::Time>& from,
                        std::optional<model::Time>& to);

// Stored messages beside a gateway that may be running: reads only.
struct Reading {
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<observe::Metrics> metrics;
  std::unique_ptr<hot::Generations> generations;
  std::unique_ptr<store::LocalStore> local;
  std::unique_ptr<store::Store> database;
  store::Store* store = nullptr;  // where the configuration says that messages are

  static Result<Reading> open(const config::Config& config, bool search);
};

// Columns as wide as their widest cell, the last cut to the terminal; numbers right-aligned where `right` says so.
struct Table {
  std::vector<std::string> head;
  std::vector<bool> right;
  std::vector<std::vector<std::string>> rows;
  std::string to_string(std::size_t terminal_columns) const;
};
void print(const Table& table);
void print(const boost::json::value& value);  // indented JSON

std::string local_time(model::Time time);  // 2026-11-24 08:00, in the caller's zone; "–" for none
std::string grouped(std::int64_t number);  // 1,284,094
std::string counted(std::int64_t number, const std::string& noun);  // 1 chat, 1,284 chats

}  // namespace tg::cli
