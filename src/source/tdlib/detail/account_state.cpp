#include "source/tdlib/detail/account_state.h"

namespace tg::tdlib {

using source::AccountState;
using source::SourceState;

namespace {

constexpr std::int64_t kLinkLifetimeUs = 30'000'000;  // what Telegram gives a QR code; TDLib does not tell

}  // namespace

int rank(SourceState::Code code) {
  switch (code) {
    case SourceState::Code::running: return 3;
    case SourceState::Code::signed_out: return 2;
    case SourceState::Code::failed: return 1;
    case SourceState::Code::stopped: return 0;
  }
  return 0;
}

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

std::vector<source::HistoryState> histories_of(const std::map<std::string, std::shared_ptr<Session>>& sessions) {
  std::map<model::ChatId, source::HistoryState> all;
  for (const auto& [name, session] : sessions) {
    const auto progress = session->progress();
    std::string waits_for;
    if (progress.flood_until) waits_for = "Telegram asked to wait until " + model::to_rfc3339(progress.flood_until);
    for (const auto& one : progress.histories) {
      auto& state = all[one.chat];
      if (state.chat && state.done >= one.done) continue;
      state = {one.chat, one.ids, one.done, one.seconds_left, one.began, waits_for, one.held_since};
    }
  }
  std::vector<source::HistoryState> out;
  out.reserve(all.size());
  for (auto& [chat, state] : all) out.push_back(std::move(state));
  return out;
}

}  // namespace tg::tdlib
