#include "store/local/detail/filter.h"

#include "store/search_text.h"

namespace tg::store::local {
namespace {

template <class Value>
bool allows(const std::vector<Value>& wanted, Value value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

}  // namespace

Filter::Filter(const PageQuery& query)
    : query_(query), needle_(search_text(query.search)), sender_id_(model::parse_int(query.sender)) {}

bool Filter::matches_head(const Head& head) const {
  if (head.deleted() ? !query_.include_deleted && !query_.only_deleted : query_.only_deleted) return false;
  if (query_.message && head.key.message != *query_.message) return false;
  if (query_.from && head.date < *query_.from) return false;
  if (query_.to && head.date > *query_.to) return false;
  if (query_.has_media && head.has(journal::flag::kMedia) != *query_.has_media) return false;
  if (query_.only_edited && head.versions < 2) return false;
  if (!query_.media_types.empty() && !head.has(journal::flag::kMedia)) return false;
  return allows(query_.sources, head.source) && allows(query_.origins, head.origin);
}

Result<bool> Filter::matches_status(const Head& head, RowLoader& rows) const {
  if (query_.statuses.empty()) return true;
  auto acknowledged = rows.acknowledged(head.key);
  if (!acknowledged) return acknowledged.error();
  return allows(query_.statuses, status_of(head, *acknowledged, rows.standing()));
}

Result<bool> Filter::matches_content(const Head& head, RowLoader& rows) const {
  const bool text_matters = !needle_.empty() && !head.text_matches;
  if (query_.sender.empty() && !query_.topic && query_.media_types.empty() && !text_matters) return true;
  auto content = rows.content(head);
  if (!content) return content.error();
  const auto& message = (*content)->message;
  if (query_.topic && message.topic != *query_.topic) return false;
  if (!allows(query_.media_types, message.media.type)) return false;
  if (!query_.sender.empty() && message.sender != query_.sender &&
      !(sender_id_ && message.sender_id == *sender_id_ && *sender_id_ != 0)) {
    return false;
  }
  // The index may be behind an edit; the text itself decides.
  return !text_matters || search_text(message.text).find(needle_) != std::string::npos;
}

Result<bool> Filter::matches(const Head& head, RowLoader& rows) const {
  if (!matches_head(head)) return false;
  if (auto status = matches_status(head, rows); !status || !*status) return status;
  if (query_.received_from || query_.received_to) {
    auto received = rows.received_at(head);
    if (!received) return received.error();
    if (query_.received_from && *received < *query_.received_from) return false;
    if (query_.received_to && *received > *query_.received_to) return false;
  }
  return matches_content(head, rows);
}

}  // namespace tg::store::local
