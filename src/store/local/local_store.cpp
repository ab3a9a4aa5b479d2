// Making and unmaking the store, single messages and their versions.

#include "journal/cursors.h"
#include "observe/log.h"
#include "pipeline/manual.h"
#include "store/local/detail/impl.h"

namespace tg::store {

LocalStore::Impl::Impl(journal::Journal& j, pipeline::Intake* i, hot::Generations& g, observe::Metrics& m, Options o)
    : journal(j), intake(i), generations(g), metrics(m), options(o), contents(o.content_cache_bytes) {
  if (intake) follow_commits();
  open_search();
}

// Another process writes: it keeps memory up to date, and its own index.
void LocalStore::Impl::follow_commits() {
  if (auto started = reopener->start(journal); !started) {
    observe::error("consumers_unreadable", {{"reason", started.error().what}});
  }
  if (options.window_rows_overall > 0) {
    window =
        std::make_unique<local::Window>(journal, contents, standing,
                                        local::Window::Limits{options.window_rows_overall, options.window_rows_a_chat,
                                                              options.window_chats, options.window_bytes});
  }
  subscription = journal.on_commit([this](const std::vector<model::Event>& events) {
    reopener->note(events, *intake);
    if (window) window->note(events);
  });
  if (window) window->begin_at(journal.head());
}

void LocalStore::Impl::open_search() {
  if (!options.search) {
    why_no_search = Error{Code::unavailable, "searching is switched off", ""};
    return;
  }
  auto opened = intake ? local::SearchIndex::open_to_write(journal.folder(), journal.id())
                       : local::SearchIndex::open_to_read(journal.folder(), journal.id());
  if (!opened) {
    why_no_search = opened.error();
    observe::warn("search_unavailable", {{"reason", opened.error().what}});
    return;
  }
  search = std::move(*opened);
  if (intake) indexer = std::make_unique<local::Indexer>(journal, *search, metrics);
}

Error LocalStore::Impl::read_only() {
  return {Code::unavailable, "this process only reads the journal",
          "Ask the running gateway, or stop it and try again"};
}

void LocalStore::Impl::changed(const std::vector<model::MessageKey>& keys) {
  if (window) window->note(keys);
  std::set<model::ChatId> chats;
  for (const auto& key : keys) chats.insert(key.peer);
  for (const auto chat : chats) generations.bump(chat);
}

void LocalStore::Impl::chat_changed(model::ChatId peer) {
  if (window) window->forget(peer);
  generations.bump(peer);
}

Result<void> LocalStore::Impl::write(std::function<Result<void>(journal::Connection&)> change) {
  if (!intake) return read_only();
  return intake->write(std::move(change));
}

Result<std::vector<model::ChatId>> LocalStore::Impl::with_successors(journal::Connection& db,
                                                                     std::vector<model::ChatId> peers) {
  for (std::size_t i = 0; i < peers.size() && i < 1'000; ++i) {
    std::vector<model::ChatId> related;
    auto done = local::each(db.prepared("SELECT migrated_to, migrated_from FROM chats WHERE peer = ?").with(peers[i]),
                            [&](journal::Statement& row) {
                              related.emplace_back(row.integer(0));
                              related.emplace_back(row.integer(1));
                            });
    if (!done) return done.error();
    for (const auto peer : related) {
      if (peer && std::find(peers.begin(), peers.end(), peer) == peers.end()) peers.push_back(peer);
    }
  }
  return peers;
}

LocalStore::LocalStore(journal::Journal& journal, pipeline::Intake* intake, hot::Generations& generations,
                       observe::Metrics& metrics, Options options)
    : impl_(std::make_unique<Impl>(journal, intake, generations, metrics, options)) {}

LocalStore::~LocalStore() {
  // How often and when each message was served last must survive a restart.
  if (!impl_->intake || !impl_->serves->any()) return;
  auto kept = impl_->intake->write([serves = impl_->serves](journal::Connection& db) { return serves->flush_all(db); });
  if (!kept) observe::warn("serves_not_kept", {{"reason", kept.error().what}});
}

bool LocalStore::wait_caught_up(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  if (impl_->indexer && !impl_->search->wait_indexed(impl_->journal.head(), patience)) return false;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  return !impl_->window || impl_->window->wait_idle(std::max(left, std::chrono::milliseconds(0)));
}

Result<std::optional<Row>> LocalStore::get(const model::MessageKey& key) {
  auto db = impl_->journal.read();
  if (!db) return db.error();
  const local::Snapshot snapshot(**db);
  auto head = local::find_head(**db, key);
  if (!head) return head.error();
  if (!*head || !(*head)->has_content()) return std::optional<Row>();
  auto standing = impl_->standing.get(**db);
  if (!standing) return standing.error();
  local::RowLoader rows(**db, impl_->contents, *standing);
  auto row = rows.load(**head);
  if (!row) return row.error();
  return std::optional<Row>(std::move(*row));
}

Result<std::vector<Version>> LocalStore::versions(const model::MessageKey& key) {
  auto db = impl_->journal.read();
  if (!db) return db.error();
  const local::Snapshot snapshot(**db);
  auto head = local::find_head(**db, key);
  if (!head) return head.error();
  std::vector<Version> versions;
  if (!*head || !(*head)->has_content()) return versions;
  const std::string sql = fmt::format(
      "SELECT {} FROM events e WHERE e.seq = ?4 OR e.seq IN (SELECT seq FROM versions WHERE peer = ?1 AND message = ?2 "
      "AND "
      "scope = ?3)",
      journal::event_columns("e"));
  auto done = local::each((*db)->prepared(sql).with(key.peer, key.message, key.scope, (*head)->seq),
                          [&](journal::Statement& row) {
                            Version version{journal::event_from_row(row), false};
                            version.current = version.event.seq == (*head)->seq;
                            versions.push_back(std::move(version));
                          });
  if (!done) return done.error();
  // The newest version last, as the rules have it; the others by when they were so.
  std::sort(versions.begin(), versions.end(), [](const Version& a, const Version& b) {
    return std::tuple(a.current, a.event.edit_date, a.event.observed_at) <
           std::tuple(b.current, b.event.edit_date, b.event.observed_at);
  });
  return versions;
}

Result<Row> LocalStore::change_message(const model::MessageKey& key, model::Kind kind) {
  auto done = impl_->write([key, kind](journal::Connection& db) -> Result<void> {
    auto event = pipeline::append_manual(db, key, kind, model::Time::now());
    return event ? Result<void>() : event.error();
  });
  if (!done) return done.error();
  impl_->changed({key});
  auto row = get(key);
  if (!row) return row.error();
  return std::move(**row);
}

Result<Row> LocalStore::remove(const model::MessageKey& key, const std::string& reason) {
  auto row = change_message(key, model::Kind::deleted);
  if (row) observe::info("message_removed", {{"id", model::to_api_id(key)}, {"reason", reason}});
  return row;
}

Result<Row> LocalStore::reprocess(const model::MessageKey& key, const std::string& requested_by) {
  auto row = change_message(key, model::Kind::reprocess);
  if (row) observe::info("message_offered_again", {{"id", model::to_api_id(key)}, {"by", requested_by}});
  return row;
}

Result<SearchState> LocalStore::search_state() {
  if (!impl_->search) return *impl_->why_no_search;
  auto db = impl_->journal.read();
  if (!db) return db.error();
  const auto indexed = impl_->search->indexed();
  const auto behind = journal::events_behind(**db, indexed);
  if (!behind) return behind.error();
  return SearchState{indexed, *behind};
}

}  // namespace tg::store
