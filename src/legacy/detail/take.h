#pragma once
// Hands groups to the intake and writes what it has no observation for: marks, settings of channels, and how far the
// migration is. Used by one thread.

#include <map>
#include <vector>

#include "legacy/detail/group.h"
#include "legacy/detail/photos.h"
#include "legacy/detail/predecessor.h"
#include "pipeline/intake.h"

namespace tg::legacy::detail {

class Taker {
 public:
  Taker(journal::Journal& journal, pipeline::Intake& intake, Photos& photos, std::optional<model::Time> offer_since);

  Result<void> take(const std::vector<Channel>& channels);
  Result<void> take(Group group);
  // What was taken so far is on disk when it returns.
  Result<void> flush();

 private:
  Result<bool> is_set_aside(const SetAside& one);
  Result<void> name_chat(const Group& group);

  journal::Journal& journal_;
  pipeline::Intake& intake_;
  Photos& photos_;
  std::optional<model::Time> offer_since_;
  std::map<model::ChatId, std::string> titles_;  // as told last
  struct Mark {
    model::MessageKey key;
    std::string consumer;
    model::Time at;
  };
  std::vector<Mark> marks_;  // not written yet
};

bool is_offered(const Group& group, std::optional<model::Time> offer_since);

}  // namespace tg::legacy::detail
