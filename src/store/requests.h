#pragma once
// What every store expects of its callers, and what it says to them.

#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace tg::store {

// Code::invalid_input says what is wrong.
Result<void> check(const PageQuery& query);
Result<void> check(const std::vector<Mark>& marks, const std::string& consumer);
Result<void> check(const Consumer& consumer);

// What the consumer itself has marked is not unprocessed.
bool asks_for_nothing(const UnprocessedQuery& query);

Error too_many_consumers(std::size_t most);
Error unknown_consumer(const std::string& name);

// live,catchup
std::string origins_text(const std::vector<model::Origin>& origins);
std::vector<model::Origin> origins_from(std::string_view text);

}  // namespace tg::store
