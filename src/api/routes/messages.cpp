// Messages: pages, one, its versions and where it went; removal and reprocessing.
#include "api/routes/common.h"
#include "api/routes/page_query.h"
#include "api/view/absent.h"
#include "api/view/message_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

Response row_answer(const Result<store::Row>& row, Context& context) {
  if (!row) return failure(row.error());
  context.changed();
  return success_text(message_json(*row));
}

// A chat that continues another is answered together with it: any commit may change that.
Validity validity_of(const std::vector<model::ChatId>& channels, Context& context) {
  const auto all = context.valid_until_commit({});
  if (channels.size() != 1) return all;
  const auto own = context.valid_until_commit(channels.front());
  const auto chat = context.store().chat(channels.front());
  return chat && *chat && ((*chat)->migrated_to || (*chat)->migrated_from) ? all : own;
}

// Of the message that a page was asked for around. One that only its filters leave out is there.
Result<std::optional<Absent>> absent_from(const store::Page& page, const store::PageQuery& query, Context& context) {
  const auto& key = query.around;
  const auto is_it = [&](const store::Row& row) { return row.message.key == *key; };
  if (!key || std::any_of(page.rows.begin(), page.rows.end(), is_it)) return std::optional<Absent>{};
  const auto row = context.store().get(*key);
  if (!row) return row.error();
  return *row ? std::optional<Absent>{} : absent(*key, context);
}

Response list_messages(const Request& request, Context& context) {
  const auto query = page_query(Query(request.query()));
  if (!query) return failure(query.error());
  const auto validity = validity_of(query->page.channels, context);
  auto page = context.store().page(query->page);
  if (!page) return failure(page.error());
  std::string data = "[";
  data.reserve(page->rows.size() * 1'024);
  for (const auto& row : page->rows) {
    if (data.size() > 1) data.push_back(',');
    JsonWriter writer(data);
    write_message(writer, row, query->page.search);
  }
  data.push_back(']');
  const auto why = absent_from(*page, query->page, context);
  if (!why) return failure(why.error());
  auto response = list_answer(data, pagination_json(*query, *page, *why ? &(*why)->why : nullptr));
  response.counted = true;
  // The search index follows the commits: what it did not find yet must not stand until the next one.
  response.validity = query->page.search.empty() ? validity : Context::valid_for(1'000);
  return response;
}

Response one(const Request& request, Context& context) {
  const auto key = key_of(request);
  if (!key) return failure(key.error());
  const auto validity = context.valid_until_commit(key->peer);
  const auto row = context.store().get(*key);
  if (!row) return failure(row.error());
  if (!*row) {
    const auto known = absent(*key, context);
    if (!known) return failure(known.error());
    auto error = no_such_message(*key);
    if (*known) error.what += ": " + (*known)->said;
    return failure(error);
  }
  auto response = success_text(message_json(**row));
  response.validity = validity;
  return response;
}

Response versions(const Request& request, Context& context) {
  const auto key = key_of(request);
  if (!key) return failure(key.error());
  const auto validity = context.valid_until_commit(key->peer);
  const auto found = context.store().versions(*key);
  if (!found) return failure(found.error());
  if (found->empty()) return failure(no_such_message(*key));
  std::string data;
  JsonWriter writer(data);
  writer.open('[');
  for (const auto& version : *found) write_version(writer, version);
  writer.close(']');
  auto response = success_text(data);
  response.validity = validity;
  return response;
}

Response remove_message(const Request& request, Context& context) {
  const auto key = key_of(request);
  if (!key) return failure(key.error());
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  return row_answer(context.store().remove(*key, text_of(*body, "reason").value_or("")), context);
}

Response reprocess(const Request& request, Context& context) {
  const auto key = key_of(request);
  if (!key) return failure(key.error());
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  return row_answer(context.store().reprocess(*key, text_of(*body, "requestedBy").value_or("")), context);
}

}  // namespace

std::vector<Route> message_routes() {
  constexpr Parameter kId{"id", "string", "peer:message, or peer:message:scope", "path", true};
  return {
      {.method = Method::get,
       .pattern = "/api/messages",
       .access = Access::read,
       .where = Where::worker,
       .handler = list_messages,
       .operation = "messages",
       .tag = "messages",
       .summary = "A page of messages, filtered by the server",
       .schema = "[Message]",
       .parameters = page_parameters()},
      {.method = Method::get,
       .pattern = "/api/messages/{id}",
       .access = Access::read,
       .where = Where::worker,
       .handler = one,
       .operation = "message",
       .tag = "messages",
       .summary = "One message",
       .schema = "Message",
       .parameters = {kId}},
      {.method = Method::delete_,
       .pattern = "/api/messages/{id}",
       .access = Access::admin,
       .where = Where::worker,
       .handler = remove_message,
       .operation = "message_remove",
       .tag = "messages",
       .summary = "Marks a message as deleted; its text stays in the journal",
       .schema = "Message",
       .body = "RemoveBody",
       .parameters = {kId}},
      {.method = Method::post,
       .pattern = "/api/messages/{id}/reprocess",
       .access = Access::consume,
       .where = Where::worker,
       .handler = reprocess,
       .operation = "message_reprocess",
       .tag = "messages",
       .summary = "Offers a message to every consumer again",
       .schema = "Message",
       .body = "ReprocessBody",
       .parameters = {kId}},
      {.method = Method::get,
       .pattern = "/api/messages/{id}/versions",
       .access = Access::read,
       .where = Where::worker,
       .handler = versions,
       .operation = "message_versions",
       .tag = "messages",
       .summary = "Every content a message has had, oldest first",
       .schema = "[Version]",
       .parameters = {kId}},
  };
}

}  // namespace tg::api
