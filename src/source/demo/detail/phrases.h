#pragma once
// What the made-up channels say: sentences by style, in the markup of markup.h, with {names} that are filled in.
//
//   {asset} {price} {stop} {t1} {t2} {pct} {n} {big} {hour} {place} {vessel} {note}

#include <span>
#include <string>
#include <string_view>

#include "source/demo/detail/channels.h"
#include "source/demo/detail/random.h"

namespace tg::demo::detail {

std::span<const std::string_view> openings(Style style);  // posts of their own
std::span<const std::string_view> answers(Style style);   // replies to one of them
std::span<const std::string_view> captions(Style style);  // under photos

struct Headline {
  std::string_view site, title, description, path;
};
const Headline& headline(Style style, Random& random);

struct Question {
  std::string_view question;
  std::array<std::string_view, 3> options;
};
const Question& question(Style style, Random& random);

// A later version has other numbers in some places; everything else stays.
std::string fill_in(std::string_view sentence, Style style, Random random, int version);

std::span<const std::string_view> people();  // senders in groups
std::span<const std::string_view> topics();  // of the group

}  // namespace tg::demo::detail
