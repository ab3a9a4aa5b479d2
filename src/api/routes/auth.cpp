// Signing accounts in: the state of the sign-in that runs, and what a person gives to it. The words are the
// predecessor's, which had one account; `account` names another.
#include <boost/json/serialize.hpp>

#include "api/routes/common.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::string_view kFirstAccount = "main";
constexpr std::ptrdiff_t kMostLines = 200;

const Error kNoTelegram{
    Code::unavailable, "no Telegram account can sign in: telegram.api_id is not set",
    "Get api_id and api_hash at my.telegram.org and set telegram.api_id and telegram.api_hash_file; or "
    "import an export with 'telegram-gateway import FILE'"};

std::string_view status_of(const source::AccountState& account) {
  if (account.stage == "starting") return "starting";
  if (account.stage == "phone") return "waiting_phone";
  if (account.stage == "code") return "waiting_code";
  if (account.stage == "password") return "waiting_password";
  if (account.stage == "qr") return "waiting_qr";
  if (account.stage == "ready") return "completed";
  if (account.stage == "closing") return "cancelling";
  return account.revoked || !account.refused.empty() ? "error" : "cancelled";
}

bool runs(const source::AccountState& account) {
  const auto status = status_of(account);
  return status == "starting" || status.starts_with("waiting_") || status == "cancelling";
}

json::object account_json(const source::AccountState& account) {
  json::object out{{"name", account.name},   {"kind", account.bot ? "bot" : "user"}, {"status", status_of(account)},
                   {"stage", account.stage}, {"connection", account.connection},     {"revoked", account.revoked}};
  if (account.since) out["since"] = model::to_rfc3339(account.since);
  if (account.user != 0) out["userId"] = std::to_string(account.user);
  if (!account.shown_name.empty()) out["shownName"] = account.shown_name;
  if (account.stage == "code") {
    json::object code{{"how", account.code_how}, {"length", account.code_length}};
    if (account.resend_at) code["resendAt"] = model::to_rfc3339(account.resend_at);
    out["code"] = std::move(code);
  }
  if (account.stage == "password") out["passwordHint"] = account.password_hint;
  if (!account.link.empty()) out["link"] = account.link;
  if (!account.refused.empty()) out["refused"] = account.refused;
  if (account.flood_until) out["floodUntil"] = model::to_rfc3339(account.flood_until);
  return out;
}

// The sign-in that runs, else the newest account; nothing without accounts.
const source::AccountState* current(const std::vector<source::AccountState>& accounts) {
  const source::AccountState* best = nullptr;
  for (const auto& account : accounts) {
    const bool better = !best || std::pair(runs(account), account.since) > std::pair(runs(*best), best->since);
    if (better) best = &account;
  }
  return best;
}

json::array sign_in_log() {
  json::array lines;
  for (const auto& record : observe::recent_records(0, observe::Level::info, 2'000)) {
    if (!record.event.starts_with("telegram_account")) continue;
    std::string text = record.event;
    for (const auto& field : record.fields) text += fmt::format(" {}={}", field.name, field.value);
    lines.push_back(json::object{
        {"level", observe::name_of(record.level)}, {"message", text}, {"timestamp", model::to_rfc3339(record.at)}});
  }
  if (std::ssize(lines) > kMostLines) lines.erase(lines.begin(), lines.end() - kMostLines);
  return lines;
}

json::object status_json(Context& context) {
  json::object data{{"status", "idle"},      {"running", false},      {"startedAt", nullptr},
                    {"finishedAt", nullptr}, {"logs", json::array{}}, {"accounts", json::array{}}};
  data["available"] = context.parts.control != nullptr;
  if (!context.parts.control) {
    data["message"] = kNoTelegram.to_string();
    return data;
  }
  const auto accounts = context.parts.control->accounts();
  json::array all;
  for (const auto& account : accounts) all.push_back(account_json(account));
  data["accounts"] = std::move(all);
  data["logs"] = sign_in_log();
  if (const auto* now = current(accounts)) {
    data["account"] = now->name;
    data["status"] = status_of(*now);
    data["running"] = runs(*now);
    if (now->since) data[runs(*now) ? "startedAt" : "finishedAt"] = model::to_rfc3339(now->since);
    if (!now->refused.empty()) data["message"] = now->refused;
  }
  return data;
}

Response status(const Request&, Context& context) { return success(status_json(context)); }

// The account that a body names: or, where it names none, the one whose sign-in runs.
Result<std::string> account_of(const json::object& body, Context& context) {
  if (auto name = text_of(body, "account"); name && !name->empty()) return std::move(*name);
  const auto accounts = context.parts.control->accounts();
  const auto* now = current(accounts);
  if (!now || !runs(*now)) return Error{Code::conflict, "no sign-in is running", "Begin one with …/auth/start"};
  return now->name;
}

Response answered(const Result<void>& done, Context& context) {
  return done ? success(status_json(context)) : failure(done.error());
}

Response start(const Request& request, Context& context) {
  auto* control = context.parts.control;
  if (!control) return failure(kNoTelegram);
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto name = text_of(*body, "account").value_or(std::string(kFirstAccount));
  const auto method = text_of(*body, "method").value_or("phone");
  const auto phone = text_of(*body, "phone"), token = text_of(*body, "token");
  if (method != "phone" && method != "qr" && method != "bot") {
    return failure(bad_parameter("method", method, "phone, qr or bot"));
  }
  if (method == "bot" && !token) {
    return failure(Error{Code::invalid_input, "'token' is missing", "Send the token that @BotFather gave"});
  }
  if (auto begun = control->begin(name); !begun) return failure(begun.error());
  if (method == "qr") return answered(control->ask_for_qr(name), context);
  if (method == "bot") return answered(control->give(name, source::Input::bot_token, *token), context);
  if (phone) return answered(control->give(name, source::Input::phone, *phone), context);
  return success(status_json(context));
}

Response input(const Request& request, Context& context) {
  auto* control = context.parts.control;
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto value = text_of(*body, "value");
  if (!value || value->empty())
    return failure(400, "invalid_input", "'value' is missing; send the phone number, the code or the password");
  if (!control) return failure(409, "conflict", "no sign-in is waiting for an input");
  const auto name = account_of(*body, context);
  if (!name) return failure(name.error());
  for (const auto& account : control->accounts()) {
    if (account.name != *name) continue;
    if (account.stage == "phone") return answered(control->give(*name, source::Input::phone, *value), context);
    if (account.stage == "code") return answered(control->give(*name, source::Input::code, *value), context);
    if (account.stage == "password") return answered(control->give(*name, source::Input::password, *value), context);
  }
  return failure(409, "conflict", "this sign-in is not waiting for an input");
}

// What begins anew without an input: another code, a QR code in the place of it.
Response act(const Request& request, Context& context, Result<void> (source::Control::*what)(const std::string&)) {
  auto* control = context.parts.control;
  if (!control) return failure(409, "conflict", "no sign-in is running");
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto name = account_of(*body, context);
  return name ? answered((control->*what)(*name), context) : failure(name.error());
}

Response resend(const Request& request, Context& context) {
  return act(request, context, &source::Control::resend_code);
}
Response cancel(const Request& request, Context& context) { return act(request, context, &source::Control::cancel); }
Response log_out(const Request& request, Context& context) { return act(request, context, &source::Control::log_out); }

}  // namespace

std::vector<Route> auth_routes() {
  const auto one = [](Method method, std::string_view pattern, auto handler, std::string_view operation,
                      std::string_view summary, std::string_view body = "") {
    return Route{.method = method,
                 .pattern = pattern,
                 .access = method == Method::get ? Access::read : Access::admin,
                 .where = method == Method::get ? Where::now : Where::worker,
                 .handler = handler,
                 .operation = operation,
                 .tag = "telegram",
                 .summary = summary,
                 .schema = "AuthStatus",
                 .body = body};
  };
  return {
      one(Method::get, "/api/telegram-gateway/auth/status", status, "auth_status", "How far a sign-in is"),
      one(Method::post, "/api/telegram-gateway/auth/start", start, "auth_start", "Starts a sign-in", "AuthStart"),
      one(Method::post, "/api/telegram-gateway/auth/input", input, "auth_input",
          "Gives the phone number, code or password that is waited for", "AuthInput"),
      one(Method::post, "/api/telegram-gateway/auth/resend", resend, "auth_resend", "Has the code sent again",
          "AuthAccount"),
      one(Method::post, "/api/telegram-gateway/auth/cancel", cancel, "auth_cancel", "Ends the sign-in that runs",
          "AuthAccount"),
      one(Method::post, "/api/telegram-gateway/auth/logout", log_out, "auth_logout",
          "Ends an account's session at Telegram; nothing that is stored is lost", "AuthAccount"),
  };
}

}  // namespace tg::api
