#pragma once
// Makes what a source shows fit for every database and reader, and says what its content is. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>

#include "model/message.h"

namespace tg::pipeline {

inline constexpr std::size_t kMaxTextBytes = 1 << 20;  // Telegram's own limit is 4,096 characters, premium 32,768
inline constexpr std::size_t kMaxRawBytes = 16 << 20;

// Cuts out U+0000 and what is no UTF-8 (lone surrogates included), everywhere; keeps entities within the text; sets
// `sanitised` where it did.
void normalise(model::Message& message);
// U+0000 is dropped, an ill-formed byte becomes U+FFFD. True when something changed.
bool clean(std::string& text);

// Why this cannot be a message: an id that is not positive, no date, more text than any message has.
std::optional<std::string> fault(const model::Message& message);

// Covers text, entities, media and what belongs to the post itself; never what differs by account or source
// (names of people, counters, local files). 64 bits of SHA-256.
std::int64_t content_hash(const model::Message& message);

}  // namespace tg::pipeline
