// Having a message's file fetched now, and links to it that need no token.
#include "api/routes/common.h"
#include "api/view/message_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kHourS = 3'600, kLongestLinkS = 7 * 24 * kHourS;

// With a medium that can have a file.
Result<store::Row> row_with_media(const Request& request, Context& context) {
  const auto key = key_of(request);
  if (!key) return key.error();
  auto row = context.store().get(*key);
  if (!row) return row.error();
  if (!*row) return no_such_message(*key);
  if ((*row)->message.media.type == model::MediaType::none) {
    return Error{Code::not_found, "the message has no file", ""};
  }
  return std::move(**row);
}

Response fetch(const Request& request, Context& context) {
  const auto row = row_with_media(request, context);
  if (!row) return failure(row.error());
  if (const auto url = media_path(row->message); !url.empty()) return success({{"state", "here"}, {"url", url}});
  auto* control = context.parts.control;
  if (!control) return failure(503, "unavailable", "the file is not here, and no signed-in account can fetch it now");
  if (const auto asked = control->fetch_media(row->message.key); !asked) return failure(asked.error());
  auto response = success({{"state", "waiting"}}, 202);
  response.add("Retry-After", "1");
  return response;
}

Response link(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto seconds = number_of(*body, "expiresIn", kHourS, 1, kLongestLinkS);
  if (!seconds) return failure(seconds.error());
  const auto row = row_with_media(request, context);
  if (!row) return failure(row.error());
  const auto url = media_path(row->message);
  if (url.empty()) {
    return failure(404, "not_found", "the file is not here; POST …/media/{id}/fetch fetches it");
  }
  const model::Time expires{(model::Time::now().us / 1'000'000 + *seconds) * 1'000'000};
  return success({{"url", context.links.link(url, expires)}, {"expiresAt", model::to_rfc3339(expires)}});
}

}  // namespace

std::vector<Route> media_fetch_routes() {
  const Parameter id{"id", "string", "the message's id", "path", true};
  return {Route{.method = Method::post,
                .pattern = "/api/telegram-gateway/media/{id}/fetch",
                .access = Access::read,
                .where = Where::worker,
                .handler = fetch,
                .operation = "media_fetch",
                .tag = "telegram",
                .summary = "Fetches the file of a message; 200 where it is here already",
                .schema = "MediaFetch",
                .parameters = {id},
                .status = 202},
          Route{.method = Method::post,
                .pattern = "/api/telegram-gateway/media/{id}/link",
                .access = Access::read,
                .where = Where::worker,
                .handler = link,
                .operation = "media_link",
                .tag = "telegram",
                .summary = "A link to the file that needs no token until it expires",
                .schema = "MediaLink",
                .body = "MediaLinkBody",
                .parameters = {id}}};
}

}  // namespace tg::api
