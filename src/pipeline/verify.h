#pragma once
// Proves a journal: replays its events and compares what comes out with the heads, recounts what is counted, and looks
// at coverage and SQLite's own integrity. Reads only; may run beside a gateway.

#include <functional>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace tg::pipeline {

struct VerifyReport {
  std::int64_t events = 0;
  std::int64_t heads = 0;
  std::int64_t versions = 0;
  std::int64_t chats = 0;
  std::int64_t skipped = 0;           // heads whose first events were trimmed: not comparable
  std::vector<std::string> problems;  // at most 100

  bool sound() const { return problems.empty(); }
};

// progress: heads compared so far, heads in all.
Result<VerifyReport> verify(journal::Journal& journal,
                            const std::function<void(std::int64_t, std::int64_t)>& progress = {});

}  // namespace tg::pipeline
