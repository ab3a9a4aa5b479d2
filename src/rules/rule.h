#pragma once
// What a person wants done with messages: when (conditions, all must hold) and what (actions). Plain values and their
// JSON, the form of the API, the command line and the journal; see docs/rules.md. Pure; any thread.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/message.h"

namespace tg::rules {

// In any script: compared as a search compares (model/search_text.h).
struct Keywords {
  std::vector<std::string> any_of, all_of, none_of;
  bool whole_words = false;

  bool empty() const { return any_of.empty() && all_of.empty() && none_of.empty(); }
};

// What is empty asks nothing.
struct Conditions {
  std::vector<model::ChatId> channels;
  std::vector<model::Kind> kinds;  // of the event; drop, redact and tag act before it is known
  std::string regex;               // RE2, on the text or caption
  bool ignore_case = false;
  Keywords keywords;
  std::optional<bool> has_media, forwarded, reply, has_link;
  std::vector<model::MediaType> media_types;
  std::vector<std::string> senders;   // shown name, compared as keywords are, or decimal id
  std::vector<std::string> hashtags;  // any of these
  std::vector<model::Origin> origins;
  std::vector<std::string> tags;  // any of these, as earlier rules added them
};

struct Alert {
  std::string webhook;  // URL, or empty
  std::string email;    // address, or empty: one of the two is there
};

struct ForwardTo {
  std::string account;
  model::ChatId to;
  bool copy = false;  // without its origin

  bool operator==(const ForwardTo&) const = default;
};

struct Actions {
  bool drop = false;
  std::optional<std::string> redact;  // what stands in the place of what the regex matched
  std::vector<std::string> tags;
  std::vector<std::string> route;  // only to these destinations, as sink::Sink::name() says
  std::vector<Alert> alerts;
  std::vector<ForwardTo> forwards;

  bool at_ingest() const { return drop || redact || !tags.empty(); }
};

struct Rule {
  std::int64_t id = 0;  // given by the journal; 0 = not stored
  std::string name;
  bool enabled = true;
  std::int64_t position = 0;  // smaller ones come first
  Conditions conditions;
  Actions actions;
  model::Time created_at, updated_at;
};

struct Problem {
  std::string field;                   // conditions.regex
  std::string what;                    // what is wrong, and what to write
  std::optional<std::int64_t> offset;  // into the field's text, UTF-16 units
};

// All that is wrong is added to `problems`; then the rule is not whole.
Rule read_rule(const boost::json::object& json, std::vector<Problem>& problems);
// Without id and times: what is stored and what can be sent back.
boost::json::object to_json(const Rule& rule);

}  // namespace tg::rules
