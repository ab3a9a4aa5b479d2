#pragma once
// A channel's newest messages as RSS 2.0, Atom and JSON Feed 1.1. Everything in them is somebody else's text.

#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace tg::api {

struct Feed {
  const store::Chat& chat;
  const std::vector<store::Row>& rows;  // newest first
};

std::string rss_of(const Feed& feed);
std::string atom_of(const Feed& feed);
std::string json_feed_of(const Feed& feed);

// Text between tags or in a quoted attribute; characters that XML 1.0 does not allow are left out.
std::string xml_text(std::string_view text);
// Where Telegram itself shows the message.
std::string telegram_link(const store::Chat& chat, model::MessageId message);

}  // namespace tg::api
