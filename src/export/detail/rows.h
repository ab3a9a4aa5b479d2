#pragma once
// Goes through stored messages page by page, oldest first, so that memory holds one page.

#include <functional>

#include "export/export.h"

namespace tg::exporting::detail {

using TakeRow = std::function<Result<void>(const store::Row&)>;

struct Wanted {
  std::vector<model::ChatId> channels;  // empty = all
  // Only this chat: the same number in another account, and the group that it was before, are chats of their own.
  const store::Chat* only = nullptr;
  // A running gateway keeps adding at the end, and without a bound a lively one would never be done.
  model::Time until;
};

// In one order by date. Counts what it hands over.
Result<void> each_row(store::Store& store, const Options& options, const Wanted& wanted, const TakeRow& take,
                      Written& written);

// The bound for these chats: now, or their newest date where a clock was ahead.
model::Time newest_of(const std::vector<store::Chat>& chats);

// The chats that the options name, by title; Code::not_found for one that is not stored.
Result<std::vector<store::Chat>> chats_of(store::Store& store, const Options& options);

}  // namespace tg::exporting::detail
