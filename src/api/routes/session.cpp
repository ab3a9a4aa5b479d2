// The dashboard's sign-in: a token is given once, and a cookie stands for it from then on.
#include "api/routes/common.h"
#include "observe/log.h"

namespace tg::api {
namespace json = boost::json;
namespace {

json::object session_of(bool required, bool signed_in, unsigned scopes, std::string_view csrf) {
  json::array names;
  for (const auto name : names_of_scopes(scopes)) names.emplace_back(name);
  json::object data{{"required", required}, {"signedIn", signed_in}, {"scopes", std::move(names)}};
  if (!csrf.empty()) data["csrf"] = csrf;
  return data;
}

std::string cookie_line(const Request& request, std::string_view value, std::int64_t max_age_s) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", kCookie, value, max_age_s,
                     request.header("x-forwarded-proto") == "https" ? "; Secure" : "");
}

Response show(const Request& request, Context& context) {
  const auto cookie = Sessions::cookie_of(request);
  const auto session = request.by_cookie ? context.sessions.find(cookie, Sessions::Clock::now()) : std::nullopt;
  const bool required = context.tokens.required();
  return success(session_of(required, !required || request.scopes != 0, request.scopes, session ? session->csrf : ""));
}

Response sign_in(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  if (!context.tokens.required()) return success(session_of(false, true, kAllScopes, ""));
  const auto token = text_of(*body, "token");
  if (!token || token->empty()) return failure(400, "invalid_input", "'token' is missing");
  const auto known = context.tokens.find(*token, model::Time::now());
  if (!known || known->scopes == 0) {
    context.parts.metrics.unauthorised.Increment();
    observe::warn("sign_in_refused", {{"address", request.address}});
    return failure(403, "forbidden", "this token is not known");
  }
  const auto [cookie, session] =
      context.sessions.open(known->scopes, caller_of(*token), Sessions::Clock::now(), known->number);
  auto response = success(session_of(true, true, session.scopes, session.csrf));
  response.add("Set-Cookie", cookie_line(request, cookie, std::chrono::seconds(Sessions::kLongest).count()));
  return response;
}

Response sign_out(const Request& request, Context& context) {
  context.sessions.close(Sessions::cookie_of(request));
  auto response = success(session_of(context.tokens.required(), !context.tokens.required(), 0, ""));
  response.add("Set-Cookie", cookie_line(request, "", 0));
  return response;
}

}  // namespace

std::vector<Route> session_routes() {
  const auto one = [](Method method, auto handler, std::string_view operation, std::string_view summary,
                      std::string_view body) {
    return Route{.method = method,
                 .pattern = "/api/session",
                 .access = Access::open,
                 .where = Where::now,
                 .handler = handler,
                 .operation = operation,
                 .tag = "session",
                 .summary = summary,
                 .schema = "Session",
                 .body = body};
  };
  return {one(Method::get, show, "session", "Whether a token is needed, and what this caller may do", ""),
          one(Method::post, sign_in, "session_open", "Signs a browser in with a token", "SessionBody"),
          one(Method::delete_, sign_out, "session_close", "Signs the browser out", "")};
}

}  // namespace tg::api
