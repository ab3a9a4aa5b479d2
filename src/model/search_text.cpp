#include "model/search_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <stdexcept>

namespace tg::model {
namespace {

const icu::Normalizer2& checked(const icu::Normalizer2* normalizer, UErrorCode status) {
  if (U_FAILURE(status) || normalizer == nullptr) throw std::logic_error("ICU lacks its normalisation data");
  return *normalizer;
}

const icu::Normalizer2& case_fold() {
  UErrorCode status = U_ZERO_ERROR;
  return checked(icu::Normalizer2::getNFKCCasefoldInstance(status), status);
}
const icu::Normalizer2& decompose() {
  UErrorCode status = U_ZERO_ERROR;
  return checked(icu::Normalizer2::getNFDInstance(status), status);
}
const icu::Normalizer2& compose() {
  UErrorCode status = U_ZERO_ERROR;
  return checked(icu::Normalizer2::getNFCInstance(status), status);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Accents; and plane 16, private to nobody here: the local index marks chats with it.
bool is_dropped(UChar32 c) { return u_charType(c) == U_NON_SPACING_MARK || c >= 0x100000; }

}  // namespace

std::string search_text(std::string_view text) {
  std::string folded;
  if (is_ascii(text)) {
    folded.assign(text);
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
  }
  UErrorCode status = U_ZERO_ERROR;
  const auto source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const icu::UnicodeString wide = decompose().normalize(case_fold().normalize(source, status), status);
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < wide.length();) {
    const UChar32 c = wide.char32At(i);
    if (!is_dropped(c)) bare.append(c);
    i += U16_LENGTH(c);
  }
  const icu::UnicodeString whole = compose().normalize(bare, status);
  if (U_FAILURE(status)) throw std::logic_error("ICU cannot normalise");
  whole.toUTF8String(folded);
  return folded;
}

MappedText mapped_search_text(std::string_view text) {
  MappedText mapped;
  const auto add = [&](std::size_t begin, std::size_t end) {
    const auto part = search_text(text.substr(begin, end - begin));
    mapped.folded += part;
    mapped.begins.insert(mapped.begins.end(), part.size(), static_cast<std::uint32_t>(begin));
    mapped.ends.insert(mapped.ends.end(), part.size(), static_cast<std::uint32_t>(end));
  };
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t begin = 0;
  for (std::int32_t at = 0; at < size;) {
    const std::int32_t here = at;
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(reinterpret_cast<const std::uint8_t*>(text.data()), at, size, c);
    const bool apart = case_fold().hasBoundaryBefore(c) && compose().hasBoundaryBefore(c);
    if (here > begin && apart) {
      add(static_cast<std::size_t>(begin), static_cast<std::size_t>(here));
      begin = here;
    }
  }
  if (size > begin) add(static_cast<std::size_t>(begin), static_cast<std::size_t>(size));
  return mapped;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace tg::model
