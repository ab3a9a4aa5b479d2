#include "export/detail/html_text.h"

namespace tg::exporting::detail {
namespace {

using model::EntityType;

// Bytes at which UTF-16 offsets begin; a linear walk over both.
std::vector<std::size_t> byte_offsets(std::string_view text, const std::vector<std::int32_t>& sorted_units) {
  std::vector<std::size_t> bytes;
  std::size_t i = 0;
  std::int32_t units = 0;
  for (const auto wanted : sorted_units) {
    while (units < wanted && i < text.size()) {
      const auto lead = static_cast<unsigned char>(text[i]);
      units += lead >= 0xF0 ? 2 : 1;
      i += lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    }
    bytes.push_back(std::min(i, text.size()));
  }
  return bytes;
}

std::string link(std::string_view address) {
  const auto safe = safe_address(address);
  if (safe.empty()) return {};
  return fmt::format(R"(<a href="{}" rel="noopener noreferrer nofollow" target="_blank">)", escape_html(safe));
}

std::pair<std::string, std::string_view> tags(const model::Entity& entity, std::string_view text) {
  switch (entity.type) {
    case EntityType::bold: return {"<b>", "</b>"};
    case EntityType::italic: return {"<i>", "</i>"};
    case EntityType::underline: return {"<u>", "</u>"};
    case EntityType::strikethrough: return {"<s>", "</s>"};
    case EntityType::spoiler: return {"<span class=\"spoiler\" tabindex=\"0\">", "</span>"};
    case EntityType::code:
    case EntityType::pre: return {"<code>", "</code>"};
    case EntityType::blockquote: return {"<q>", "</q>"};
    case EntityType::text_link:
    case EntityType::url: {
      std::string address(entity.type == EntityType::url ? text : std::string_view(entity.value));
      if (address.find(':') == std::string::npos) address.insert(0, "https://");
      auto open = link(address);
      return open.empty() ? std::pair<std::string, std::string_view>() : std::pair(open, std::string_view("</a>"));
    }
    case EntityType::mention:
    case EntityType::hashtag:
    case EntityType::cashtag:
    case EntityType::bot_command: return {"<span class=\"tag\">", "</span>"};
    default: return {};
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string safe_address(std::string_view address) {
  static constexpr std::array<std::string_view, 5> kSchemes = {"https://", "http://", "tg://", "mailto:", "ton://"};
  std::string lower;
  for (const char c : address.substr(0, 10)) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool safe =
      std::any_of(kSchemes.begin(), kSchemes.end(), [&](std::string_view s) { return lower.starts_with(s); });
  const bool plain = std::none_of(address.begin(), address.end(), [](unsigned char c) { return c <= ' '; });
  return safe && plain ? std::string(address) : std::string();
}

std::string formatted_html(std::string_view text, const std::vector<model::Entity>& entities) {
  if (entities.empty()) return escape_html(text);
  // Cut at every beginning and end; each piece gets the elements of all entities over it, so overlaps nest well.
  std::vector<std::int32_t> cuts = {0};
  for (const auto& entity : entities) {
    cuts.push_back(entity.offset);
    cuts.push_back(entity.offset + entity.length);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  const auto bytes = byte_offsets(text, cuts);
  const auto byte_of = [&](std::int32_t units) {
    return bytes[static_cast<std::size_t>(std::lower_bound(cuts.begin(), cuts.end(), units) - cuts.begin())];
  };
  std::string out;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const auto end = i + 1 < cuts.size() ? bytes[i + 1] : text.size();
    std::string piece = escape_html(text.substr(bytes[i], end - bytes[i]));
    if (piece.empty()) continue;
    for (const auto& entity : entities) {
      if (entity.offset > cuts[i] || entity.offset + entity.length <= cuts[i]) continue;
      const auto begin = byte_of(entity.offset);
      const auto [open, close] = tags(entity, text.substr(begin, byte_of(entity.offset + entity.length) - begin));
      piece = open + piece + std::string(close);
    }
    out += piece;
  }
  return out;
}

}  // namespace tg::exporting::detail
