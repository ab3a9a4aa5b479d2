#include "api/routes/file_name.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

namespace tg::api {
namespace {

constexpr std::size_t kLongest = 150;  // bytes; file systems take 255, and a browser may add " (1)"

bool is_seen(std::int32_t character) {
  const auto category = u_charType(character);
  const bool hidden = category == U_CONTROL_CHAR || category == U_FORMAT_CHAR || category == U_SURROGATE ||
                      category == U_LINE_SEPARATOR || category == U_PARAGRAPH_SEPARATOR || category == U_UNASSIGNED ||
                      category == U_PRIVATE_USE_CHAR;
  return !hidden;
}

bool is_plain(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

void append(std::string& out, std::string_view text, std::int32_t from, std::int32_t to) {
  out.append(text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
}

}  // namespace

std::string safe_file_name(std::string_view name) {
  constexpr std::string_view kForbidden = "/\\:*?\"<>|%";
  std::string out;
  const auto size = static_cast<std::int32_t>(std::min<std::size_t>(name.size(), 4'096));
  for (std::int32_t at = 0; at < size;) {
    const auto begin = at;
    std::int32_t character = 0;
    U8_NEXT(reinterpret_cast<const std::uint8_t*>(name.data()), at, size, character);
    if (character < 0 || !is_seen(character)) continue;
    const bool forbidden = character < 128 && kForbidden.find(static_cast<char>(character)) != kForbidden.npos;
    if (forbidden) {
      out.push_back('_');
    } else {
      append(out, name, begin, at);
    }
  }
  const auto first = out.find_first_not_of(". ");
  if (first == out.npos) return {};
  out.erase(0, first);
  out.erase(out.find_last_not_of(". ") + 1);
  if (out.size() <= kLongest) return out;
  // The end says what kind of file it is: the middle goes.
  const auto dot = out.rfind('.');
  std::string end = dot != out.npos && out.size() - dot <= 16 ? out.substr(dot) : "";
  std::size_t keep = kLongest - end.size();
  while (keep > 0 && (static_cast<unsigned char>(out[keep]) & 0xC0U) == 0x80U) --keep;
  return out.substr(0, keep) + end;
}

std::string content_disposition(bool shown, std::string_view name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = shown ? "inline" : "attachment";
  const auto safe = safe_file_name(name);
  if (safe.empty()) return out;
  std::string ascii, escaped;
  for (const char c : safe) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(byte) || c == ' ')
      ascii.push_back(c);
    else if (ascii.empty() || ascii.back() != '_')
      ascii.push_back('_');
    if (is_plain(byte)) {
      escaped.push_back(c);
    } else {
      escaped.push_back('%');
      escaped.push_back(kHex[byte >> 4U]);
      escaped.push_back(kHex[byte & 15U]);
    }
  }
  return out + "; filename=\"" + ascii + "\"; filename*=UTF-8''" + escaped;
}

}  // namespace tg::api
