#pragma once
// When a reader of the journal got past an event: its last batches, kept in memory, for the delivery trace of a
// message. begin() and note() by the reader's thread, at() by any.

#include <deque>
#include <mutex>
#include <optional>

#include "model/ids.h"

namespace tg::journal {

class Passages {
 public:
  void begin(model::Seq at);  // it goes on behind this one: of what is before it nothing is known
  void note(model::Seq up_to, model::Time at);
  std::optional<model::Time> at(model::Seq seq) const;  // nothing: not yet, or longer ago than what is kept

 private:
  static constexpr std::size_t kKept = 4'096;

  struct Passage {
    model::Seq up_to;
    model::Time at;
  };
  mutable std::mutex mutex_;
  model::Seq from_{INT64_MAX};  // what is behind it is known
  std::deque<Passage> passages_;
};

}  // namespace tg::journal
