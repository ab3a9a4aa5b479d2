#pragma once
// One fetch of channels, from its asking to its verdict.
//
//   ask() ──▶ look() … look() ──▶ every walk has ended at the server, and the journal holds what they found
//                    └──▶ a channel that lacks ids all the same, or whose walk was given up, is asked for once more
//
// It belongs to one thread.

#include <map>
#include <string>
#include <vector>

#include "api/api.h"

namespace tg::api {

enum class FetchState : std::uint8_t {
  waiting,
  walking,
  done,
  incomplete,    // looked through, and ids are missing all the same
  refused,       // by Telegram, to every account
  unfinished,    // its walk has not ended, and is not waited for any more
  not_captured,  // by any account
};
std::string_view name_of(FetchState state);

struct FetchedChannel {
  model::ChatId peer;
  std::string label;
  std::int64_t synced = 0;   // messages that came by the fetch: new, edited or there again
  std::int64_t saved = 0;    // of these, new
  std::int64_t missing = 0;  // ids that are not accounted for
  FetchState state = FetchState::waiting;
  std::string reason;  // why it is not done, once that is certain
};

class Fetch {
 public:
  // `channels`: in order; empty: all that are captured. A fetch that gets no further for `quiet`, without Telegram
  // having asked it to wait, has ended.
  Fetch(const Parts& parts, std::vector<model::ChatId> channels, std::chrono::milliseconds quiet);

  Result<void> ask();   // an error: no source can be asked
  Result<bool> look();  // true: it has ended
  void cut_short(const std::string& reason);

  std::vector<FetchedChannel> channels() const;  // in order of their ids
  model::Time wait_until() const;                // Telegram asked for it; 0 = it does not wait

 private:
  using Clock = std::chrono::steady_clock;
  struct Together;
  struct Found {
    std::int64_t synced = 0, saved = 0;
  };

  bool settle();
  Result<void> count();
  bool judge();
  bool judge(FetchedChannel& channel, const Together& all) const;
  bool asked_again();
  bool moved();
  std::string why_it_stands() const;
  std::string why_not_captured(model::ChatId peer) const;

  const Parts& parts_;
  const std::vector<model::ChatId> named_;
  const std::chrono::milliseconds quiet_;
  source::Walks walks_;
  std::vector<source::AccountWalks> accounts_;  // as they were last
  std::vector<model::ChatId> round_;            // asked for now; empty: all
  bool again_ = false;                          // it is the second round
  std::size_t settled_ = 0;                     // walks of this round that ended and are in the journal
  model::Seq counted_to_;                       // events up to here are in found_
  std::map<model::ChatId, Found> found_;
  std::map<model::ChatId, std::int64_t> missing_;
  std::map<model::ChatId, FetchedChannel> channels_;
  std::vector<std::int64_t> figures_;  // that change while it gets on
  Clock::time_point moved_at_, counted_at_;
  std::size_t counted_settled_ = 0;  // as it was when it was counted last
};

}  // namespace tg::api
