#pragma once
// Parameters of one statement, in PostgreSQL's binary form: numbers, texts, times, and arrays of them for unnest.
// Own their bytes. A Time of 0 is NULL; other values that may be absent are made so in SQL (NULLIF($1, 0)).

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"

namespace tg::store::postgres {

class Params {
 public:
  Params& add(std::int64_t value);  // bigint
  Params& add(bool value);
  Params& add(std::string_view text);
  Params& add(const std::string& text) { return add(std::string_view(text)); }
  Params& add(const char* text) { return add(std::string_view(text)); }
  Params& add(model::Time time);  // timestamptz
  template <class Tag>
  Params& add(model::Id<Tag> id) {
    return add(id.value);
  }
  Params& add(std::span<const std::int64_t> values);  // bigint[]; of a vector as well
  Params& add(std::span<const std::string> texts);    // text[]
  Params& add(std::span<const model::Time> times);    // timestamptz[]
  Params& add_bools(std::span<const char> values);    // boolean[]

  int size() const { return static_cast<int>(values_.size()); }
  std::size_t bytes() const;
  std::size_t hash() const;  // of all values; never 0

 private:
  friend class Connection;
  struct Value {
    unsigned type = 0;  // its OID
    std::string bytes;
    bool null = false;
  };
  std::vector<Value> values_;
};

}  // namespace tg::store::postgres
