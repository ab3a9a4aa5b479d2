#include "journal/passages.h"

#include <algorithm>

namespace tg::journal {

void Passages::begin(model::Seq at) {
  const std::lock_guard lock(mutex_);
  passages_.clear();
  from_ = at;
}

void Passages::note(model::Seq up_to, model::Time at) {
  const std::lock_guard lock(mutex_);
  if (up_to <= (passages_.empty() ? from_ : passages_.back().up_to)) return;
  passages_.push_back({up_to, at});
  if (passages_.size() <= kKept) return;
  from_ = passages_.front().up_to;
  passages_.pop_front();
}

std::optional<model::Time> Passages::at(model::Seq seq) const {
  const std::lock_guard lock(mutex_);
  if (seq <= from_) return std::nullopt;
  const auto first = std::partition_point(passages_.begin(), passages_.end(),
                                          [seq](const Passage& passage) { return passage.up_to < seq; });
  if (first == passages_.end()) return std::nullopt;
  return first->at;
}

}  // namespace tg::journal
