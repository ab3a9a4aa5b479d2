#pragma once
// What the kernel knows of this process, under the names that Prometheus client libraries share.

#include <prometheus/collectable.h>

#include <memory>

namespace tg::observe::detail {

// process_resident_memory_bytes, process_cpu_seconds_total, process_open_fds, process_max_fds,
// process_start_time_seconds. What /proc does not tell is left out.
std::shared_ptr<prometheus::Collectable> process_figures();

}  // namespace tg::observe::detail
