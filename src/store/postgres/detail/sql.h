#pragma once
// A statement that is put together from parts, with its parameters numbered as they come.

#include <string>
#include <string_view>

#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {

class Sql {
 public:
  Sql& text(std::string_view part) {
    text_ += part;
    return *this;
  }
  // The value's place in the text: $1, $2, …
  template <class Value>
  Sql& value(const Value& value) {
    params_.add(value);
    text_ += '$';
    text_ += std::to_string(params_.size());
    return *this;
  }
  Query query() && { return {std::move(text_), std::move(params_)}; }

 private:
  std::string text_;
  Params params_;
};

}  // namespace tg::store::postgres
