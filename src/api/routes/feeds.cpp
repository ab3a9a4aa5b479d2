// Feeds of a channel, for readers that know nothing of Telegram.
#include "api/routes/common.h"
#include "api/view/feed.h"

namespace tg::api {
namespace {

constexpr std::size_t kItems = 50;

Response feed(const Request& request, Context& context, std::string_view type, std::string (*render)(const Feed&)) {
  const auto peer = chat_of(request);
  if (!peer) return failure(peer.error());
  const auto own = context.valid_until_commit(*peer), all = context.valid_until_commit({});
  const auto chat = context.store().chat(*peer);
  if (!chat) return failure(chat.error());
  if (!*chat) return failure(no_such_channel(*peer));
  store::PageQuery query;
  query.channels = {*peer};
  query.limit = kItems;
  const auto page = context.store().page(query);
  if (!page) return failure(page.error());
  auto response = with_body(200, type, render({**chat, page->rows}));
  response.validity = (*chat)->migrated_to || (*chat)->migrated_from ? all : own;
  response.counted = true;
  return response;
}

Response rss(const Request& request, Context& context) {
  return feed(request, context, "application/rss+xml; charset=utf-8", rss_of);
}
Response atom(const Request& request, Context& context) {
  return feed(request, context, "application/atom+xml; charset=utf-8", atom_of);
}
Response json_feed(const Request& request, Context& context) {
  return feed(request, context, "application/feed+json; charset=utf-8", json_feed_of);
}

}  // namespace

std::vector<Route> feed_routes() {
  const auto one = [](std::string_view pattern, auto handler, std::string_view operation, std::string_view type) {
    return Route{.method = Method::get,
                 .pattern = pattern,
                 .access = Access::read,
                 .where = Where::worker,
                 .handler = handler,
                 .operation = operation,
                 .tag = "feeds",
                 .summary = "The newest 50 messages of a channel",
                 .schema = "=Text",
                 .parameters = {{"id", "string", "a chat's id", "path", true}},
                 .type = type};
  };
  return {one("/api/channels/{id}/feed.rss", rss, "feed_rss", "application/rss+xml"),
          one("/api/channels/{id}/feed.atom", atom, "feed_atom", "application/atom+xml"),
          one("/api/channels/{id}/feed.json", json_feed, "feed_json", "application/feed+json")};
}

}  // namespace tg::api
