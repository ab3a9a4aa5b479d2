#pragma once
// What is remembered of a reader besides its place: that a person parked it, and what was trimmed before it had it.

#include <optional>
#include <string>

#include "journal/sqlite.h"
#include "model/ids.h"

namespace tg::journal {

// What it never had: events behind `after`, up to `until`. Numbers have gaps, so that their difference is the most that
// it can be.
struct Missed {
  model::Seq after, until;
  model::Time noticed_at;
};

struct ReaderMarks {
  model::Time parked_at;  // 0 = it is not
  std::optional<Missed> missed;
};

Result<ReaderMarks> marks_of(Connection& db, const std::string& reader);
// The writer's thread. A time of 0 and nothing take the mark away.
Result<void> mark_parked(Connection& db, const std::string& reader, model::Time at);
Result<void> mark_missed(Connection& db, const std::string& reader, const std::optional<Missed>& missed);

}  // namespace tg::journal
