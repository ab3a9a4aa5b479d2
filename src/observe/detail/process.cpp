#include "observe/detail/process.h"

#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <fstream>

#include "observe/process.h"

namespace tg::observe::detail {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(std::string name, std::string help, MetricType type, double value) {
  MetricFamily made;
  made.name = std::move(name);
  made.help = std::move(help);
  made.type = type;
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  metric.counter.value = value;
  made.metric.push_back(metric);
  return made;
}

std::optional<double> open_files() {
  std::error_code problem;
  std::filesystem::directory_iterator entries("/proc/self/fd", problem);
  if (problem) return std::nullopt;
  // One of them is the folder's own handle.
  return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);
}

// Boot time plus the 22nd field of /proc/self/stat, which counts clock ticks since then (proc(5)).
std::optional<double> start_time() {
  std::ifstream stat("/proc/self/stat");
  std::string line;
  if (!std::getline(stat, line)) return std::nullopt;
  const std::size_t after_name = line.rfind(')');
  if (after_name == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(after_name + 2));
  std::string skipped;
  for (int field = 3; field < 22; ++field) rest >> skipped;
  double ticks = 0;
  if (!(rest >> ticks)) return std::nullopt;

  std::ifstream boot("/proc/stat");
  for (std::string name; boot >> name;) {
    double value = 0;
    if (name == "btime" && boot >> value) return value + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    std::getline(boot, skipped);
  }
  return std::nullopt;
}

class Process : public prometheus::Collectable {
 public:
  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> all;
    if (const auto bytes = resident_bytes()) {
      all.push_back(
          family("process_resident_memory_bytes", "Memory in RAM", MetricType::Gauge, static_cast<double>(*bytes)));
    }
    if (const auto used = cpu_seconds()) {
      all.push_back(family("process_cpu_seconds_total", "User and system time", MetricType::Counter, *used));
    }
    if (const auto files = open_files()) {
      all.push_back(family("process_open_fds", "Open file descriptors", MetricType::Gauge, *files));
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
      all.push_back(family("process_max_fds", "Most file descriptors that may be open", MetricType::Gauge,
                           static_cast<double>(limit.rlim_cur)));
    }
    if (start_time_) {
      all.push_back(
          family("process_start_time_seconds", "Start, in seconds since 1970", MetricType::Gauge, *start_time_));
    }
    return all;
  }

 private:
  std::optional<double> start_time_ = start_time();
};

}  // namespace

std::shared_ptr<prometheus::Collectable> process_figures() { return std::make_shared<Process>(); }

}  // namespace tg::observe::detail

namespace tg::observe {

std::optional<std::int64_t> resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total_pages = 0, resident_pages = 0;
  if (!(statm >> total_pages >> resident_pages)) return std::nullopt;
  return resident_pages * sysconf(_SC_PAGESIZE);
}

std::optional<double> cpu_seconds() {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace tg::observe
