#include "journal/reader_marks.h"

#include <cstdio>

namespace tg::journal {
namespace {

Result<std::string> mark(Connection& db, const std::string& name) {
  auto& row = db.prepared("SELECT value FROM meta WHERE name = ?").with(std::string_view(name));
  const auto found = row.step();
  if (!found) return found.error();
  std::string value;
  if (*found) value = row.text(0);
  row.reset();
  return value;
}

Result<void> set_mark(Connection& db, const std::string& name, const std::string& value) {
  if (value.empty()) return db.prepared("DELETE FROM meta WHERE name = ?").with(std::string_view(name)).run();
  return db.prepared("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)")
      .with(std::string_view(name), std::string_view(value))
      .run();
}

}  // namespace

Result<ReaderMarks> marks_of(Connection& db, const std::string& reader) {
  const auto parked = mark(db, "parked:" + reader);
  if (!parked) return parked.error();
  const auto missed = mark(db, "missed:" + reader);
  if (!missed) return missed.error();
  ReaderMarks marks;
  marks.parked_at = model::Time{model::parse_int(*parked).value_or(0)};
  long long after = 0, until = 0, at = 0;
  if (std::sscanf(missed->c_str(), "%lld %lld %lld", &after, &until, &at) == 3) {
    marks.missed = Missed{model::Seq{after}, model::Seq{until}, model::Time{at}};
  }
  return marks;
}

Result<void> mark_parked(Connection& db, const std::string& reader, model::Time at) {
  return set_mark(db, "parked:" + reader, at ? std::to_string(at.us) : "");
}

Result<void> mark_missed(Connection& db, const std::string& reader, const std::optional<Missed>& missed) {
  return set_mark(
      db, "missed:" + reader,
      missed ? fmt::format("{} {} {}", missed->after.value, missed->until.value, missed->noticed_at.us) : "");
}

}  // namespace tg::journal
