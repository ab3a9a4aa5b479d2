#include "api/router.h"

#include "api/answer.h"
#include "api/live/caller_stream.h"
#include "api/query.h"
#include "observe/log.h"
#include "pipeline/normalise.h"

namespace tg::api {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view kSafeHeaders =
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nX-Frame-Options: DENY\r\n";
constexpr std::int64_t kSignInsPerMinute = 60;  // of one address
constexpr std::string_view kNoRoute = "none";   // metrics: refused before it was known what was asked for
constexpr std::string_view kApiPolicy = "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

Response cross_origin() {
  return failure(403, "cross_origin", "writes from another site are refused; add its origin to server.cors_origins");
}

bool is_text(std::string_view target) {
  const bool plain = std::none_of(target.begin(), target.end(), [](char c) { return c == '%' || (c & 0x80) != 0; });
  if (plain) return true;
  auto text = unescape(target);
  return !pipeline::clean(text);
}

bool is_write(Method method) { return method == Method::post || method == Method::put || method == Method::delete_; }

std::optional<config::Scope> scope_of(Access access) {
  switch (access) {
    case Access::open: return std::nullopt;
    case Access::read: return config::Scope::read;
    case Access::consume: return config::Scope::consume;
    case Access::admin: return config::Scope::admin;
  }
  return std::nullopt;
}

unsigned scope_bit(Access access) {
  const auto scope = scope_of(access);
  return scope ? bit_of(*scope) : 0;
}

std::uint64_t key_of_address(const Request& request) { return std::hash<std::string_view>{}(request.address); }

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now().time_since_epoch()).count();
}

void append_rate(const RateLimit::Verdict& verdict, std::string& headers) {
  if (verdict.limit == 0) return;
  fmt::format_to(std::back_inserter(headers),
                 "RateLimit-Limit: {}\r\nRateLimit-Remaining: {}\r\nRateLimit-Reset: {}\r\n", verdict.limit,
                 verdict.remaining, verdict.reset_s);
}

}  // namespace

Router::Router(Context& context)
    : context_(context),
      limit_(context.options.server.rate_limit_per_minute),
      probe_limit_(context.options.server.rate_limit_per_minute),
      sign_in_limit_(kSignInsPerMinute),
      cache_(context.options.cache_bytes) {
  auto& metrics = context.parts.metrics;
  for (const auto& route : context.routes.routes) {
    const std::string name(route.operation);
    ok_.push_back(&metrics.requests(name, 200));
    not_modified_.push_back(&metrics.requests(name, 304));
    seconds_.push_back(&metrics.request_seconds(name));
  }
}

void Router::count(std::size_t route, int status) {
  if (status == 200) {
    ok_[route]->Increment();
  } else if (status == 304) {
    not_modified_[route]->Increment();
  } else {
    context_.parts.metrics.requests(std::string(context_.routes.routes[route].operation), status).Increment();
  }
}

Router::Known Router::who(const Request& request) const {
  Known known;
  const auto secret = Tokens::presented(request);
  if (!secret.empty()) {
    known.presented = true;
    if (const auto token = context_.tokens.find(secret, model::Time::now())) {
      known.scopes = token->scopes;
      known.token = token->number;
      known.key = caller_of(secret);
    }
  } else if (const auto cookie = Sessions::cookie_of(request); !cookie.empty()) {
    auto session = context_.sessions.find(cookie, Steady::now());
    // One that was revoked or has expired since takes its sessions along.
    const auto scopes = session ? context_.tokens.scopes_of(session->token, model::Time::now()) : std::nullopt;
    if (scopes) {
      known.presented = true;
      known.scopes = *scopes;
      known.token = session->token;
      known.by_cookie = true;
      known.csrf = std::move(session->csrf);
      known.key = session->caller;
    }
  }
  if (!context_.tokens.required()) known.scopes = kAllScopes;
  if (known.key == 0) known.key = key_of_address(request);
  return known;
}

void Router::replace(Response& response, Response with) const {
  with.headers = response.headers + with.headers;
  response = std::move(with);
}

void Router::common_headers(const Request& request, Response& response) const {
  response.headers += kSafeHeaders;
  const auto origin = request.header("origin");
  if (context_.guard.cors_allowed(origin)) {
    response.add("Access-Control-Allow-Origin", origin)
        .add("Access-Control-Allow-Credentials", "true")
        .add("Vary", "Origin");
    response.add("Access-Control-Expose-Headers",
                 "ETag, Accept-Ranges, Content-Range, X-Gateway-Now, RateLimit-Limit, RateLimit-Remaining, "
                 "RateLimit-Reset, Retry-After");
  }
}

bool Router::preflight(const Request& request, Response& response) const {
  if (request.method != Method::options) return false;
  response.status = 204;
  response.add("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
  if (context_.guard.cors_allowed(request.header("origin"))) {
    response.add("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS")
        .add("Access-Control-Allow-Headers",
             "Content-Type, Authorization, X-Gateway-Token, X-API-Key, X-API-Token, X-CSRF-Token, If-None-Match, "
             "Last-Event-ID")
        .add("Access-Control-Max-Age", "600");
  }
  return true;
}

void Router::turn_away(std::string_view route, Response& response, Response with) {
  context_.parts.metrics.requests(std::string(route), with.status).Increment();
  replace(response, std::move(with));
  response.headers += kApiPolicy;
}

bool Router::within_rate(const Request& request, const Known& known, const Route* route, Response& response) {
  const auto now = now_us();
  auto verdict = route && route->probe ? probe_limit_.take(known.key, now) : limit_.take(known.key, now);
  append_rate(verdict, response.headers);
  // A session is worth more than a request: signing in is also how a token would be guessed.
  if (verdict.allowed && route && route->operation == "session_open") {
    verdict = sign_in_limit_.take(key_of_address(request), now);
  }
  if (verdict.allowed) return true;
  context_.parts.metrics.rate_limited.Increment();
  response.add("Retry-After", std::to_string(verdict.retry_s));
  turn_away(route ? route->operation : kNoRoute, response,
            failure(429, "rate_limited",
                    fmt::format("more than {} requests a minute; wait {} s", verdict.limit, verdict.retry_s)));
  return false;
}

bool Router::now(Request& request, Response& response) {
  common_headers(request, response);
  if (!context_.guard.host_allowed(request)) {
    turn_away(kNoRoute, response,
              failure(421, "wrong_host",
                      "this name is not served; use a loopback address, add the name to server.allowed_hosts, or "
                      "require a token"));
    return true;
  }
  if (preflight(request, response)) {
    context_.parts.metrics.requests(std::string(kNoRoute), response.status).Increment();
    return true;
  }
  // What is no text could not be told back in JSON.
  if (!is_text(request.target())) {
    turn_away(kNoRoute, response, failure(400, "bad_request", "the address is no UTF-8, or has U+0000 in it"));
    return true;
  }
  if (is_write(request.method) && !context_.guard.write_allowed(request)) {
    turn_away(kNoRoute, response, cross_origin());
    return true;
  }

  const auto known = who(request);
  const auto found = context_.routes.find(request.method, request.path());
  if (!within_rate(request, known, found.route, response)) return true;
  if (!found.route) {
    if (!found.allowed.empty()) response.add("Allow", found.allowed);
    turn_away(kNoRoute, response,
              found.allowed.empty()
                  ? failure(404, "not_found", "there is nothing here; GET /api/openapi.json lists what there is")
                  : failure(405, "method_not_allowed", "this path takes " + found.allowed));
    return true;
  }
  request.route = found.index;
  request.parameters = found.parameters;
  // What the route does not read can change neither its answer nor where that is kept.
  if (!request.query().empty()) {
    request.set_query(known_part(request.query(), [&](std::string_view name) { return reads(*found.route, name); }));
  }
  if (from_memory(request, known, response)) return true;
  if (!admitted(request, known, *found.route, response)) return true;
  if (found.route->where == Where::worker) return false;
  run(request, response);
  return true;
}

bool Router::admitted(Request& request, const Known& known, const Route& route, Response& response) {
  request.scopes = known.scopes;
  request.by_cookie = known.by_cookie;
  request.token = known.token;
  const auto link = route.by_link ? context_.links.check(request, model::Time::now()) : SignedLinks::Verdict::none;
  // One that is wrong is told so whoever sends it: with a token it would seem to work.
  if (link == SignedLinks::Verdict::wrong) {
    context_.parts.metrics.unauthorised.Increment();
    turn_away(route.operation, response,
              failure(403, "bad_link", "this link has expired, or is not one of this gateway's; ask for another"));
    return false;
  }
  const auto needed = link == SignedLinks::Verdict::right ? std::nullopt : scope_of(route.access);
  if (needed && !(known.scopes & bit_of(*needed))) {
    context_.parts.metrics.unauthorised.Increment();
    if (!known.presented) {
      response.add("WWW-Authenticate", "Bearer realm=\"telegram-gateway\"");
      turn_away(
          route.operation, response,
          failure(401, "unauthorized", "a token is needed; send it as X-Gateway-Token, or Authorization: Bearer"));
    } else if (known.scopes == 0) {
      turn_away(route.operation, response, failure(403, "forbidden", "this token is not known"));
    } else {
      turn_away(route.operation, response,
                failure(403, "forbidden",
                        fmt::format("this token lacks the scope '{}', which the route needs", name_of(*needed))));
    }
    return false;
  }
  // A poll is a GET that changes the consumer's queue; its kind is never answered from memory.
  if (route.access == Access::consume && !context_.guard.write_allowed(request)) {
    turn_away(route.operation, response, cross_origin());
    return false;
  }
  // Signing in and out is open to all; that a browser was tricked into it is the guard's business.
  if (known.by_cookie && is_write(request.method) && route.access != Access::open &&
      !equal_secrets(known.csrf, request.header("x-csrf-token"))) {
    turn_away(route.operation, response, failure(403, "csrf", "send the session's csrf value as X-CSRF-Token"));
    return false;
  }
  return true;
}

bool Router::still_true(const Encoded& answer) const {
  const auto& validity = answer.validity;
  if (validity.until == Validity::Until::moment) {
    return Steady::now() - answer.made < std::chrono::milliseconds(validity.milliseconds);
  }
  return context_.valid_until_commit(model::ChatId{validity.chat}).generation == validity.generation;
}

bool Router::from_memory(Request& request, const Known& known, Response& response) {
  if (request.method != Method::get && request.method != Method::head) return false;
  const auto kept = cache_.find(request.target());
  if (!kept || !still_true(*kept)) return false;
  const auto needed = scope_bit(context_.routes.routes[kept->route].access);
  if ((known.scopes & needed) != needed) return false;
  response.headers += kept->headers;
  if (const auto asked = request.header("if-none-match"); !asked.empty() && matches(asked, kept->etag)) {
    response.status = 304;
  } else {
    response.status = kept->status;
    response.body = kept->body;
  }
  context_.parts.metrics.memory_hits.Increment();
  count(kept->route, response.status);
  return true;
}

void Router::later(Request& request, Response& response) { run(request, response); }

void Router::run(Request& request, Response& response) {
  const auto& route = context_.routes.routes[request.route];
  const auto start = Steady::now();
  try {
    replace(response, route.handler(request, context_));
  } catch (const std::exception& failed) {
    observe::error("request_failed", {{"route", route.operation}, {"reason", failed.what()}});
    replace(response, failure(500, "internal", "the gateway failed at this request; its log says why"));
  }
  if (response.stream && request.token != 0) {
    response.stream =
        std::make_unique<CallerStream>(std::move(response.stream), context_.sessions, context_.tokens,
                                       request.by_cookie ? Sessions::cookie_of(request) : "", request.token);
  }
  if (response.validity.until != Validity::Until::never && response.status == 200) {
    remember(request, response);
  } else if (response.headers.find("Cache-Control: ") == std::string::npos) {
    response.headers += "Cache-Control: no-store\r\n";
  }
  if (response.headers.find("Content-Security-Policy: ") == std::string::npos) response.headers += kApiPolicy;
  if (!response.stream && !response.poll) {
    seconds_[request.route]->Observe(std::chrono::duration<double>(Steady::now() - start).count());
  }
  count(request.route, response.status);
}

void Router::remember(const Request& request, Response& response) {
  auto kept = std::make_shared<Encoded>();
  kept->etag = etag_of(response.body.view);
  // The handler's own lines stand behind the common ones, which differ from caller to caller.
  const auto own = response.headers.rfind("Content-Type: ");
  kept->headers = own == std::string::npos ? std::string{} : response.headers.substr(own);
  kept->headers += fmt::format("ETag: {}\r\nCache-Control: private, no-cache\r\n", kept->etag);
  const auto policy = kApiPolicy;
  if (kept->headers.find("Content-Security-Policy: ") == std::string::npos) kept->headers += policy;
  kept->body = response.body;
  kept->validity = response.validity;
  kept->route = request.route;
  kept->made = Steady::now();
  if (own != std::string::npos) response.headers.resize(own);
  response.headers += kept->headers;
  if (!response.counted) context_.parts.metrics.memory_misses.Increment();
  const bool unchanged = matches(request.header("if-none-match"), kept->etag);
  cache_.put(request.target(), std::move(kept));
  if (unchanged) {
    response.status = 304;
    response.body = {};
  }
}

void Router::refuse(int status, std::string_view why, Response& response) {
  const auto code = [&]() -> std::string_view {
    switch (status) {
      case 400: return "bad_request";
      case 408: return "timeout";
      case 413: return "too_large";
      case 431: return "header_too_large";
      default: return "unavailable";
    }
  }();
  response = {};
  response.headers += kSafeHeaders;
  turn_away(kNoRoute, response, failure(status, code, why));
  if (status == 503) response.add("Retry-After", "1");
}

}  // namespace tg::api
