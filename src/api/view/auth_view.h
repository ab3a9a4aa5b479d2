#pragma once
// Accounts and their sign-in as JSON, in the predecessor's words, which knew one account.

#include <boost/json/object.hpp>
#include <string_view>

#include "api/api.h"

namespace tg::api {

// Why no account can sign in, and what to do; nothing where one can.
std::optional<Error> no_sign_in(const Parts& parts);

// waiting_code, completed, …; see docs/sign-in.md.
std::string_view status_of(const source::AccountState& account);
// Whether its sign-in is under way.
bool signs_in(const source::AccountState& account);
// The sign-in that runs, else the newest account; nothing without accounts.
const source::AccountState* current_account(const std::vector<source::AccountState>& accounts);

// `with_links`: those of QR codes, with which anyone could add an account of theirs. Does not block.
boost::json::object auth_status(const Parts& parts, bool with_links);
// The accounts as the overview and every page show them.
boost::json::array account_cards(const std::vector<source::AccountState>& accounts);

}  // namespace tg::api
