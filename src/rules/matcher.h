#pragma once
// One rule, made ready to be asked of many messages. Immutable; any thread.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/message.h"
#include "rules/rule.h"

namespace re2 {
class RE2;
}

namespace tg::rules {

// What a rule is asked about; must not outlive the message. For one thread.
class Subject {
 public:
  Subject(const model::Message& message, model::Origin origin, std::optional<model::Kind> kind = std::nullopt,
          bool offered = true)
      : message_(message), origin_(origin), kind_(kind), offered_(offered) {}

  const model::Message& message() const { return message_; }
  model::Origin origin() const { return origin_; }
  std::optional<model::Kind> kind() const { return kind_; }  // nothing: not known yet
  bool offered() const { return offered_; }                  // news
  const std::string& folded_text() const;
  void text_changed() { folded_.reset(); }

 private:
  const model::Message& message_;
  model::Origin origin_;
  std::optional<model::Kind> kind_;
  bool offered_;
  mutable std::optional<std::string> folded_;
};

// A part of a message's text; UTF-16 units.
struct Span {
  std::int64_t offset = 0, length = 0;

  auto operator<=>(const Span&) const = default;
};

class Matcher {
 public:
  // Nothing where the expression is wrong: then `problems` says why and where.
  static std::shared_ptr<const Matcher> make(Rule rule, std::vector<Problem>& problems);
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  const Rule& rule() const { return rule_; }
  bool matches(const Subject& subject) const;
  // Whether it calls for an alert or a forward of this: news, newly posted, unless the rule names kinds or origins.
  bool calls(const Subject& subject) const;
  // Names of the conditions that do not hold, as in the rule's JSON (keywords.anyOf).
  std::vector<std::string_view> failed(const Subject& subject) const;
  // What of the text regex and keywords matched, in order, without overlaps; at most 50.
  std::vector<Span> spans(const model::Message& message) const;
  // Replaces what the regex matches, in every text of the message; false: nothing was there.
  bool redact(model::Message& message) const;

 private:
  Matcher();
  bool ask(const Subject& subject, std::vector<std::string_view>* failed) const;
  bool regex_holds(const model::Message& message) const;

  Rule rule_;
  std::unique_ptr<re2::RE2> regex_;
  std::vector<std::string> any_of_, all_of_, none_of_, senders_, hashtags_;  // folded
};

}  // namespace tg::rules
