#pragma once
// Goes through stored messages page by page, oldest first, so that memory holds one page.

#include <functional>

#include "export/export.h"

namespace tg::exporting::detail {

using TakeRow = std::function<Result<void>(const store::Row&)>;

// Of the channels given, in one order by date; messages that arrive meanwhile with later dates are left out.
Result<void> each_row(store::Store& store, const Options& options, const std::vector<model::ChatId>& channels,
                      const TakeRow& take, Written& written);

// The chats that the options name, by title; Code::not_found for one that is not stored.
Result<std::vector<store::Chat>> chats_of(store::Store& store, const Options& options);

}  // namespace tg::exporting::detail
