#pragma once
// Reads fields of a JSON object whose writer is not ours: what is absent or of another type counts as absent.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.h"

namespace tg::source {

class Fields {
 public:
  explicit Fields(const boost::json::object& object) : object_(object) {}

  bool has(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    return v && !v->is_null();
  }
  std::string_view text(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    if (!v || !v->is_string()) return {};
    return {v->get_string().data(), v->get_string().size()};
  }
  // A number, or a number in a string (date_unixtime).
  std::optional<std::int64_t> number(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    if (!v) return std::nullopt;
    if (v->is_int64()) return v->get_int64();
    if (v->is_string()) return model::parse_int({v->get_string().data(), v->get_string().size()});
    return std::nullopt;
  }
  std::int32_t small(std::string_view name) const {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(number(name).value_or(0), 0, INT32_MAX));
  }
  bool flag(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    return v && v->is_bool() && v->get_bool();
  }
  const boost::json::object* object(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    return v ? v->if_object() : nullptr;
  }
  const boost::json::array* array(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    return v ? v->if_array() : nullptr;
  }
  const boost::json::value* value(std::string_view name) const { return object_.if_contains(name); }
  const boost::json::object& all() const { return object_; }

 private:
  const boost::json::object& object_;
};

}  // namespace tg::source
