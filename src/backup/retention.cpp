#include "backup/retention.h"

#include <charconv>
#include <ctime>
#include <limits>

namespace tg::backup {
namespace {

constexpr std::string_view kBegin = "telegram-gateway-", kIncomplete = "-incomplete", kEnd = ".tar.zst",
                           kEncrypted = ".age";
constexpr std::size_t kStamp = 16, kJournal = 8;  // 20261127T020000Z, 3fa91c02

using std::chrono::sys_days;

sys_days day_of(model::Time at) {
  return std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(at.to_seconds())));
}
std::int64_t week_of(model::Time at) {
  // 1970-01-05 was a Monday.
  return (day_of(at).time_since_epoch().count() + 3) / 7;
}
std::int64_t month_of(model::Time at) {
  const std::chrono::year_month_day date(day_of(at));
  return static_cast<int>(date.year()) * 12LL + static_cast<unsigned>(date.month());
}

std::optional<model::Time> parse_stamp(std::string_view stamp) {
  if (stamp.size() != kStamp || stamp[8] != 'T' || stamp[15] != 'Z') return std::nullopt;
  const auto text = fmt::format("{}-{}-{}T{}:{}:{}Z", stamp.substr(0, 4), stamp.substr(4, 2), stamp.substr(6, 2),
                                stamp.substr(9, 2), stamp.substr(11, 2), stamp.substr(13, 2));
  return model::parse_time(text);
}

std::string stamp_of(model::Time at) {
  std::string stamp;
  for (const char c : model::to_rfc3339(at).substr(0, 19)) {
    if (c != '-' && c != ':') stamp += c;
  }
  return stamp + "Z";
}

}  // namespace

std::string Name::to_string() const {
  return fmt::format("{}{}-{}{}{}{}", kBegin, stamp_of(made_at), journal, complete ? "" : kIncomplete, kEnd,
                     encrypted ? kEncrypted : "");
}

std::optional<Name> parse_name(std::string_view name) {
  Name parsed;
  if (name.ends_with(kEncrypted)) {
    parsed.encrypted = true;
    name.remove_suffix(kEncrypted.size());
  }
  if (!name.starts_with(kBegin) || !name.ends_with(kEnd)) return std::nullopt;
  name.remove_prefix(kBegin.size());
  name.remove_suffix(kEnd.size());
  if (name.ends_with(kIncomplete)) {
    parsed.complete = false;
    name.remove_suffix(kIncomplete.size());
  }
  if (name.size() != kStamp + 1 + kJournal || name[kStamp] != '-') return std::nullopt;
  const auto at = parse_stamp(name.substr(0, kStamp));
  if (!at) return std::nullopt;
  parsed.made_at = *at;
  parsed.journal = std::string(name.substr(kStamp + 1));
  if (parsed.journal.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  return parsed;
}

std::optional<Keep> parse_keep(std::string_view text) {
  std::array<std::int64_t, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto part = text.substr(0, text.find(','));
    const auto [end, failed] = std::from_chars(part.data(), part.data() + part.size(), numbers[i]);
    if (failed != std::errc() || end != part.data() + part.size() || numbers[i] < 0) return std::nullopt;
    const bool last = i + 1 == numbers.size();
    if (last != (part.size() == text.size())) return std::nullopt;
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return Keep{numbers[0], numbers[1], numbers[2]};
}

std::vector<model::Time> too_old(std::vector<model::Time> made, const Keep& keep) {
  std::sort(made.begin(), made.end(), std::greater<>());
  std::set<model::Time> kept;
  if (!made.empty()) kept.insert(made.front());
  const auto keep_newest_of = [&](std::int64_t most, auto span_of) {
    auto last = std::numeric_limits<std::int64_t>::max();
    for (const auto at : made) {
      const std::int64_t span = span_of(at);
      if (span == last) continue;
      if (most-- <= 0) return;
      last = span;
      kept.insert(at);
    }
  };
  keep_newest_of(keep.daily, [](model::Time at) { return std::int64_t{day_of(at).time_since_epoch().count()}; });
  keep_newest_of(keep.weekly, week_of);
  keep_newest_of(keep.monthly, month_of);
  std::erase_if(made, [&](model::Time at) { return kept.contains(at); });
  return made;
}

std::vector<Found> backups_in(const std::filesystem::path& folder, std::string_view journal) {
  std::vector<Found> found;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code ignored;
    auto name = parse_name(entry->path().filename().string());
    if (name && name->journal == journal && entry->is_regular_file(ignored))
      found.push_back({entry->path(), std::move(*name)});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.name.made_at > b.name.made_at; });
  return found;
}

std::vector<std::filesystem::path> to_remove(const std::filesystem::path& folder, const Name& made, const Keep& keep) {
  const auto found = backups_in(folder, made.journal);
  std::vector<model::Time> all{made.made_at}, complete;
  if (made.complete) complete.push_back(made.made_at);
  for (const auto& one : found) {
    all.push_back(one.name.made_at);
    if (one.name.complete) complete.push_back(one.name.made_at);
  }
  const auto old = too_old(std::move(all), keep), old_complete = too_old(std::move(complete), keep);
  std::vector<std::filesystem::path> paths;
  for (const auto& one : found) {
    const auto& from = one.name.complete ? old_complete : old;
    const auto at = one.name.made_at;
    if (at != made.made_at && std::find(from.begin(), from.end(), at) != from.end()) paths.push_back(one.path);
  }
  return paths;
}

}  // namespace tg::backup
