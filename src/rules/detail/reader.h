#pragma once
// Reads the members of one JSON object; what is wrong with them is added to a list, each with its place.

#include <boost/json/object.hpp>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.h"

namespace tg::rules::detail {

class Reader {
 public:
  // Both must outlive it.
  Reader(const boost::json::object& from, std::string place, std::vector<Problem>& problems)
      : from_(from), place_(std::move(place)), problems_(problems) {}

  bool has(std::string_view name);  // also not null
  std::string text(std::string_view name, std::size_t longest);
  std::vector<std::string> texts(std::string_view name, std::size_t most, std::size_t longest);  // numbers too
  std::optional<bool> flag(std::string_view name);
  std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<Reader> object(std::string_view name);
  void each(std::string_view name, std::size_t most, const std::function<void(Reader&)>& read);
  template <class Enum, class Parse>
  void names(std::string_view name, std::vector<Enum>& into, Parse parse, std::string_view known) {
    for (const auto& text : texts(name, 20, 40)) {
      if (const auto value = parse(text)) {
        into.push_back(*value);
      } else {
        wrong(name, fmt::format("'{}' is none of {}", text, known));
      }
    }
  }

  void wrong(std::string_view name, std::string what);  // "": the object itself
  void ignore(std::initializer_list<std::string_view> names);
  void no_others();  // than were read so far

 private:
  const boost::json::value* member(std::string_view name);
  std::string path(std::string_view name) const;

  const boost::json::object& from_;
  std::string place_;
  std::vector<Problem>& problems_;
  std::vector<std::string> known_;
};

}  // namespace tg::rules::detail
