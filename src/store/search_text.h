#pragma once
// What text is compared by in a search, the same in every store and in rules.

#include "model/search_text.h"

namespace tg::store {

using model::characters;
using model::search_text;

}  // namespace tg::store
