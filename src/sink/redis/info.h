#pragma once
// The answer to INFO: lines of name:value.

#include <string>
#include <string_view>

namespace tg::redis {

class Info {
 public:
  explicit Info(std::string_view text) : text_(text) {}

  std::string_view text(std::string_view name) const;  // empty where it is not there
  std::int64_t number(std::string_view name) const;    // 0 where it is not there, or none

 private:
  std::string_view text_;  // the caller's
};

}  // namespace tg::redis
