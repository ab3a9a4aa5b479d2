#pragma once
// Messages and what consumers marked, from the database into a journal and the other way; and whether both hold the
// same. (Messages go into the database by the writer: writer.h.)
//
//   message_versions · messages ──▶ events ──▶ apply ──▶ [ events · heads · counts · place ] one transaction
//
// Nothing else writes to the journal meanwhile: these hold its writer. What is done is done: a copy that was ended, in
// whatever way, goes on where it was.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/result.h"
#include "store/postgres/target.h"

namespace tg::store::postgres {

using OnCopied = std::function<void(std::int64_t done, std::int64_t all)>;

struct JournalCopied {
  std::int64_t messages = 0, events = 0;  // now; what an earlier run copied is not counted
  std::int64_t foreign = 0;               // messages that others wrote into the database: no event tells of them
  std::int64_t dropped = 0;               // of those that its gateway counted, so many are no longer in the database
};

// With chats, topics and how far other destinations are. Code::conflict: the journal holds events that do not come from
// this database.
Result<JournalCopied> copy_to_journal(const Target& database, journal::Journal& journal, const OnCopied& on_copied);

struct MarksCopied {
  std::int64_t consumers = 0, marks = 0, served = 0;
  std::int64_t left = 0;  // marks of messages that are not there
};

// What is there already stays, or becomes the later of both.
Result<MarksCopied> copy_marks_to_database(journal::Journal& journal, const Target& database);
Result<MarksCopied> copy_marks_to_journal(const Target& database, journal::Journal& journal);

// Of one chat. The sums do not depend on the order of what they are of.
struct Tally {
  std::int64_t messages = 0, versions = 0, deleted = 0;
  std::uint64_t message_sum = 0, version_sum = 0;  // of 56-bit hashes, modulo 2^56
  bool operator==(const Tally&) const = default;
};

struct Comparison {
  struct Difference {
    std::int64_t channel = 0, scope = 0;
    Tally journal, database;
  };
  Tally journal, database;  // of all chats
  std::int64_t chats = 0;
  std::vector<Difference> differences;
  std::int64_t trimmed = 0;  // messages whose content the journal no longer has: not compared
  std::int64_t too_old = 0;  // for the database: not compared
};

// What is compared of both. Messages of which only a deletion is known are in journals alone.
struct Compared {
  model::Time oldest;   // 0 = all
  bool by_date = true;  // Telegram's; else when it was first on disk
};

Result<Comparison> compare_stores(journal::Journal& journal, const Target& database, const Compared& what,
                                  const OnCopied& on_compared);

}  // namespace tg::store::postgres
