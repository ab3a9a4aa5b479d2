#pragma once
// The schemas of the OpenAPI document, written by hand: a JSON object of name → JSON Schema.

#include <string_view>

namespace tg::api {

extern const std::string_view kSchemas;

}  // namespace tg::api
