#pragma once
// The query of GET /api/messages, in every spelling that callers use, and the pagination of its answer.

#include <boost/json/object.hpp>
#include <string>

#include "api/query.h"
#include "api/route.h"
#include "store/store.h"

namespace tg::api {

struct MessagesQuery {
  store::PageQuery page;
  std::int64_t page_number = 0;  // 0: not asked for by number
};

Result<MessagesQuery> page_query(const Query& query);
// `absent`: what is known of the message that the page was asked for around and that it does not have.
std::string pagination_json(const MessagesQuery& query, const store::Page& page,
                            const boost::json::object* absent = nullptr);
std::vector<Parameter> page_parameters();

}  // namespace tg::api
