#include "api/view/absent.h"

namespace tg::api {
namespace json = boost::json;

Result<std::optional<Absent>> absent(const model::MessageKey& key, const Context& context) {
  auto db = context.journal().read();
  if (!db) return db.error();
  auto& row = (*db)->prepared(
      "SELECT date, seq, observed_at, deleted_at FROM heads WHERE peer = ? AND message = ? AND scope = ?");
  row.with(key.peer, key.message, key.scope);
  const auto found = row.step();
  if (!found) return found.error();
  const model::Time date{*found ? row.integer(0) : 0}, observed{*found ? row.integer(2) : 0};
  const model::Time deleted{*found ? row.integer(3) : 0};
  const model::Seq seq{*found ? row.integer(1) : 0};
  row.reset();
  if (!date && deleted) {
    const auto at = model::to_rfc3339(deleted);
    return std::optional(
        Absent{{{"reason", "deleted"}, {"deletedAt", at}}, "it was deleted at " + at + ", before it was seen"});
  }
  const auto days = context.options.keep_days;
  const auto kept_from = model::Time::now().us - days * 86'400'000'000;
  if (!date || days == 0 || (context.options.kept_by_date ? date : observed).us >= kept_from)
    return std::optional<Absent>{};
  if (!context.parts.is_stored(seq)) return std::optional<Absent>{};
  const auto posted = model::to_rfc3339(date);
  return std::optional(
      Absent{{{"reason", "erased"}, {"date", posted}, {"keepDays", days}},
             fmt::format("it was posted at {}, and the database keeps {} days (postgres.keep_days)", posted, days)});
}

}  // namespace tg::api
