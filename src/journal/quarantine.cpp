#include "journal/quarantine.h"

namespace tg::journal {

Result<void> set_aside(Connection& db, std::string_view reader, const model::Event& event, std::string_view reason) {
  const auto key = model::event_key(event);
  auto& row = db.prepared(
      "INSERT INTO quarantine (reader, seq, place, reason, payload, tries, first_at, last_at, peer, message) VALUES "
      "(?1, ?2, ?3, ?4, ?5, 1, ?6, ?6, ?7, ?8) ON CONFLICT (reader, seq, place, reason) DO UPDATE SET tries = tries "
      "+ 1, last_at = ?6");
  row.reset();
  row.bind(1, reader).bind(2, event.seq).bind(3, std::string_view(key));
  row.bind(4, reason).bind_blob(5, event.message).bind(6, model::Time::now());
  row.bind(7, event.key.peer).bind(8, event.key.message);
  return row.run();
}

}  // namespace tg::journal
