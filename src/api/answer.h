#pragma once
// The envelope: {success, data, pagination} or {success:false, error, message, statusCode}.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "api/http/message.h"
#include "model/ids.h"
#include "model/result.h"

namespace tg::api {

inline constexpr std::string_view kJson = "application/json; charset=utf-8";

Response with_body(int status, std::string_view type, std::string body);
Response success(boost::json::value data, int status = 200);
Response success_text(std::string_view json_of_data, int status = 200);  // data is JSON already
Response failure(int status, std::string_view code, std::string_view message);
Response failure(const Error& error);
int status_of(Code code);

// The body as an object; an empty one is {}.
Result<boost::json::object> body_of(const Request& request);

// Text of a member; nothing where it is absent or null.
std::optional<std::string> text_of(const boost::json::object& object, std::string_view name);

std::optional<std::string> rfc3339(model::Time time);  // nothing for 0

}  // namespace tg::api
