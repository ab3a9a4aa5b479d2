#include "source/tdlib/detail/file_finder.h"

#include "source/fields.h"

namespace tg::tdlib {

using source::Fields;

FoundFile read_found(const boost::json::object& file) {
  const Fields f(file);
  FoundFile found;
  found.id = f.small("id");
  found.size = f.number("size").value_or(0);
  if (const auto* local = f.object("local")) {
    const Fields l(*local);
    found.path = l.text("path");
    found.complete = l.flag("is_downloading_completed");
    found.begun = l.number("downloaded_size").value_or(0) > 0;
  }
  return found;
}

std::optional<FoundFile> find_file(const boost::json::value& content, const std::string& unique_id) {
  if (const auto* object = content.if_object()) {
    const Fields f(*object);
    const auto* remote = f.text("@type") == "file" ? f.object("remote") : nullptr;
    if (remote && Fields(*remote).text("unique_id") == unique_id) return read_found(*object);
    for (const auto& [key, value] : *object) {
      if (auto found = find_file(value, unique_id)) return found;
    }
  } else if (const auto* array = content.if_array()) {
    for (const auto& value : *array) {
      if (auto found = find_file(value, unique_id)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace tg::tdlib
