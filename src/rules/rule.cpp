#include "rules/rule.h"

#include <boost/json/serialize.hpp>

#include "config/config.h"
#include "model/message_json.h"
#include "rules/detail/reader.h"

namespace tg::rules {
namespace json = boost::json;
namespace {

using detail::Reader;

constexpr std::size_t kMostChannels = 1'000, kMostWords = 200, kMostTags = 20, kMostTargets = 5;
constexpr std::size_t kLongestName = 128, kLongestWord = 200, kLongestRegex = 1'000, kLongestUrl = 2'000;

Conditions read_conditions(Reader& r) {
  Conditions c;
  for (const auto& id : r.texts("channels", kMostChannels, 20)) {
    const auto number = model::parse_int(id);
    if (!number || *number == 0) r.wrong("channels", fmt::format("'{}' is no channel id, such as -1001234567890", id));
    c.channels.emplace_back(number.value_or(0));
  }
  r.names("kinds", c.kinds, model::parse_kind, "new, edited, deleted, restored, counters, reprocess or filled");
  r.names("origins", c.origins, model::parse_origin, "live, catchup, backfill or import");
  r.names(
      "mediaTypes", c.media_types,
      [](std::string_view name) {
        const auto type = model::parse_media_type(name);
        const bool known = !name.empty() && model::name_of(type) == name;
        return known ? std::optional(type) : std::nullopt;
      },
      "photo, video, audio, voice, video_note, animation, sticker, document, contact, location, poll or other");
  c.regex = r.text("regex", kLongestRegex);
  c.ignore_case = r.flag("ignoreCase").value_or(false);
  if (auto keywords = r.object("keywords")) {
    c.keywords.any_of = keywords->texts("anyOf", kMostWords, kLongestWord);
    c.keywords.all_of = keywords->texts("allOf", kMostWords, kLongestWord);
    c.keywords.none_of = keywords->texts("noneOf", kMostWords, kLongestWord);
    c.keywords.whole_words = keywords->flag("wholeWords").value_or(false);
    keywords->no_others();
  }
  c.has_media = r.flag("hasMedia");
  c.forwarded = r.flag("forwarded");
  c.reply = r.flag("reply");
  c.has_link = r.flag("hasLink");
  c.senders = r.texts("senders", kMostWords, kLongestWord);
  c.hashtags = r.texts("hashtags", kMostWords, kLongestWord);
  c.tags = r.texts("tags", kMostWords, kLongestWord);
  r.no_others();
  return c;
}

bool asks_nothing(const Conditions& c) {
  return c.channels.empty() && c.kinds.empty() && c.regex.empty() && c.keywords.empty() && !c.has_media &&
         !c.forwarded && !c.reply && !c.has_link && c.media_types.empty() && c.senders.empty() && c.hashtags.empty() &&
         c.origins.empty() && c.tags.empty();
}

Alert read_alert(Reader& r) {
  Alert alert;
  alert.webhook = r.text("webhook", kLongestUrl);
  alert.email = r.text("email", 254);
  if (alert.webhook.empty() == alert.email.empty()) {
    r.wrong("", "name one of webhook (a URL) and email (an address)");
  } else if (!alert.email.empty() && !config::is_mail_address(alert.email)) {
    r.wrong("email", "is no mail address; write it as desk@example.org");
  } else if (alert.email.empty() && !alert.webhook.starts_with("https://") && !alert.webhook.starts_with("http://")) {
    r.wrong("webhook", "is no URL; write it as https://desk.example.org/alerts");
  } else if (alert.webhook.find("…") != std::string::npos) {
    r.wrong("webhook", "is shortened, as it is shown without the scope admin; write the whole URL");
  }
  r.no_others();
  return alert;
}

ForwardTo read_forward(Reader& r) {
  ForwardTo forward;
  forward.account = r.text("account", kLongestName);
  if (forward.account.empty()) r.wrong("account", "is missing: the account that writes, as in /accounts");
  const auto to = model::parse_int(r.text("to", 20));
  if (!to || *to == 0) r.wrong("to", "is no chat id, such as \"-1001234567890\"");
  forward.to = model::ChatId{to.value_or(0)};
  forward.copy = r.flag("copy").value_or(false);
  r.no_others();
  return forward;
}

Actions read_actions(Reader& r) {
  Actions a;
  a.drop = r.flag("drop").value_or(false);
  if (r.has("redact")) a.redact = r.text("redact", kLongestWord);
  a.tags = r.texts("tag", kMostTags, 64);
  a.route = r.texts("route", kMostTags, 200);
  r.each("alert", kMostTargets, [&](Reader& one) { a.alerts.push_back(read_alert(one)); });
  r.each("forward", kMostTargets, [&](Reader& one) { a.forwards.push_back(read_forward(one)); });
  r.no_others();
  if (!a.at_ingest() && a.route.empty() && a.alerts.empty() && a.forwards.empty()) {
    r.wrong("", "name at least one of drop, redact, tag, route, alert and forward");
  }
  return a;
}

bool among(const std::vector<model::Kind>& kinds, model::Kind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// What fits not together.
void check(const Rule& rule, Reader& r) {
  const auto& c = rule.conditions;
  const auto& a = rule.actions;
  if (asks_nothing(c)) r.wrong("conditions", "ask nothing, so that every message would match; name at least one");
  if (a.at_ingest() && !c.kinds.empty()) {
    r.wrong("conditions.kinds",
            "cannot go with drop, redact and tag, which act before it is known whether a message is new or edited; "
            "make two rules");
  }
  if (a.redact && c.regex.empty()) r.wrong("actions.redact", "needs conditions.regex: it replaces what that matches");
  const bool has_readers = !a.alerts.empty() || !a.forwards.empty();
  if (a.redact && (has_readers || !a.route.empty())) {
    r.wrong("actions.redact",
            "cannot go with route, alert and forward, which see the message without what the regex matched; tag it "
            "here, and name the tag in the conditions of another rule");
  }
  if (has_readers && among(c.kinds, model::Kind::counters)) {
    r.wrong("conditions.kinds", "counters cannot go with alert and forward: they tell of no message");
  }
  if (!a.forwards.empty() && among(c.kinds, model::Kind::deleted)) {
    r.wrong("conditions.kinds", "deleted cannot go with forward: the message is gone");
  }
  for (std::size_t i = 0; i < a.forwards.size(); ++i) {
    const auto same = [&](const ForwardTo& other) { return other.to == a.forwards[i].to; };
    if (std::any_of(a.forwards.begin(), a.forwards.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      r.wrong(fmt::format("actions.forward[{}].to", i), "is named twice: a message goes to a chat once");
    }
  }
  if (a.drop && (a.redact || !a.tags.empty() || !a.route.empty() || !a.alerts.empty() || !a.forwards.empty())) {
    r.wrong("actions.drop", "leaves nothing for the other actions; name it alone");
  }
}

template <class List>
json::array texts_json(const List& list) {
  return json::array(list.begin(), list.end());
}

template <class Enum>
json::array names_json(const std::vector<Enum>& values) {
  json::array names;
  for (const auto value : values) names.emplace_back(model::name_of(value));
  return names;
}

json::object to_json(const Conditions& c) {
  json::object o;
  const auto list = [&](std::string_view name, json::array values) {
    if (!values.empty()) o[name] = std::move(values);
  };
  const auto flag = [&](std::string_view name, const std::optional<bool>& value) {
    if (value) o[name] = *value;
  };
  json::array channels;
  for (const auto id : c.channels) channels.emplace_back(std::to_string(id.value));
  list("channels", std::move(channels));
  list("kinds", names_json(c.kinds));
  if (!c.regex.empty()) o["regex"] = c.regex;
  if (c.ignore_case) o["ignoreCase"] = true;
  if (!c.keywords.empty()) {
    json::object keywords;
    if (!c.keywords.any_of.empty()) keywords["anyOf"] = texts_json(c.keywords.any_of);
    if (!c.keywords.all_of.empty()) keywords["allOf"] = texts_json(c.keywords.all_of);
    if (!c.keywords.none_of.empty()) keywords["noneOf"] = texts_json(c.keywords.none_of);
    if (c.keywords.whole_words) keywords["wholeWords"] = true;
    o["keywords"] = std::move(keywords);
  }
  flag("hasMedia", c.has_media);
  list("mediaTypes", names_json(c.media_types));
  list("senders", texts_json(c.senders));
  flag("forwarded", c.forwarded);
  flag("reply", c.reply);
  flag("hasLink", c.has_link);
  list("hashtags", texts_json(c.hashtags));
  list("origins", names_json(c.origins));
  list("tags", texts_json(c.tags));
  return o;
}

json::object to_json(const Actions& a) {
  json::object o;
  if (a.drop) o["drop"] = true;
  if (a.redact) o["redact"] = *a.redact;
  if (!a.tags.empty()) o["tag"] = texts_json(a.tags);
  if (!a.route.empty()) o["route"] = texts_json(a.route);
  json::array alerts, forwards;
  for (const auto& alert : a.alerts) {
    alerts.push_back(alert.email.empty() ? json::object{{"webhook", alert.webhook}}
                                         : json::object{{"email", alert.email}});
  }
  for (const auto& forward : a.forwards) {
    forwards.push_back(
        json::object{{"account", forward.account}, {"to", std::to_string(forward.to.value)}, {"copy", forward.copy}});
  }
  if (!alerts.empty()) o["alert"] = std::move(alerts);
  if (!forwards.empty()) o["forward"] = std::move(forwards);
  return o;
}

}  // namespace

Rule read_rule(const json::object& from, std::vector<Problem>& problems) {
  Rule rule;
  Reader r(from, "", problems);
  r.ignore({"id", "createdAt", "updatedAt", "matched", "lastMatchAt"});
  rule.name = r.text("name", kLongestName);
  if (rule.name.empty()) r.wrong("name", "is missing");
  rule.enabled = r.flag("enabled").value_or(true);
  rule.position = r.number("position", -1'000'000, 1'000'000).value_or(0);
  const auto before = problems.size();
  if (auto conditions = r.object("conditions")) rule.conditions = read_conditions(*conditions);
  if (auto actions = r.object("actions")) {
    rule.actions = read_actions(*actions);
  } else if (problems.size() == before) {
    r.wrong("actions", "are missing");
  }
  r.no_others();
  if (problems.size() == before) check(rule, r);
  return rule;
}

json::object to_json(const Rule& rule) {
  return {{"name", rule.name},
          {"enabled", rule.enabled},
          {"position", rule.position},
          {"conditions", to_json(rule.conditions)},
          {"actions", to_json(rule.actions)}};
}

}  // namespace tg::rules
