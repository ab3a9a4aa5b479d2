#include "journal/topics.h"

namespace tg::journal {

Result<bool> note_topic(Connection& db, model::ChatId peer, model::MessageId topic, std::string_view title,
                        model::Time at) {
  auto& known = db.prepared("SELECT title, at FROM topics WHERE peer = ? AND topic = ?").with(peer, topic);
  const auto found = known.step();
  if (!found) return found.error();
  const bool later_known = *found && known.integer(1) > at.us;
  const bool same = *found && known.text(0) == title;
  known.reset();
  if (later_known || title.empty() || title.size() > kLongestTopicTitle) return false;
  auto done = db.prepared(
                    "INSERT INTO topics (peer, topic, title, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (peer, topic) DO "
                    "UPDATE SET title = ?3, at = ?4")
                  .with(peer, topic, title, at)
                  .run();
  if (!done) return done.error();
  return !same;
}

Result<std::string> topic_title(Connection& db, model::ChatId peer, model::MessageId topic) {
  auto& row = db.prepared("SELECT title FROM topics WHERE peer = ? AND topic = ?").with(peer, topic);
  const auto found = row.step();
  if (!found) return found.error();
  std::string title;
  if (*found) title = row.text(0);
  row.reset();
  return title;
}

Result<std::vector<Topic>> topics(Connection& db, model::ChatId peer) {
  std::vector<Topic> all;
  auto& rows = peer ? db.prepared("SELECT peer, topic, title FROM topics WHERE peer = ? ORDER BY topic").with(peer)
                    : db.prepared("SELECT peer, topic, title FROM topics ORDER BY peer, topic").reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    all.push_back({model::ChatId{rows.integer(0)}, model::MessageId{rows.integer(1)}, std::string(rows.text(2))});
  }
  rows.reset();
  return all;
}

}  // namespace tg::journal
