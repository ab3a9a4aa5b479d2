#pragma once
// Repairs escapes that are no JSON before the parser sees them. Telegram Desktop writes control characters as \x0A
// (SerializeString in export_output_json.cpp); lone surrogates (\ud83d without its partner) come from other writers and
// become U+FFFD. Everything else passes unchanged, without a copy. State is kept between chunks.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tg::export_file::detail {

class Escapes {
 public:
  // Gets pieces in order; false ends the call.
  using Take = std::function<bool(std::string_view piece)>;

  bool pass(std::string_view chunk, const Take& take);
  bool finish(const Take& take);  // what is left of an escape that the end of the file cut off

 private:
  bool pending_complete() const;
  bool settle(const Take& take);

  std::string pending_;  // an escape that is not complete yet, beginning with a backslash
};

}  // namespace tg::export_file::detail
