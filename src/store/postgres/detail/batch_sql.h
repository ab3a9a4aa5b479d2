#pragma once
// A batch as statements of one transaction: arrays, never a statement a message. Each may be told twice: what is there
// already, or newer, stays.

#include <string>
#include <vector>

#include "store/postgres/detail/batch.h"

namespace tg::store::postgres {

// `journal_began`: the first seq that this journal can have given. Versions that an earlier journal told stay.
// `stored_to`: the database's cursor before the batch.
std::vector<Query> statements_of(const Batch& batch, model::Seq journal_began, model::Seq stored_to);
// Fails with TG001 where the cursor is elsewhere; "" and 0: there is none. For the start of a transaction.
Query expect_cursor(const std::string& journal_id, model::Seq seq);
Query move_cursor(const std::string& journal_id, model::Seq seq);

}  // namespace tg::store::postgres
