// A short self-test of this machine: a gateway of its own captures demo messages into a scratch folder.
#include <fcntl.h>
#include <unistd.h>

#include <iostream>

#include "app/gateway.h"
#include "backup/durable.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/usage.h"
#include "observe/log.h"

namespace tg::cli {
namespace {

constexpr int kSyncs = 50;
constexpr double kEnoughOfRate = 0.95;
constexpr std::int64_t kSlowUs = 530'000;  // from Telegram to the disk, the least that is promised

struct BenchFlags {
  double rate = 100;
  int duration_s = 10;
  std::string scratch;
  bool dry_run = false;
};

struct Measured {
  std::int64_t messages = 0, events = 0;
  double seconds = 0;
  std::int64_t p50_us = 0, p95_us = 0, p99_us = 0;  // of an event, from the source to the disk
  std::int64_t sync_us = 0;                         // median of an fsync there
  bool sound = false;                               // nothing missing

  double rate() const { return seconds > 0 ? static_cast<double>(messages) / seconds : 0; }
};

// A folder that goes with everything in it.
class Scratch {
 public:
  static Result<std::unique_ptr<Scratch>> make(const std::string& below) {
    const auto parent = below.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(below);
    std::string pattern = (parent / "telegram-gateway-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return backup::error_at("making", pattern, errno);
    return std::unique_ptr<Scratch>(new Scratch(pattern));
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// Nothing of this machine's configuration: the defaults, the demo, and a port that nobody has.
config::Loaded bench_configuration(const std::filesystem::path& folder, const BenchFlags& flags) {
  config::Sources sources;
  sources.default_file = folder / "none.toml";
  sources.flags = {{"data_dir", (folder / "data").string()},
                   {"server.port", "0"},
                   {"demo.enabled", "true"},
                   {"demo.history", "0"},
                   {"demo.channels", "10"},
                   {"demo.rate", fmt::format("{}", flags.rate)}};
  return config::load(sources);
}

Result<std::int64_t> median_sync_us(const std::filesystem::path& folder) {
  const auto path = folder / "sync";
  auto file = backup::create(path);
  if (!file) return file.error();
  std::vector<std::int64_t> times;
  for (int i = 0; i < kSyncs; ++i) {
    if (auto written = backup::write_all(*file, std::string(4'096, 'x'), path); !written) return written.error();
    const auto began = std::chrono::steady_clock::now();
    if (auto synced = backup::sync(*file, path); !synced) return synced.error();
    times.push_back(
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

Result<void> read_journal(const std::filesystem::path& folder, Measured& measured) {
  auto journal = journal::Journal::open(folder, journal::Access::read);
  if (!journal) return journal.error();
  auto lease = (*journal)->read();
  if (!lease) return lease.error();
  auto& db = **lease;
  std::vector<std::int64_t> delays;
  auto& rows = db.prepared("SELECT recorded_at - observed_at FROM events ORDER BY 1").reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    delays.push_back(rows.integer(0));
  }
  rows.reset();
  measured.events = static_cast<std::int64_t>(delays.size());
  const auto at = [&](double q) {
    return delays.empty() ? 0 : delays[static_cast<std::size_t>(q * static_cast<double>(delays.size() - 1))];
  };
  measured.p50_us = at(0.5);
  measured.p95_us = at(0.95);
  measured.p99_us = at(0.99);
  const auto messages = db.scalar("SELECT count(*) FROM heads");
  if (!messages) return messages.error();
  measured.messages = *messages;
  const auto sound = db.scalar("SELECT count(*) FROM holes WHERE closed_at = 0");
  if (!sound) return sound.error();
  measured.sound = *sound == 0;
  return {};
}

Result<Measured> measure(const BenchFlags& flags) {
  auto scratch = Scratch::make(flags.scratch);
  if (!scratch) return scratch.error();
  Measured measured;
  auto sync = median_sync_us((*scratch)->path());
  if (!sync) return sync.error();
  measured.sync_us = *sync;
  const auto loaded = bench_configuration((*scratch)->path(), flags);
  if (!loaded.ok()) return loaded.errors.front();
  auto gateway = app::Gateway::open(loaded);
  if (!gateway) return gateway.error();
  const auto began = std::chrono::steady_clock::now();
  (*gateway)->start();
  ProgressLine line;
  for (int second = 0; second < flags.duration_s; ++second) {
    line.show(static_cast<double>(second) / flags.duration_s, fmt::format("{} messages a second", flags.rate));
    std::this_thread::sleep_until(began + std::chrono::seconds(second + 1));
  }
  (*gateway)->stop();
  measured.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (auto read = read_journal(loaded.config.data_dir, measured); !read) return read.error();
  return measured;
}

int run_bench(const Common& common, const BenchFlags& flags) {
  if (flags.dry_run) {
    std::cout << fmt::format("would capture {} demo messages a second for {} s into a scratch folder below {}\n",
                             flags.rate, flags.duration_s,
                             flags.scratch.empty() ? std::filesystem::temp_directory_path().string() : flags.scratch);
    return kDone;
  }
  observe::LogOptions quiet;
  quiet.level = observe::Level::error;
  observe::start_logging(quiet);
  const auto measured = measure(flags);
  if (!measured) return fail(measured.error());
  const auto& m = *measured;
  const bool well = m.rate() >= kEnoughOfRate * flags.rate && m.p95_us < kSlowUs && m.sound;
  if (common.json) {
    print(boost::json::object{{"well", well},
                              {"askedRate", flags.rate},
                              {"rate", m.rate()},
                              {"seconds", m.seconds},
                              {"messages", m.messages},
                              {"events", m.events},
                              {"p50Us", m.p50_us},
                              {"p95Us", m.p95_us},
                              {"p99Us", m.p99_us},
                              {"fsyncUs", m.sync_us}});
    return well ? kDone : kLook;
  }
  const auto ms = [](std::int64_t us) { return fmt::format("{:.1f} ms", static_cast<double>(us) / 1'000); };
  print(Table{{"", ""},
              {},
              {{"messages", fmt::format("{} in {:.1f} s: {:.1f} a second of {} asked", grouped(m.messages), m.seconds,
                                        m.rate(), flags.rate)},
               {"on disk after", fmt::format("{} (p50), {} (p95), {} (p99)", ms(m.p50_us), ms(m.p95_us), ms(m.p99_us))},
               {"fsync", ms(m.sync_us)},
               {"", well ? "this machine keeps up" : "this machine does NOT keep up"}}});
  return well ? kDone : kLook;
}

}  // namespace

void add_bench(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command =
      app.add_subcommand("bench", "A short test of this machine with demo messages; exit 3 when it does not keep up");
  auto flags = std::make_shared<BenchFlags>();
  within(command->add_option("--rate", flags->rate, "Messages a second (100)"), 1, 100'000);
  within(command->add_option("--duration", flags->duration_s, "Seconds (10)"), 1, 3'600);
  command->add_option("--scratch", flags->scratch, "Folder to work in, on the disk that is to be tested")
      ->type_name(kFolder);
  command->add_flag("--dry-run", flags->dry_run, "Say what would be done, and do nothing");
  command->footer("Example: telegram-gateway bench --rate 200 --duration 30 --scratch /var/lib/telegram-gateway");
  command->callback([flags, &common, code] { *code = run_bench(common, *flags); });
}

}  // namespace tg::cli
