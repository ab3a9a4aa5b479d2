#pragma once
// Does a message belong to the answer of a page query? Looks at the head first; its content, acknowledgements and first
// event are read only where the query asks for them.

#include "store/local/detail/row.h"
#include "store/store.h"

namespace tg::store::local {

class Filter {
 public:
  explicit Filter(const PageQuery& query);
  Result<bool> matches(const Head& head, RowLoader& rows) const;

 private:
  bool matches_head(const Head& head) const;
  Result<bool> matches_status(const Head& head, RowLoader& rows) const;
  Result<bool> matches_content(const Head& head, RowLoader& rows) const;

  const PageQuery& query_;
  std::string needle_;
  std::optional<std::int64_t> sender_id_;
};

}  // namespace tg::store::local
