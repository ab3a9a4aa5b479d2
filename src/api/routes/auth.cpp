// Signing accounts in: the state of the sign-in that runs, and what a person gives to it. The words are the
// predecessor's, which had one account; `account` names another.
#include <boost/json/serialize.hpp>

#include "api/routes/common.h"
#include "api/view/auth_view.h"
#include "api/view/qr.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::string_view kFirstAccount = "main";
constexpr std::ptrdiff_t kMostLines = 200;

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

json::object status_json(const Request& request, Context& context) {
  auto data = auth_status(context.parts, (request.scopes & bit_of(config::Scope::admin)) != 0);
  data["logs"] = context.parts.control ? sign_in_log() : json::array{};
  return data;
}

Response status(const Request& request, Context& context) { return success(status_json(request, context)); }

// The account that a body names: or, where it names none, the one whose sign-in runs.
Result<std::string> account_of(const json::object& body, Context& context) {
  if (auto name = text_of(body, "account"); name && !name->empty()) return std::move(*name);
  const auto accounts = context.parts.control->accounts();
  const auto* now = current_account(accounts);
  if (!now || !signs_in(*now)) return Error{Code::conflict, "no sign-in is running", "Begin one with …/auth/start"};
  return now->name;
}

Response answered(const Result<void>& done, const Request& request, Context& context) {
  return done ? success(status_json(request, context)) : failure(done.error());
}

Response start(const Request& request, Context& context) {
  if (const auto why = no_sign_in(context.parts)) return failure(*why);
  auto* control = context.parts.control;
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
  if (method == "qr") return answered(control->ask_for_qr(name), request, context);
  if (method == "bot") return answered(control->give(name, source::Input::bot_token, *token), request, context);
  if (phone) return answered(control->give(name, source::Input::phone, *phone), request, context);
  return success(status_json(request, context));
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
    if (account.stage == "phone") return answered(control->give(*name, source::Input::phone, *value), request, context);
    if (account.stage == "code") return answered(control->give(*name, source::Input::code, *value), request, context);
    if (account.stage == "password")
      return answered(control->give(*name, source::Input::password, *value), request, context);
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
  return name ? answered((control->*what)(*name), request, context) : failure(name.error());
}

Response resend(const Request& request, Context& context) {
  return act(request, context, &source::Control::resend_code);
}
Response cancel(const Request& request, Context& context) { return act(request, context, &source::Control::cancel); }
Response log_out(const Request& request, Context& context) { return act(request, context, &source::Control::log_out); }

Response qr(const Request& request, Context& context) {
  const auto name = Query(request.query()).text_or({"account"}, kFirstAccount);
  const auto accounts = context.parts.control ? context.parts.control->accounts() : std::vector<source::AccountState>{};
  const auto account =
      std::find_if(accounts.begin(), accounts.end(), [&](const auto& one) { return one.name == name; });
  if (account == accounts.end() || account->link.empty()) {
    return failure(404, "not_found", "no QR code is shown for this account now; begin one with …/auth/start");
  }
  auto svg = qr_svg(account->link);
  if (!svg) return failure(500, "internal", "the link does not fit into a QR code");
  return with_body(200, "image/svg+xml", std::move(*svg));
}

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
  Route code{.method = Method::get,
             .pattern = "/api/telegram-gateway/auth/qr.svg",
             .access = Access::admin,
             .where = Where::now,
             .handler = qr,
             .operation = "auth_qr",
             .tag = "telegram",
             .summary = "The QR code that Telegram's app scans, as a picture; 404 while none is shown",
             .schema = "=Text",
             .parameters = {{"account", "string", "main by default"}},
             .type = "image/svg+xml"};
  return {
      std::move(code),
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
