#pragma once
// The predecessor's database, read as it is: whichever of its two shapes the table has, and whatever columns are there.
// Rows come ordered by channel and message, those of one message together, oldest first; what has no number for either
// comes first, a row alone.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "legacy/detail/row.h"
#include "model/result.h"
#include "store/postgres/snapshot.h"

namespace tg::legacy::detail {

struct Channel {
  std::int64_t peer = 0;
  std::string title, label, description;
  bool active = true;
  model::Time updated_at;
};

class Predecessor {
 public:
  static Result<std::unique_ptr<Predecessor>> open(const store::postgres::Target& target, const std::string& schema,
                                                   const std::string& table);

  const std::string& shape() const { return shape_; }    // migrations, self-made, other
  const std::string& server() const { return server_; }  // PostgreSQL's version
  Result<std::int64_t> count();
  Result<std::int64_t> bytes();  // of the table on the server's disk
  Result<std::vector<Channel>> channels();

  // Behind this message; nothing: from the beginning.
  struct Place {
    std::int64_t peer = 0, message = 0;
  };
  Result<void> begin(std::optional<Place> after);
  Result<std::vector<Row>> next();  // the rows of one message; empty: no more

 private:
  Predecessor(std::unique_ptr<store::postgres::Snapshot> snapshot, std::string schema, std::string table);
  Result<void> look();
  std::string column(std::string_view name) const;  // as text, NULL where it is not there
  std::string time(std::string_view name) const;    // µs since 1970

  std::unique_ptr<store::postgres::Snapshot> snapshot_;
  std::string schema_, table_, shape_, server_;
  std::vector<std::string> columns_;
  std::vector<Row> rows_;  // fetched, not given yet
  std::size_t given_ = 0;
  bool ended_ = true;
};

}  // namespace tg::legacy::detail
