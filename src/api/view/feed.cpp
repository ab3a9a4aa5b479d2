#include "api/view/feed.h"

#include <boost/json/serialize.hpp>
#include <ctime>

#include "api/view/message_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::size_t kTitleCharacters = 80;

std::string title_of(const store::Chat& chat) {
  if (!chat.label.empty()) return chat.label;
  return chat.title.empty() ? std::to_string(chat.peer.value) : chat.title;
}

std::string chat_link(const store::Chat& chat) {
  if (!chat.username.empty()) return "https://t.me/" + chat.username;
  return telegram_link(chat, chat.newest);
}

std::string headline(const store::Row& row) {
  auto text = row.message.text;
  text = text.substr(0, text.find('\n'));
  if (text.empty()) return std::string(message_type(row.message));
  const auto shown = shortened(text, kTitleCharacters);
  return shown.size() < text.size() ? std::string(shown) + "…" : text;
}

// A whole text as HTML, escaped, with its line breaks.
std::string html_of(const store::Row& row) {
  std::string out;
  for (const char c : xml_text(row.message.text)) {
    if (c == '\n')
      out += "<br>";
    else
      out.push_back(c);
  }
  return out;
}

std::string rfc822(model::Time time) {
  const std::time_t seconds = time.to_seconds();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &parts)};
}

model::Time changed(const store::Row& row) { return row.message.edit_date ? row.message.edit_date : row.message.date; }

model::Time newest(const Feed& feed) {
  model::Time time = feed.chat.created_at;
  for (const auto& row : feed.rows) time = std::max(time, changed(row));
  return time;
}

std::string id_of(const store::Row& row) { return "urn:telegram:" + model::to_api_id(row.message.key); }

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        // U+FFFE and U+FFFF are no XML characters either.
        if (c == 0xEF && text.substr(i, 2) == "\xEF\xBF" && i + 2 < text.size() &&
            (text[i + 2] == '\xBE' || text[i + 2] == '\xBF')) {
          i += 2;
        } else if (c >= 0x20 || c == '\t' || c == '\n') {
          out.push_back(text[i]);
        }
    }
  }
  return out;
}

std::string telegram_link(const store::Chat& chat, model::MessageId message) {
  if (!chat.username.empty()) return fmt::format("https://t.me/{}/{}", chat.username, message.value);
  if (model::is_channel(chat.peer))
    return fmt::format("https://t.me/c/{}/{}", -1'000'000'000'000 - chat.peer.value, message.value);
  return "https://t.me/";
}

std::string rss_of(const Feed& feed) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{}</title><link>{}</link>"
      "<description>{}</description><lastBuildDate>{}</lastBuildDate>\n",
      xml_text(title_of(feed.chat)), xml_text(chat_link(feed.chat)),
      xml_text(feed.chat.description.empty() ? title_of(feed.chat) : feed.chat.description), rfc822(newest(feed)));
  for (const auto& row : feed.rows) {
    // The description is HTML, so it is escaped once for HTML and once for XML.
    out += fmt::format(
        "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid><pubDate>{}</pubDate>"
        "<description>{}</description></item>\n",
        xml_text(headline(row)), xml_text(telegram_link(feed.chat, row.message.key.message)), xml_text(id_of(row)),
        rfc822(row.message.date), xml_text(html_of(row)));
  }
  return out + "</channel></rss>\n";
}

std::string atom_of(const Feed& feed) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{}</title>"
      "<id>urn:telegram:{}</id><link href=\"{}\"/><updated>{}</updated>\n",
      xml_text(title_of(feed.chat)), feed.chat.peer.value, xml_text(chat_link(feed.chat)),
      model::to_rfc3339(newest(feed)));
  for (const auto& row : feed.rows) {
    const auto author = row.message.sender.empty() ? title_of(feed.chat) : row.message.sender;
    out += fmt::format(
        "<entry><title>{}</title><id>{}</id><link href=\"{}\"/><published>{}</published><updated>{}</updated>"
        "<author><name>{}</name></author><content type=\"text\">{}</content></entry>\n",
        xml_text(headline(row)), xml_text(id_of(row)), xml_text(telegram_link(feed.chat, row.message.key.message)),
        model::to_rfc3339(row.message.date), model::to_rfc3339(changed(row)), xml_text(author),
        xml_text(row.message.text));
  }
  return out + "</feed>\n";
}

std::string json_feed_of(const Feed& feed) {
  json::array items;
  for (const auto& row : feed.rows) {
    json::object item{{"id", model::to_api_id(row.message.key)},
                      {"url", telegram_link(feed.chat, row.message.key.message)},
                      {"title", headline(row)},
                      {"content_text", row.message.text},
                      {"date_published", model::to_rfc3339(row.message.date)},
                      {"date_modified", model::to_rfc3339(changed(row))}};
    if (!row.message.sender.empty()) item["authors"] = json::array{json::object{{"name", row.message.sender}}};
    items.push_back(std::move(item));
  }
  return json::serialize(json::object{{"version", "https://jsonfeed.org/version/1.1"},
                                      {"title", title_of(feed.chat)},
                                      {"home_page_url", chat_link(feed.chat)},
                                      {"description", feed.chat.description},
                                      {"items", std::move(items)}});
}

}  // namespace tg::api
