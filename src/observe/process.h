#pragma once
// What this process costs.

#include <cstdint>
#include <optional>

namespace tg::observe {

// Memory in RAM, in bytes; nothing where /proc does not tell.
std::optional<std::int64_t> resident_bytes();
// Of user and system, of all threads, since the start.
std::optional<double> cpu_seconds();

}  // namespace tg::observe
