#pragma once
// All that one store holds, into the other: the journal's into the database by the writer that the gateway has as well,
// the database's into a journal (store/postgres/copy.h); then both are compared. No gateway may run on the journal: its
// lock is the caller's.

#include <functional>
#include <string>
#include <vector>

#include "config/config.h"
#include "journal/journal.h"
#include "store/postgres/copy.h"

namespace tg::app {

struct StoreCopied {
  std::int64_t events = 0;           // now; what an earlier run copied is not counted
  std::vector<std::string> refused;  // at most 20 of the events that the database refuses, with its reasons
  std::int64_t refused_count = 0;
  store::postgres::JournalCopied messages;  // into a journal only
  store::postgres::MarksCopied marks;
  store::postgres::Comparison comparison;

  bool same() const { return comparison.differences.empty(); }
};

enum class CopyStep { copying, marks, comparing };
using OnStoreCopied = std::function<void(CopyStep step, std::int64_t done, std::int64_t all)>;

// An error ends it where it is; the next call goes on there.
Result<StoreCopied> copy_to_postgres(const config::Postgres& config, journal::Journal& journal,
                                     const OnStoreCopied& on_copied);
Result<StoreCopied> copy_to_local(const config::Postgres& config, journal::Journal& journal,
                                  const OnStoreCopied& on_copied);
// Copies nothing. `into_database`: what retention keeps out of it is not compared.
Result<store::postgres::Comparison> compare_stores(const config::Postgres& config, journal::Journal& journal,
                                                   bool into_database, const OnStoreCopied& on_copied);

}  // namespace tg::app
