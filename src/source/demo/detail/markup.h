#pragma once
// A small markup for made-up texts, so that entities need not be counted by hand: <b> <i> <u> <x> strikethrough,
// <s> spoiler, <c> code, <q> quote, <a address>text</a>; hashtags, @mentions, $CASHTAGS and addresses are found.

#include <string>
#include <string_view>
#include <vector>

#include "model/message.h"

namespace tg::demo::detail {

struct Formatted {
  std::string text;
  std::vector<model::Entity> entities;  // by offset, none overlaps another
};

Formatted format(std::string_view marked);

}  // namespace tg::demo::detail
