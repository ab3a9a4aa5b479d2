#pragma once
// The duplicate check alone: pipeline::load_state of ids that are known, and of ids that are not, among so many heads.

#include <boost/json/object.hpp>
#include <filesystem>

#include "model/result.h"

namespace tg::bench {

Result<boost::json::object> lookup(const std::filesystem::path& folder, std::uint64_t heads, std::uint64_t lookups);

}  // namespace tg::bench
