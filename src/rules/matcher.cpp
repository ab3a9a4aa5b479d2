#include "rules/matcher.h"

#include <re2/re2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "model/message_json.h"
#include "model/search_text.h"
#include "model/utf16.h"
#include "rules/detail/redaction.h"

namespace tg::rules {
namespace {

using model::search_text;

constexpr std::int64_t kMostMemory = 8 << 20;  // of one compiled expression and its work
constexpr std::size_t kMostSpans = 50;

bool is_word_character(UChar32 c) {
  return u_isalnum(c) || c == '_' || (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_MC_MASK | U_GC_ME_MASK)) != 0;
}

// Whether [begin, end) of the text is not inside a longer word.
bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  UChar32 c = 0;
  if (begin > 0) {
    auto at = static_cast<std::int32_t>(begin);
    U8_PREV_OR_FFFD(bytes, 0, at, c);
    if (is_word_character(c)) return false;
  }
  if (end < text.size()) {
    auto at = static_cast<std::int32_t>(end);
    U8_NEXT_OR_FFFD(bytes, at, size, c);
    if (is_word_character(c)) return false;
  }
  return true;
}

// Every place of the word in the text, one after the other.
template <class Found>
void each_place(std::string_view text, std::string_view word, bool whole, Found found) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    if (whole && !stands_alone(text, at, at + word.size())) continue;
    if (!found(at)) return;
  }
}

bool holds_word(std::string_view text, std::string_view word, bool whole) {
  bool there = false;
  each_place(text, word, whole, [&](std::size_t) { return !(there = true); });
  return there;
}

template <class List, class Value>
bool holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool has_link(const model::Message& m) {
  return m.link_preview || std::any_of(m.entities.begin(), m.entities.end(), [](const model::Entity& entity) {
           return entity.type == model::EntityType::url || entity.type == model::EntityType::text_link;
         });
}

std::string without_hash(std::string tag) {
  if (tag.starts_with('#')) tag.erase(0, 1);
  return tag;
}

std::size_t byte_at(std::string_view text, std::int64_t unit) {
  std::int64_t units = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) == 0x80U) continue;
    if (units >= unit) return i;
    units += byte >= 0xF0 ? 2 : 1;
  }
  return text.size();
}

bool has_hashtag(const model::Message& m, const std::vector<std::string>& wanted) {
  return std::any_of(m.entities.begin(), m.entities.end(), [&](const model::Entity& entity) {
    if (entity.type != model::EntityType::hashtag) return false;
    const auto begin = byte_at(m.text, entity.offset), end = byte_at(m.text, entity.offset + entity.length);
    return holds(wanted, without_hash(search_text(std::string_view(m.text).substr(begin, end - begin))));
  });
}

std::vector<detail::Part> parts_of(const re2::RE2& regex, std::string_view text, std::size_t most) {
  std::vector<detail::Part> parts;
  const re2::StringPiece whole(text.data(), text.size());
  re2::StringPiece match;
  for (std::size_t at = 0; at < text.size() && parts.size() < most;) {
    if (!regex.Match(whole, at, text.size(), re2::RE2::UNANCHORED, &match, 1)) break;
    const auto begin = static_cast<std::size_t>(match.data() - text.data());
    const auto end = begin + match.size();
    if (match.empty()) {
      at = begin + 1;  // within a character nothing begins: RE2 reads whole ones
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
      continue;
    }
    parts.push_back({begin, end});
    at = end;
  }
  return parts;
}

Span span_of(std::string_view text, std::size_t begin, std::size_t end) {
  return {model::utf16_length(text.substr(0, begin)), model::utf16_length(text.substr(begin, end - begin))};
}

}  // namespace

const std::string& Subject::folded_text() const {
  if (!folded_) folded_ = search_text(message_.text);
  return *folded_;
}

Matcher::Matcher() = default;
Matcher::~Matcher() = default;

std::shared_ptr<const Matcher> Matcher::make(Rule rule, std::vector<Problem>& problems) {
  auto matcher = std::shared_ptr<Matcher>(new Matcher);
  const auto& c = rule.conditions;
  if (!c.regex.empty()) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMostMemory);
    options.set_case_sensitive(!c.ignore_case);
    matcher->regex_ = std::make_unique<re2::RE2>(c.regex, options);
    if (!matcher->regex_->ok()) {
      // RE2 names the part that it stumbled over; where it stands is for us to say.
      Problem problem{"conditions.regex", "is no RE2 expression: " + matcher->regex_->error(), std::nullopt};
      const auto at = c.regex.find(matcher->regex_->error_arg());
      if (at != std::string::npos) problem.offset = model::utf16_length(std::string_view(c.regex).substr(0, at));
      problems.push_back(std::move(problem));
    }
  }
  const auto fold = [&](std::string_view field, const std::vector<std::string>& words) {
    std::vector<std::string> all;
    for (const auto& word : words) {
      all.push_back(search_text(word));
      // Any text would hold it.
      if (all.back().empty()) {
        problems.push_back({fmt::format("conditions.{}", field), "has a word of accents alone", std::nullopt});
      }
    }
    return all;
  };
  matcher->any_of_ = fold("keywords.anyOf", c.keywords.any_of);
  matcher->all_of_ = fold("keywords.allOf", c.keywords.all_of);
  matcher->none_of_ = fold("keywords.noneOf", c.keywords.none_of);
  matcher->senders_ = fold("senders", c.senders);
  for (auto& tag : fold("hashtags", c.hashtags)) matcher->hashtags_.push_back(without_hash(std::move(tag)));
  if (!problems.empty()) return nullptr;
  matcher->rule_ = std::move(rule);
  return matcher;
}

bool Matcher::regex_holds(const model::Message& m) const {
  const auto in = [&](const std::string& text) {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
  };
  if (in(m.text)) return true;
  if (!rule_.actions.redact) return false;
  // What is to be made unreadable is so wherever it stands.
  auto copy = m;
  return redact(copy);
}

bool Matcher::ask(const Subject& subject, std::vector<std::string_view>* failed) const {
  const auto& c = rule_.conditions;
  const auto& m = subject.message();
  bool all = true;
  // Cheap ones first: where nobody wants to know which, the first that fails ends it.
  const auto holds_that = [&](std::string_view name, bool asked, const auto& question) {
    if (!asked || (!all && !failed) || question()) return;
    all = false;
    if (failed) failed->push_back(name);
  };
  const bool whole = c.keywords.whole_words;
  const auto there = [&](const std::string& word) { return holds_word(subject.folded_text(), word, whole); };

  holds_that("channels", !c.channels.empty(), [&] { return holds(c.channels, m.key.peer); });
  holds_that("kinds", !c.kinds.empty() && subject.kind(), [&] { return holds(c.kinds, *subject.kind()); });
  holds_that("origins", !c.origins.empty(), [&] { return holds(c.origins, subject.origin()); });
  holds_that("hasMedia", c.has_media.has_value(),
             [&] { return *c.has_media == (m.media.type != model::MediaType::none); });
  holds_that("mediaTypes", !c.media_types.empty(), [&] { return holds(c.media_types, m.media.type); });
  holds_that("forwarded", c.forwarded.has_value(), [&] { return *c.forwarded == m.forward.has_value(); });
  holds_that("reply", c.reply.has_value(), [&] { return *c.reply == m.reply.has_value(); });
  holds_that("hasLink", c.has_link.has_value(), [&] { return *c.has_link == has_link(m); });
  holds_that("tags", !c.tags.empty(), [&] {
    return std::any_of(m.tags.begin(), m.tags.end(), [&](const std::string& tag) { return holds(c.tags, tag); });
  });
  holds_that("senders", !c.senders.empty(), [&] {
    return (m.sender_id != 0 && holds(c.senders, std::to_string(m.sender_id))) ||
           (!m.sender.empty() && holds(senders_, search_text(m.sender)));
  });
  holds_that("hashtags", !c.hashtags.empty(), [&] { return has_hashtag(m, hashtags_); });
  holds_that("keywords.anyOf", !any_of_.empty(), [&] { return std::any_of(any_of_.begin(), any_of_.end(), there); });
  holds_that("keywords.allOf", !all_of_.empty(), [&] { return std::all_of(all_of_.begin(), all_of_.end(), there); });
  holds_that("keywords.noneOf", !none_of_.empty(),
             [&] { return std::none_of(none_of_.begin(), none_of_.end(), there); });
  holds_that("regex", regex_ != nullptr, [&] { return regex_holds(m); });
  return all;
}

bool Matcher::matches(const Subject& subject) const { return ask(subject, nullptr); }

bool Matcher::calls(const Subject& subject) const {
  using model::Kind;
  const auto& c = rule_.conditions;
  const auto kind = subject.kind().value_or(Kind::created);
  if (c.kinds.empty() && kind != Kind::created) return false;
  // Other kinds are never offered as news: a rule that names them means them.
  const bool can_be_news =
      kind == Kind::created || kind == Kind::edited || kind == Kind::restored || kind == Kind::reprocess;
  if (c.origins.empty() && can_be_news && !subject.offered()) return false;
  return matches(subject);
}

std::vector<std::string_view> Matcher::failed(const Subject& subject) const {
  std::vector<std::string_view> names;
  ask(subject, &names);
  return names;
}

std::vector<Span> Matcher::spans(const model::Message& message) const {
  const std::string_view text = message.text;
  std::vector<Span> all;
  if (regex_) {
    for (const auto& part : parts_of(*regex_, text, kMostSpans)) all.push_back(span_of(text, part.begin, part.end));
  }
  if (!any_of_.empty() || !all_of_.empty()) {
    const auto mapped = model::mapped_search_text(text);
    for (const auto* words : {&any_of_, &all_of_}) {
      for (const auto& word : *words) {
        each_place(mapped.folded, word, rule_.conditions.keywords.whole_words, [&](std::size_t at) {
          all.push_back(span_of(text, mapped.begins[at], mapped.ends[at + word.size() - 1]));
          return all.size() < 2 * kMostSpans;
        });
      }
    }
  }
  std::sort(all.begin(), all.end());
  std::vector<Span> apart;
  for (const auto& span : all) {
    if (!apart.empty() && span.offset < apart.back().offset + apart.back().length) {
      auto& last = apart.back();
      last.length = std::max(last.length, span.offset + span.length - last.offset);
    } else if (apart.size() < kMostSpans) {
      apart.push_back(span);
    }
  }
  return apart;
}

bool Matcher::redact(model::Message& message) const {
  const auto find = [this](std::string_view text) { return parts_of(*regex_, text, SIZE_MAX); };
  return detail::redact(message, find, *rule_.actions.redact);
}

}  // namespace tg::rules
