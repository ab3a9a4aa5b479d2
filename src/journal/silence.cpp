#include "journal/silence.h"

#include "journal/access.h"

namespace tg::journal {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kHoursLookedAt = 200, kFewestHours = 20, kShortestPause = 3;

struct Quiet {
  model::ChatId peer;
  model::Scope scope;
  model::MessageId newest;
  model::Time last;
};

Result<std::vector<Quiet>> quiet_chats(Connection& db, model::Time now, bool all) {
  std::vector<Quiet> chats;
  auto& rows = db.prepared(
                     "SELECT peer, scope, newest, last_date FROM chats WHERE start <> 0 AND active AND migrated_to = 0 "
                     "AND (registered OR ?1) AND last_date <> 0 AND last_date < ?2 ORDER BY peer, scope")
                   .with(static_cast<int>(all), model::Time{now.us - kShortestPause * kHourUs});
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    chats.push_back({model::ChatId{rows.integer(0)}, model::Scope{rows.integer(1)}, model::MessageId{rows.integer(2)},
                     model::Time{rows.integer(3)}});
  }
  rows.reset();
  return chats;
}

struct Proven {
  model::MessageId from;  // up to the newest without a gap; 0 = the newest is not proven
  model::Time at;
};

Result<Proven> proven_end(Connection& db, const Quiet& chat) {
  auto& row = db.prepared("SELECT min(first), max(proven_at) FROM coverage WHERE peer = ? AND scope = ? AND last >= ?")
                  .with(chat.peer, chat.scope, chat.newest);
  auto found = row.step();
  if (!found) return found.error();
  const Proven proven{model::MessageId{row.integer(0)}, model::Time{row.integer(1)}};
  row.reset();
  return proven;
}

Result<std::chrono::hours> longest_pause(Connection& db, const Quiet& chat, model::MessageId from) {
  auto& first = db.prepared(
                      "SELECT date FROM heads WHERE peer = ? AND message >= ? AND scope = ? AND date IS NOT NULL "
                      "ORDER BY message LIMIT 1")
                    .with(chat.peer, from, chat.scope);
  auto found = first.step();
  if (!found) return found.error();
  const auto first_hour = first.integer(0) / kHourUs;
  first.reset();
  if (!*found) return std::chrono::hours(0);
  auto& hours =
      db.prepared("SELECT hour FROM hourly WHERE peer = ? AND hour >= ? AND messages > 0 ORDER BY hour DESC LIMIT ?")
          .with(chat.peer, first_hour, kHoursLookedAt);
  std::int64_t later = 0, count = 0, longest = 0;
  while (true) {
    auto row = hours.step();
    if (!row) return row.error();
    if (!*row) break;
    if (count++ > 0) longest = std::max(longest, later - hours.integer(0));
    later = hours.integer(0);
  }
  hours.reset();
  if (count < kFewestHours) return std::chrono::hours(0);
  // From the beginning of an hour to the end of another: a pause may be an hour longer than their difference.
  return std::chrono::hours(std::max(longest + 1, kShortestPause));
}

}  // namespace

Result<std::vector<Silence>> silent_chats(Connection& db, model::Time now, bool all, Pauses& pauses) {
  const auto quiet = quiet_chats(db, now, all);
  if (!quiet) return quiet.error();
  std::vector<Silence> silent;
  for (const auto& chat : *quiet) {
    if (!silent.empty() && silent.back().peer == chat.peer) continue;  // in another account's numbers
    const auto proven = proven_end(db, chat);
    if (!proven) return proven.error();
    if (!proven->from) continue;
    auto& known = pauses.known[chat.peer];
    if (known.last != chat.last || known.proven_from != proven->from) {
      const auto longest = longest_pause(db, chat, proven->from);
      if (!longest) return longest.error();
      known = {chat.last, proven->from, *longest};
    }
    const auto usual = known.longest;
    if (usual.count() == 0 || now.us - chat.last.us <= std::chrono::microseconds(usual).count()) continue;
    const auto lost = no_access(db, chat.peer, chat.scope);
    if (!lost) return lost.error();
    if (!*lost) silent.push_back({chat.peer, chat.last, usual, proven->at});
  }
  return silent;
}

}  // namespace tg::journal
