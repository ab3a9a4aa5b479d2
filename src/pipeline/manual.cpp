#include "pipeline/manual.h"

#include "model/message_json.h"
#include "pipeline/chat_counts.h"
#include "pipeline/fold.h"
#include "pipeline/heads.h"

namespace tg::pipeline {

Result<model::Event> append_manual(journal::Connection& db, const model::MessageKey& key, model::Kind kind,
                                   model::Time now) {
  auto state = load_state(db, key);
  if (!state) return state.error();
  if (!state->has_content()) {
    return Error{Code::not_found, fmt::format("there is no message {}", model::to_api_id(key)),
                 "Ids have the form channel:message, as /api/messages gives them"};
  }
  model::Event event;
  event.key = key;
  event.kind = kind;
  event.origin = state->origin;
  event.source = state->source;
  event.edit_date = state->now().edit_date;
  event.n = now.us;
  event.observed_at = now;
  event.recorded_at = now;
  event.erased = kind == model::Kind::deleted;
  event.offered = kind == model::Kind::reprocess;
  if (auto body = load_body(db, state->now().seq)) event.message = model::to_json(*body);
  const State before = *state;
  if (auto done = append(db, event, {}); !done) return done.error();
  apply(*state, event, {});
  if (auto done = save_state(db, key, before, *state); !done) return done.error();
  ChatCounts counts;
  counts.change(key, before, *state);
  if (auto done = counts.write(db, now); !done) return done.error();
  if (kind == model::Kind::reprocess) {
    for (const auto* sql : {"DELETE FROM acks WHERE peer = ? AND message = ? AND scope = ?",
                            "DELETE FROM serves WHERE peer = ? AND message = ? AND scope = ?"}) {
      if (auto done = db.prepared(sql).with(key.peer, key.message, key.scope).run(); !done) return done.error();
    }
  }
  return event;
}

}  // namespace tg::pipeline
