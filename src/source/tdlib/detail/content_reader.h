#pragma once
// TDLib's MessageContent to text, entities, media, poll, link preview or the name of what happened.

#include <boost/json/object.hpp>

#include "model/message.h"

namespace tg::tdlib {

// What of a content its message must know besides.
struct ContentFacts {
  bool destroys_itself = false;
  std::int64_t supergroup = 0;   // messageChatUpgradeTo
  std::int64_t basic_group = 0;  // messageChatUpgradeFrom
};

// Fills text, entities, media, poll, link_preview, service and, where no field holds all of it, raw.
ContentFacts read_content(const boost::json::object& content, model::Message& message);

// A formattedText.
void read_formatted(const boost::json::object& formatted, std::string& text, std::vector<model::Entity>& entities);

}  // namespace tg::tdlib
