#pragma once
// Counts what the source holds and looks for each of it in the journal: every content by its hash, every mark, every
// deletion. Reads only. Used by one thread.

#include <set>
#include <span>

#include "journal/journal.h"
#include "legacy/detail/group.h"
#include "legacy/legacy.h"
#include "rules/live.h"

namespace tg::legacy::detail {

class Comparer {
 public:
  // `journal`: null where there is none; then everything is missing. The parts must outlive it.
  Comparer(journal::Journal* journal, const rules::Live& rules, const Options& options, Report& report);

  Result<void> open();
  Result<void> row_group(std::span<const Row> rows, const Group& group);
  Result<void> queue_line(const Group& group);

 private:
  enum class Found { same, telegrams, dropped, missing };

  Result<void> compare(const Group& group);
  Result<Found> find(const Content& content);
  Result<bool> any(std::string_view sql, const model::MessageKey& key, std::string_view consumer = {});
  void note_set_aside(const Group& group);

  journal::Journal* journal_;
  const rules::Live& rules_;
  const Options& options_;
  Report& report_;
  std::optional<journal::ReadPool::Lease> db_;
};

}  // namespace tg::legacy::detail
