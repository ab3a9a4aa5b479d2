#pragma once
// How accounts are, and how far they are with what they were asked for.

#include <map>
#include <memory>
#include <string>

#include "source/control.h"
#include "source/source.h"
#include "source/tdlib/session.h"

namespace tg::tdlib {

int rank(source::SourceState::Code code);  // of several accounts the state that ranks highest is told
source::AccountState state_of(const std::string& name, Session& session);
// Of two accounts that see a chat the one that has come further.
std::vector<source::HistoryState> histories_of(const std::map<std::string, std::shared_ptr<Session>>& sessions);

// What one account was asked to walk. It may be signed out meanwhile: then it is as far as it was, and no further.
struct AskedAccount {
  std::weak_ptr<Session> session;
  std::shared_ptr<Session::Asked> asked;
  source::AccountWalks last;

  source::AccountWalks look() {
    const auto there = session.lock();
    if (there && there->account().standing().stage == Stage::ready) {
      auto now = there->walks(*asked);
      now.account = last.account;
      return last = std::move(now);
    }
    if (!std::exchange(last.known, true)) {
      for (const auto chat : asked->chats) last.chats.push_back({chat, source::Walk::Stage::waiting, ""});
    }
    last.flood_until = {};
    for (auto& walk : last.chats) {
      if (walk.stage != source::Walk::Stage::waiting && walk.stage != source::Walk::Stage::walking) continue;
      walk.stage = source::Walk::Stage::left;
      walk.reason = fmt::format("the account {} was closed meanwhile", last.account);
    }
    return last;
  }
};

}  // namespace tg::tdlib
