#pragma once
// A range of dates as people write it, the same on the command line and in the API.

#include <optional>
#include <string_view>

#include "model/ids.h"
#include "model/result.h"

namespace tg::model {

// Whether it is a day without a time: 2026-11-24.
bool is_plain_date(std::string_view text);

// The end of a range, inclusive: a plain date means through the last microsecond of that day (UTC), all else is as
// parse_time says.
std::optional<Time> parse_end(std::string_view text);

// Code::invalid_input where the range ends before it begins. The names are those that the caller wrote.
Result<void> check_range(std::optional<Time> from, std::optional<Time> to, std::string_view from_name,
                         std::string_view to_name);

}  // namespace tg::model
