#include "rules/detail/redaction.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "model/utf16.h"

namespace tg::rules::detail {
namespace {

using model::EntityType;

// What Telegram's clients find in the text by themselves: true of the whole word only.
bool names_its_text(EntityType type) {
  switch (type) {
    case EntityType::mention:
    case EntityType::hashtag:
    case EntityType::cashtag:
    case EntityType::bot_command:
    case EntityType::url:
    case EntityType::email:
    case EntityType::phone:
    case EntityType::bank_card:
    case EntityType::custom_emoji: return true;
    default: return false;
  }
}

struct Move {
  std::int64_t begin, end;          // in the old text, UTF-16 units
  std::int64_t new_begin, new_end;  // in the new one
};

// Where a place of the old text is in the new one. In the middle of what went: at the edge that leaves the replacement
// out.
std::int64_t moved(const std::vector<Move>& moves, std::int64_t at, bool is_end) {
  std::int64_t shift = 0;
  for (const auto& move : moves) {
    if (at < move.begin || (at == move.begin && is_end)) break;
    if (at == move.begin) return move.new_begin;
    if (at < move.end) return is_end ? move.new_begin : move.new_end;
    shift = move.new_end - move.end;
    if (at == move.end) return move.new_end;
  }
  return at + shift;
}

void move_entities(std::vector<model::Entity>& entities, const std::vector<Move>& moves) {
  std::erase_if(entities, [&](model::Entity& entity) {
    const std::int64_t begin = entity.offset, end = begin + entity.length;
    const bool touched =
        std::any_of(moves.begin(), moves.end(), [&](const Move& move) { return move.begin < end && begin < move.end; });
    if (touched && names_its_text(entity.type)) return true;
    const auto from = moved(moves, begin, false), to = moved(moves, end, true);
    entity.offset = static_cast<std::int32_t>(from);
    entity.length = static_cast<std::int32_t>(to - from);
    return to <= from;
  });
}

// The new text; empty moves: nothing went.
std::vector<Move> replace(std::string& text, const std::vector<Part>& parts, std::string_view with) {
  std::vector<Move> moves;
  std::string out;
  std::size_t done = 0;
  std::int64_t old_at = 0, new_at = 0;
  const auto width = model::utf16_length(with);
  for (const auto& part : parts) {
    const auto kept = std::string_view(text).substr(done, part.begin - done);
    const auto gone = model::utf16_length(std::string_view(text).substr(part.begin, part.end - part.begin));
    out.append(kept).append(with);
    old_at += model::utf16_length(kept);
    new_at += model::utf16_length(kept);
    moves.push_back({old_at, old_at + gone, new_at, new_at + width});
    old_at += gone;
    new_at += width;
    done = part.end;
  }
  if (moves.empty()) return moves;
  out.append(text, done);
  text = std::move(out);
  return moves;
}

// Whether any text or number of it matches.
bool holds(const boost::json::value& value, const Find& find) {
  if (const auto* text = value.if_string()) return !find(std::string_view(*text)).empty();
  if (const auto* list = value.if_array()) {
    return std::any_of(list->begin(), list->end(), [&](const auto& one) { return holds(one, find); });
  }
  if (const auto* object = value.if_object()) {
    return std::any_of(object->begin(), object->end(), [&](const auto& member) { return holds(member.value(), find); });
  }
  return value.is_number() && !find(boost::json::serialize(value)).empty();
}

bool raw_holds(const std::string& raw, const Find& find) {
  if (raw.empty()) return false;
  boost::json::error_code error;
  const auto value = boost::json::parse(raw, error);
  return error ? !find(raw).empty() : holds(value, find);
}

}  // namespace

bool redact(model::Message& m, const Find& find, std::string_view with) {
  bool changed = false;
  const auto in = [&](std::string& text) {
    if (text.empty()) return;
    changed = !replace(text, find(text), with).empty() || changed;
  };
  if (const auto moves = replace(m.text, find(m.text), with); !moves.empty()) {
    move_entities(m.entities, moves);
    changed = true;
  }
  for (auto& entity : m.entities) {
    if (entity.type == EntityType::text_link || entity.type == EntityType::url) in(entity.value);
  }
  in(m.media.file_name);
  if (m.reply) in(m.reply->text);
  if (m.link_preview) {
    auto& l = *m.link_preview;
    for (auto* text : {&l.url, &l.title, &l.description, &l.site_name, &l.author, &l.image}) in(*text);
  }
  if (m.poll) {
    in(m.poll->question);
    for (auto& option : m.poll->options) in(option.text);
  }
  changed = raw_holds(m.raw, find) || changed;
  // Not known to be free of it where a text was: it is written in another way there (in parts).
  if (changed) m.raw.clear();
  m.redacted = m.redacted || changed;
  return changed;
}

}  // namespace tg::rules::detail
