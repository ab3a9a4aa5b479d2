#include "store/paging.h"

#include <array>
#include <charconv>
#include <optional>

namespace tg::store {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kLongest = 256;
// No place of ours comes near; beyond it the neighbour of a place could not be worked out.
constexpr std::int64_t kFarthest = std::int64_t{1} << 62;

// base64url without padding (RFC 4648 section 5): stands in a URL as it is.
std::string encode(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += kAlphabet[(bits >> count) & 63];
    }
  }
  if (count > 0) text += kAlphabet[(bits << (6 - count)) & 63];
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>((bits >> count) & 0xFF);
    }
  }
  return bytes;
}

Error not_a_cursor() {
  return {Code::invalid_input, "the cursor is not one of this gateway",
          "Pass nextCursor or prevCursor of an earlier answer unchanged, or leave the cursor out"};
}

}  // namespace

std::string to_text(const PageCursor& cursor) {
  auto text = fmt::format("1{}{}/{}/{}/{}", cursor.towards_older ? 'o' : 'n', cursor.from.date.us,
                          cursor.from.scope.value, cursor.from.peer.value, cursor.from.message.value);
  if (cursor.skip > 0) text += fmt::format("/{}", cursor.skip);
  return encode(text);
}

Result<PageCursor> parse_cursor(std::string_view text) {
  if (text.size() > kLongest) return not_a_cursor();
  const auto plain = decode(text);
  if (!plain || plain->size() < 3 || (*plain)[0] != '1' || ((*plain)[1] != 'o' && (*plain)[1] != 'n')) {
    return not_a_cursor();
  }
  std::array<std::int64_t, 5> numbers{};
  constexpr std::size_t kOfPlace = 4;  // the fifth, `skip`, may be absent
  const char* at = plain->data() + 2;
  const char* const end = plain->data() + plain->size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [rest, failed] = std::from_chars(at, end, numbers[i]);
    if (failed != std::errc{} || numbers[i] > kFarthest || numbers[i] < -kFarthest) return not_a_cursor();
    at = rest;
    if (at == end && i + 1 >= kOfPlace) break;
    if (at == end || i + 1 == numbers.size() || *at++ != '/') return not_a_cursor();
  }
  if (numbers[4] < 0 || numbers[4] > kLargestOffset) return not_a_cursor();
  PageCursor cursor;
  cursor.towards_older = (*plain)[1] == 'o';
  cursor.from = {model::Time{numbers[0]}, model::Scope{numbers[1]}, model::ChatId{numbers[2]},
                 model::MessageId{numbers[3]}};
  cursor.skip = numbers[4];
  return cursor;
}

Position position_of(const Row& row) {
  const auto& key = row.message.key;
  return {row.message.date, key.scope, key.peer, key.message};
}

Position just_before(Position place, bool towards_older) {
  place.message.value += towards_older ? 1 : -1;
  return place;
}

Error nothing_near(const model::MessageKey& key) {
  return {Code::not_found, fmt::format("no message is here of the chat of {}", model::to_api_id(key)), ""};
}

void set_next(Page& page, bool towards_older) {
  if (page.has_more && !page.rows.empty())
    page.next_cursor = to_text({position_of(page.rows.back()), towards_older, 0});
}

void set_previous(Page& page, bool towards_older) {
  if (!page.rows.empty()) page.prev_cursor = to_text({position_of(page.rows.front()), !towards_older, 0});
}

}  // namespace tg::store
