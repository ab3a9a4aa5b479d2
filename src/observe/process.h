#pragma once
// What this process costs.

#include <cstdint>
#include <optional>

namespace tg::observe {

// Memory in RAM, in bytes; nothing where /proc does not tell.
std::optional<std::int64_t> resident_bytes();

}  // namespace tg::observe
