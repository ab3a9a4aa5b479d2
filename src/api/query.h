#pragma once
// A query string taken apart. The predecessor's clients name the same thing in several ways and repeat or
// comma-separate values; unknown names are ignored.

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/ids.h"
#include "model/result.h"

namespace tg::api {

// %xx and, in a query, + for a blank. A broken escape stays as it is.
std::string unescape(std::string_view text, bool plus_is_blank = false);

// The parameters of a query that `known` says yes to, as they were written, ordered by their names: what does not
// count for the answer is gone.
std::string known_part(std::string_view query, const std::function<bool(std::string_view name)>& known);

class Query {
 public:
  using Names = std::initializer_list<std::string_view>;

  explicit Query(std::string_view text);

  // The first value of the first name that has one; nothing where all are absent or empty.
  std::optional<std::string> text(Names names) const;
  std::string text_or(Names names, std::string_view otherwise) const;
  // All values of all names, commas separate too.
  std::vector<std::string> list(Names names) const;
  // All values of one name, whole.
  std::vector<std::string> each(std::string_view name) const;
  // Absent: `otherwise`; more than `most`, however much: `most`. An error names the parameter.
  Result<std::int64_t> number(Names names, std::int64_t otherwise, std::int64_t least, std::int64_t most) const;
  Result<std::optional<model::Time>> time(Names names) const;
  Result<std::optional<bool>> boolean(Names names) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

// A whole number, also one that is larger than any: then INT64_MAX. Nothing where it is none.
std::optional<std::int64_t> whole_number(std::string_view text);

Error bad_parameter(std::string_view name, std::string_view value, std::string_view wanted);

}  // namespace tg::api
