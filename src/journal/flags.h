#pragma once
// Bits of events.flags and heads.flags. They are stored: never renumber.

#include <cstdint>

namespace tg::journal::flag {

inline constexpr std::int64_t kOffered = 1;  // news for consumers
inline constexpr std::int64_t kService = 2;  // a service message
inline constexpr std::int64_t kMedia = 4;
inline constexpr std::int64_t kSuperseded = 8;  // event: an older version that arrived late
inline constexpr std::int64_t kErased = 16;     // removed by a person: nothing brings it back
inline constexpr std::int64_t kReprocess = 32;  // head: offered again on request, not marked since
inline constexpr std::int64_t kHiddenEdit = 64;
inline constexpr std::int64_t kFromPage = 128;
inline constexpr std::int64_t kCached = 256;

}  // namespace tg::journal::flag
