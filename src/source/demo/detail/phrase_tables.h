#pragma once
// The sentences and words themselves, apart from what is done with them.

#include "source/demo/detail/phrases.h"

namespace tg::demo::detail {

struct Sentences {
  std::span<const std::string_view> openings, answers, captions;
};

const Sentences& sentences(Style style);
// {asset}, {place}, {vessel}, {note}; empty for numbers.
std::span<const std::string_view> word_list(std::string_view name, Style style);
std::span<const Headline> headlines(Style style);
std::span<const Question> questions(Style style);

}  // namespace tg::demo::detail
