#include "source/demo/detail/markup.h"

#include <cctype>

#include "model/utf16.h"

namespace tg::demo::detail {
namespace {

using model::EntityType;

EntityType type_of(char tag) {
  switch (tag) {
    case 'b': return EntityType::bold;
    case 'i': return EntityType::italic;
    case 'u': return EntityType::underline;
    case 'x': return EntityType::strikethrough;
    case 's': return EntityType::spoiler;
    case 'c': return EntityType::code;
    case 'q': return EntityType::blockquote;
    case 'a': return EntityType::text_link;
    default: return EntityType::other;
  }
}

bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }

// Length of the hashtag, mention, cashtag or address that begins at `text`; 0 = none.
std::pair<std::size_t, EntityType> automatic(std::string_view text) {
  const auto run = [&](std::size_t from, auto belongs) {
    std::size_t i = from;
    while (i < text.size() && belongs(text[i])) ++i;
    return i;
  };
  if (text.starts_with("https://")) {
    return {run(8, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '<'; }), EntityType::url};
  }
  if (text.size() < 2) return {0, EntityType::other};
  if (text[0] == '#' && word(text[1])) return {run(1, word), EntityType::hashtag};
  if (text[0] == '@' && word(text[1])) return {run(1, word), EntityType::mention};
  if (text[0] == '$' && std::isupper(static_cast<unsigned char>(text[1])) != 0) {
    return {run(1, [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }), EntityType::cashtag};
  }
  return {0, EntityType::other};
}

}  // namespace

Formatted format(std::string_view marked) {
  Formatted out;
  std::int32_t offset = 0;
  std::optional<model::Entity> open;
  const auto add = [&](std::string_view text) {
    out.text += text;
    offset += model::utf16_length(text);
  };
  std::size_t i = 0;
  char before = ' ';
  while (i < marked.size()) {
    const auto rest = marked.substr(i);
    const auto close = rest.find('>');
    if (rest[0] == '<' && close != rest.npos) {
      if (rest[1] == '/' && open) {
        open->length = offset - open->offset;
        if (open->length > 0) out.entities.push_back(std::move(*open));
        open.reset();
      } else if (rest[1] != '/') {
        open = model::Entity{type_of(rest[1]), offset, 0, close > 3 ? std::string(rest.substr(3, close - 3)) : ""};
      }
      i += close + 1;
      continue;
    }
    const auto [length, type] = open || word(before) ? std::pair(std::size_t{0}, EntityType::other) : automatic(rest);
    if (length > 0) {
      const auto begin = offset;
      add(rest.substr(0, length));
      out.entities.push_back({type, begin, offset - begin, ""});
      before = 'x';
      i += length;
      continue;
    }
    add(rest.substr(0, 1));
    before = rest[0];
    ++i;
  }
  return out;
}

}  // namespace tg::demo::detail
