#include "source/tdlib/detail/account_state.h"

namespace tg::tdlib {

using source::AccountState;

namespace {

constexpr std::int64_t kLinkLifetimeUs = 30'000'000;  // what Telegram gives a QR code; TDLib does not tell

}  // namespace

AccountState state_of(const std::string& name, Session& session) {
  const auto standing = session.account().standing();
  AccountState state;
  state.name = name;
  state.bot = standing.bot;
  state.stage = name_of(standing.stage);
  state.since = standing.since;
  state.connection = standing.connection;
  state.connection_since = standing.connection_since;
  state.unreachable = standing.unreachable(model::Time::now());
  state.user = standing.user;
  state.shown_name = standing.name;
  state.code_how = standing.code.how;
  state.code_length = standing.code.length;
  state.code_phone = standing.code.phone;
  state.resend_at = standing.code.resend_at;
  state.password_hint = standing.password_hint;
  state.link = standing.link;
  if (standing.link_at) state.link_until = model::Time{standing.link_at.us + kLinkLifetimeUs};
  state.refused = standing.refused;
  state.revoked = standing.revoked;
  state.duplicated = standing.duplicated;
  state.flood_until = std::max(session.progress().flood_until, standing.flood_until);
  return state;
}

}  // namespace tg::tdlib
