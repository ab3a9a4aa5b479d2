#include "api/view/channel_time.h"

#include <array>

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000, kWeekHours = 168, kWeeks = 4;
constexpr std::int64_t kThursday = 3 * 24;  // 1970 began on one

// The date of the nearest stored message at or behind `id`, or before it. 0: there is none.
Result<model::Time> date_near(journal::Connection& db, const journal::ChatCoverage& chat, std::int64_t id,
                              bool before) {
  auto& rows =
      db.prepared(before ? "SELECT date FROM heads WHERE peer = ?1 AND message < ?3 AND scope = ?2 AND date IS "
                           "NOT NULL ORDER BY message DESC LIMIT 1"
                         : "SELECT date FROM heads WHERE peer = ?1 AND message >= ?3 AND scope = ?2 AND date "
                           "IS NOT NULL ORDER BY message LIMIT 1");
  rows.with(chat.peer, chat.scope, id);
  const auto more = rows.step();
  if (!more) return more.error();
  const model::Time date{*more ? rows.integer(0) : 0};
  rows.reset();
  return date;
}

}  // namespace

Result<json::object> time_bar_json(journal::Connection& db, const journal::ChatCoverage& coverage, int px) {
  json::object out;
  std::vector<journal::BarPart> parts;
  if (coverage.start && coverage.newest >= coverage.start) {
    for (const auto& part : journal::bar(coverage, px)) {
      if (!parts.empty() && parts.back().state == part.state) {
        parts.back().range.last = part.range.last;
      } else {
        parts.push_back(part);
      }
    }
  }
  const auto first = date_near(db, coverage, coverage.start.value, false);
  if (!first) return first.error();
  const auto last = date_near(db, coverage, coverage.newest.value + 1, true);
  if (!last) return last.error();
  if (parts.empty() || !*first || !*last) return out;
  json::array bar;
  model::Time from = *first;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    model::Time to = *last;
    if (i + 1 < parts.size()) {
      // A hole reaches over all the time in which its messages may have been posted.
      const bool widens = parts[i + 1].state != "proven";
      const auto date = date_near(db, coverage, parts[i + 1].range.first, widens);
      if (!date) return date.error();
      if (*date) to = std::clamp(*date, from, *last);
    }
    bar.push_back(
        json::object{{"from", model::to_rfc3339(from)}, {"to", model::to_rfc3339(to)}, {"state", parts[i].state}});
    from = to;
  }
  out["from"] = model::to_rfc3339(*first);
  out["to"] = model::to_rfc3339(*last);
  out["bar"] = std::move(bar);
  return out;
}

Result<json::array> week_json(journal::Connection& db, model::ChatId peer, model::Time now) {
  std::array<std::int64_t, kWeekHours> hours{};
  const auto this_hour = now.us / kHourUs;
  auto& rows = db.prepared("SELECT hour, messages FROM hourly WHERE peer = ? AND hour > ? AND hour <= ?");
  rows.with(peer, this_hour - kWeeks * kWeekHours, this_hour);
  for (;;) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) break;
    hours[static_cast<std::size_t>((rows.integer(0) + kThursday) % kWeekHours)] += rows.integer(1);
  }
  rows.reset();
  json::array out;
  for (const auto count : hours) out.push_back(std::max<std::int64_t>(0, count));
  return out;
}

}  // namespace tg::api
