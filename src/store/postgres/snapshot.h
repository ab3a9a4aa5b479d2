#pragma once
// Another program's tables as they stood at one moment: one read-only transaction, in which nothing can be written
// there. Values are text; who asks casts. Used by one thread. A pooler in transaction mode may stand between.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "store/postgres/target.h"

namespace tg::store::postgres {

// postgresql://USER@HOST:PORT/DATABASE?sslmode=…, as libpq reads it. Code::invalid_input where it is none.
Result<Target> target_from_url(const std::string& url);

class Connection;

class Snapshot {
 public:
  using Value = std::optional<std::string>;  // nothing: NULL
  using Table = std::vector<std::vector<Value>>;

  static Result<std::unique_ptr<Snapshot>> open(const Target& target);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // $1, $2, … are texts; so must be all columns.
  Result<Table> read(const std::string& sql, const std::vector<std::string>& values = {});

  // A query whose rows are fetched piece by piece; the one before is forgotten.
  Result<void> begin(const std::string& sql);
  Result<Table> next(std::size_t most);  // empty: no more

 private:
  explicit Snapshot(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
  bool open_query_ = false;
};

}  // namespace tg::store::postgres
