// Tokens that are made and revoked while the gateway runs; those of the configuration are listed beside them.
#include "api/routes/common.h"
#include "observe/log.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::size_t kLongestTokenName = 64;
constexpr std::int64_t kLongestDays = 3'650;

json::object token_json(const TokenFacts& facts, const Request& request) {
  json::array scopes;
  for (const auto name : names_of_scopes(facts.scopes)) scopes.emplace_back(name);
  json::object out{{"name", facts.name},
                   {"hint", facts.hint},
                   {"scopes", std::move(scopes)},
                   {"origin", facts.id.empty() ? "configuration" : "dashboard"},
                   {"current", facts.number == request.token},
                   {"expired", facts.expires_at && facts.expires_at <= model::Time::now()}};
  if (!facts.id.empty()) out["id"] = facts.id;
  if (const auto at = rfc3339(facts.created_at)) out["createdAt"] = *at;
  if (const auto at = rfc3339(facts.expires_at)) out["expiresAt"] = *at;
  if (const auto at = rfc3339(facts.last_used_at)) out["lastUsedAt"] = *at;
  return out;
}

Response list_tokens(const Request& request, Context& context) {
  json::array data;
  for (const auto& facts : context.tokens.all()) data.push_back(token_json(facts, request));
  return success(std::move(data));
}

// As `telegram-gateway token create` takes them: they stand in logs.
Result<std::string> name_of_token(const json::object& body) {
  auto name = text_of(body, "name").value_or("");
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
  if (!name.empty() && name.size() <= kLongestTokenName && plain && name.front() != '.') return name;
  return Error{Code::invalid_input, "'name' is no name of a token", "Use 1 to 64 letters, digits, dots, - and _"};
}

Result<unsigned> scopes_of(const json::object& body) {
  const Error wrong{Code::invalid_input, "'scopes' is not a list of read, consume and admin", "Send [\"read\"]"};
  const auto* list = body.if_contains("scopes");
  if (!list || !list->is_array() || list->get_array().empty()) return wrong;
  unsigned scopes = 0;
  for (const auto& one : list->get_array()) {
    const auto named = one.is_string() ? scopes_named(std::string_view(one.get_string())) : std::nullopt;
    if (!named) return wrong;
    scopes |= *named;
  }
  return scopes;
}

Response add_token(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto name = name_of_token(*body);
  if (!name) return failure(name.error());
  const auto scopes = scopes_of(*body);
  if (!scopes) return failure(scopes.error());
  const auto days = number_of(*body, "expiresInDays", 0, 1, kLongestDays);
  if (!days) return failure(days.error());
  const auto now = model::Time::now();
  const model::Time expires_at{*days > 0 ? now.us + *days * 86'400'000'000 : 0};
  auto made = context.tokens.add(*name, *scopes, expires_at, now);
  if (!made) return failure(made.error());
  observe::info("token_made",
                {{"token", made->facts.name}, {"scopes", fmt::format("{}", fmt::join(names_of_scopes(*scopes), ","))}});
  auto data = token_json(made->facts, request);
  data["secret"] = made->secret;  // never again
  return success(std::move(data), 201);
}

Response revoke_token(const Request& request, Context& context) {
  const auto id = unescape(request.parameters[0]);
  const auto revoked = context.tokens.revoke(id);
  if (!revoked) return failure(revoked.error());
  observe::info("token_revoked", {{"token", revoked->name}});
  return success(json::object{{"id", id}, {"removed", true}});
}

}  // namespace

std::vector<Route> token_routes() {
  const auto route = [](Method method, std::string_view pattern, auto* handler, std::string_view operation,
                        std::string_view summary) {
    return Route{.method = method,
                 .pattern = pattern,
                 .access = Access::admin,
                 .where = Where::worker,
                 .handler = handler,
                 .operation = operation,
                 .tag = "tokens",
                 .summary = summary,
                 .schema = "Token"};
  };
  constexpr std::string_view kAll = "/api/telegram-gateway/tokens";
  auto list =
      route(Method::get, kAll, list_tokens, "tokens", "Who may call: the configuration's tokens, and those made here");
  list.schema = "[Token]";
  auto add =
      route(Method::post, kAll, add_token, "token_add", "Makes a token; `secret` is in this answer and never again");
  add.body = "TokenBody";
  add.status = 201;
  auto revoke = route(Method::delete_, "/api/telegram-gateway/tokens/{id}", revoke_token, "token_revoke",
                      "Revokes a token that was made here: its calls, sessions and streams end at once");
  revoke.schema = "Removed";
  revoke.parameters = {{"id", "string", "a token's id", "path", true}};
  return {list, add, revoke};
}

}  // namespace tg::api
