#pragma once
// The least that storing takes: the rows of a finished journal, inserted in their order into a new journal's tables
// (same schema, pragmas and commits), one prepared INSERT a table, with nothing looked up or decided. Reading the rows
// is not timed.

#include <boost/json/object.hpp>
#include <filesystem>

#include "model/result.h"

namespace tg::bench {

Result<boost::json::object> bare_insert(const std::filesystem::path& from, const std::filesystem::path& to,
                                        std::size_t batch);

}  // namespace tg::bench
