#include "model/time_range.h"

#include <fmt/format.h>

namespace tg::model {

bool is_plain_date(std::string_view text) { return text.size() == 10 && parse_time(text); }

std::optional<Time> parse_end(std::string_view text) {
  constexpr std::int64_t kDayUs = 86'400'000'000;
  auto time = parse_time(text);
  if (time && is_plain_date(text)) time->us += kDayUs - 1;
  return time;
}

Result<void> check_range(std::optional<Time> from, std::optional<Time> to, std::string_view from_name,
                         std::string_view to_name) {
  if (!from || !to || from->us <= to->us) return {};
  return Error{Code::invalid_input,
               fmt::format("{} {} is after {} {}", from_name, to_rfc3339(*from), to_name, to_rfc3339(*to)),
               fmt::format("Swap them: {} is the earlier", from_name)};
}

}  // namespace tg::model
