#pragma once
// Text with its formatting: a string, or a list of strings and {type, text, …}. Offsets come out in UTF-16 units.

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/message.h"

namespace tg::export_file::detail {

struct FormattedText {
  std::string text;
  std::vector<model::Entity> entities;
};

FormattedText read_text(const boost::json::value& value);

// The number of a custom emoji; empty where an export has the path of its file or a sentence instead, which differ
// between two exports of one message.
std::string_view emoji_id(std::string_view document_id);

}  // namespace tg::export_file::detail
