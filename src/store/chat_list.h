#pragma once
// Chats as people know them: one an id. A supergroup also holds, in the scope of an account, the messages of the group
// that it was, and two accounts number a private chat each for itself; the store keeps these apart, with one id.

#include <vector>

#include "store/store.h"

namespace tg::store {

// Facts of the first scope that has them, counts of all together; keeps the order of the first of each id.
std::vector<Chat> one_an_id(std::vector<Chat> chats);

}  // namespace tg::store
