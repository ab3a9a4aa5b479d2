#pragma once
// The `file` object of a message, by its id at Telegram, wherever in the content it stands.

#include <boost/json/value.hpp>
#include <optional>
#include <string>

namespace tg::tdlib {

struct FoundFile {
  std::int32_t id = 0;  // TDLib's own, of this run
  std::int64_t size = 0;
  std::string path;       // of TDLib's copy; empty = none
  bool complete = false;  // that copy is whole
  bool begun = false;     // there are bytes of it
};

// Of a `file` object.
FoundFile read_found(const boost::json::object& file);
std::optional<FoundFile> find_file(const boost::json::value& content, const std::string& unique_id);

}  // namespace tg::tdlib
