#pragma once
// The histories that a person paused, as the journal has them (journal/held_histories.h). Any thread.

#include <map>
#include <mutex>

#include "journal/journal.h"
#include "pipeline/intake.h"

namespace tg::tdlib {

class HistoryHolds {
 public:
  HistoryHolds(journal::Journal& journal, pipeline::Intake& intake) : journal_(journal), intake_(intake) {}

  Result<void> load();  // and lets go what has come to its beginning since
  // On disk when they return; false: there is nothing to hold or to let go. One that is held already is so since then.
  Result<bool> hold(model::ChatId chat);
  Result<bool> let_go(model::ChatId chat);
  // Whoever walks it has come to its beginning: it is let go where nobody has more of it to walk. Whether it was.
  Result<bool> ended(model::ChatId chat);
  model::Time since(model::ChatId chat) const;  // 0 = it is not held

 private:
  Result<std::map<model::ChatId, model::Time>> stored() const;
  // Promised and not proven down to its beginning, in any account's numbering: also where no account walks it now.
  Result<bool> is_begun(model::ChatId chat) const;
  Result<bool> set(model::ChatId chat, model::Time since);

  journal::Journal& journal_;
  pipeline::Intake& intake_;
  std::mutex changing_;  // one at a time, so that memory ends as the journal does
  mutable std::mutex mutex_;
  std::map<model::ChatId, model::Time> held_;
};

}  // namespace tg::tdlib
