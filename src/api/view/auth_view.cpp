#include "api/view/auth_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

const Error kNoTelegram{
    Code::unavailable, "no Telegram account can sign in: telegram.api_id is not set",
    "Get api_id and api_hash at my.telegram.org and set telegram.api_id and telegram.api_hash_file; or "
    "import an export with 'telegram-gateway import FILE'"};

json::object account_json(const source::AccountState& account, bool with_links) {
  json::object out{{"name", account.name},
                   {"kind", account.bot ? "bot" : "user"},
                   {"status", status_of(account)},
                   {"stage", account.stage},
                   {"connection", account.connection},
                   {"revoked", account.revoked},
                   {"duplicated", account.duplicated},
                   {"unreachable", account.unreachable}};
  if (account.since) out["since"] = model::to_rfc3339(account.since);
  if (account.connection_since) out["connectionSince"] = model::to_rfc3339(account.connection_since);
  if (account.user != 0) out["userId"] = std::to_string(account.user);
  if (!account.shown_name.empty()) out["shownName"] = account.shown_name;
  if (account.stage == "code") {
    json::object code{{"how", account.code_how}, {"length", account.code_length}, {"phone", account.code_phone}};
    if (account.resend_at) code["resendAt"] = model::to_rfc3339(account.resend_at);
    out["code"] = std::move(code);
  }
  if (account.stage == "password") out["passwordHint"] = account.password_hint;
  if (with_links && !account.link.empty()) out["link"] = account.link;
  if (account.link_until) out["linkUntil"] = model::to_rfc3339(account.link_until);
  if (!account.refused.empty()) out["refused"] = account.refused;
  if (account.flood_until) out["floodUntil"] = model::to_rfc3339(account.flood_until);
  return out;
}

std::string_view card_state(const source::AccountState& account) {
  if (account.stage == "ready") return account.connection == "ready" ? "connected" : "connecting";
  if (account.revoked) return "revoked";
  if (account.stage == "closed") return account.refused.empty() ? "signed_out" : "failed";
  return account.stage == "closing" ? "signed_out" : "signing_in";
}

}  // namespace

std::optional<Error> no_sign_in(const Parts& parts) {
  if (!parts.control) return kNoTelegram;
  const auto available = parts.control->available();
  return available ? std::nullopt : std::optional(available.error());
}

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

bool signs_in(const source::AccountState& account) {
  const auto status = status_of(account);
  return status == "starting" || status.starts_with("waiting_") || status == "cancelling";
}

const source::AccountState* current_account(const std::vector<source::AccountState>& accounts) {
  const source::AccountState* best = nullptr;
  for (const auto& account : accounts) {
    const bool better = !best || std::pair(signs_in(account), account.since) > std::pair(signs_in(*best), best->since);
    if (better) best = &account;
  }
  return best;
}

json::object auth_status(const Parts& parts, bool with_links) {
  json::object data{{"status", "idle"},
                    {"running", false},
                    {"startedAt", nullptr},
                    {"finishedAt", nullptr},
                    {"accounts", json::array{}}};
  const auto why = no_sign_in(parts);
  data["available"] = !why;
  if (why) data["message"] = why->to_string();
  if (!parts.control) return data;
  const auto accounts = parts.control->accounts();
  json::array all;
  for (const auto& account : accounts) all.push_back(account_json(account, with_links));
  data["accounts"] = std::move(all);
  if (const auto* now = current_account(accounts)) {
    data["account"] = now->name;
    data["status"] = status_of(*now);
    data["running"] = signs_in(*now);
    if (now->since) data[signs_in(*now) ? "startedAt" : "finishedAt"] = model::to_rfc3339(now->since);
    if (!now->refused.empty()) data["message"] = now->refused;
  }
  return data;
}

json::array account_cards(const std::vector<source::AccountState>& accounts) {
  json::array out;
  for (const auto& account : accounts) {
    json::object card{{"name", account.name}, {"kind", account.bot ? "bot" : "user"}, {"state", card_state(account)}};
    if (account.since) card["since"] = model::to_rfc3339(account.since);
    out.push_back(std::move(card));
  }
  return out;
}

}  // namespace tg::api
