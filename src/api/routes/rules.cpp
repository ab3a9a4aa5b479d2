// Rules: kept, changed, and tried on what is stored before they are saved. See docs/rules.md.
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>

#include "api/routes/common.h"
#include "api/routes/trials.h"
#include "api/view/rule_trial.h"
#include "model/time_range.h"

namespace tg::api {
namespace json = boost::json;
namespace {

using rules::Problem;
using rules::Rule;

constexpr std::int64_t kMostShown = 200;

const Error kNoRules{Code::unavailable, "this gateway has no rules", "Ask the one that captures"};

// All that is wrong, in words and as a list with places.
Response refusal(const std::vector<Problem>& problems) {
  std::string words;
  json::array list;
  for (const auto& problem : problems) {
    const auto at = problem.offset ? fmt::format(" (character {})", *problem.offset + 1) : std::string();
    words += fmt::format("{}{} {}{}", words.empty() ? "" : "; ", problem.field, problem.what, at);
    json::object one{{"field", problem.field}, {"message", problem.what}};
    if (problem.offset) one["offset"] = *problem.offset;
    list.push_back(std::move(one));
  }
  return with_body(400, kJson,
                   json::serialize(json::object{{"success", false},
                                                {"error", "invalid_input"},
                                                {"message", words},
                                                {"statusCode", 400},
                                                {"problems", std::move(list)}}));
}

// Its scheme and host alone: path, query and user may be secrets in themselves.
std::string shown_webhook(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return "…";
  return fmt::format("{}://{}/…", std::string_view(parsed->scheme()),
                     std::string_view(parsed->encoded_host_and_port()));
}

void hide_targets(json::object& rule) {
  auto* alerts = rule["actions"].as_object().if_contains("alert");
  if (!alerts) return;
  for (auto& alert : alerts->as_array()) {
    auto* url = alert.as_object().if_contains("webhook");
    if (!url) continue;
    alert.as_object()["webhook"] = shown_webhook(std::string_view(url->as_string()));
  }
}

json::object rule_json(const Rule& rule, const Request& request, Context& context) {
  auto out = rules::to_json(rule);
  if (!(request.scopes & bit_of(config::Scope::admin))) hide_targets(out);
  const auto tally = context.parts.rules->live().tally(rule.id);
  out["id"] = std::to_string(rule.id);
  out["createdAt"] = model::to_rfc3339(rule.created_at);
  out["updatedAt"] = model::to_rfc3339(rule.updated_at);
  out["matched"] = tally->matched.load();
  if (const auto last = rfc3339(model::Time{tally->last_us.load()})) out["lastMatchAt"] = *last;
  return out;
}

Result<std::int64_t> id_of(const Request& request) {
  const auto text = unescape(request.parameters[0]);
  const auto id = model::parse_int(text);
  if (!id || *id <= 0) return Error{Code::not_found, "there is no rule '" + text + "'", ""};
  return *id;
}

// The rule of a request's body, or the answer that says what is wrong with it.
std::variant<Rule, Response> rule_of(const json::object& body, Context& context) {
  std::vector<Problem> problems;
  auto rule = rules::read_rule(body, problems);
  for (auto& problem : context.parts.rules->problems(rule)) problems.push_back(std::move(problem));
  if (!problems.empty()) return refusal(problems);
  return rule;
}

Response list_rules(const Request& request, Context& context) {
  if (!context.parts.rules) return failure(kNoRules);
  json::array data;
  for (const auto& rule : context.parts.rules->all()) data.push_back(rule_json(rule, request, context));
  return success(std::move(data));
}

Response one_rule(const Request& request, Context& context) {
  if (!context.parts.rules) return failure(kNoRules);
  const auto id = id_of(request);
  if (!id) return failure(id.error());
  const auto rule = context.parts.rules->get(*id);
  if (!rule) return failure(404, "not_found", fmt::format("there is no rule {}", *id));
  return success(rule_json(*rule, request, context));
}

Response save(const Request& request, Context& context, std::optional<std::int64_t> id) {
  if (!context.parts.rules) return failure(kNoRules);
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  auto read = rule_of(*body, context);
  if (auto* refused = std::get_if<Response>(&read)) return std::move(*refused);
  auto& rule = std::get<Rule>(read);
  rule.id = id.value_or(0);
  const auto saved = id ? context.parts.rules->change(std::move(rule)) : context.parts.rules->add(std::move(rule));
  if (!saved) return failure(saved.error());
  context.changed();
  observe::info("rule_saved", {{"rule", saved->id}, {"enabled", saved->enabled}});
  return success(rule_json(*saved, request, context), id ? 200 : 201);
}

Response add_rule(const Request& request, Context& context) { return save(request, context, std::nullopt); }

Response change_rule(const Request& request, Context& context) {
  const auto id = id_of(request);
  return id ? save(request, context, *id) : failure(id.error());
}

Response remove_rule(const Request& request, Context& context) {
  if (!context.parts.rules) return failure(kNoRules);
  const auto id = id_of(request);
  if (!id) return failure(id.error());
  if (auto removed = context.parts.rules->remove(*id); !removed) return failure(removed.error());
  context.changed();
  observe::info("rule_removed", {{"rule", *id}});
  return success(json::object{{"id", std::to_string(*id)}, {"removed", true}});
}

Result<TrialQuery> trial_of(const json::object& body) {
  TrialQuery query;
  if (const auto* channels = body.if_contains("channels"); channels && !channels->is_null()) {
    const auto* list = channels->if_array();
    if (!list || list->size() > 1'000) return bad_parameter("channels", json::serialize(*channels), "a list of ids");
    for (const auto& one : *list) {
      const auto text = one.is_string() ? std::string(one.get_string()) : json::serialize(one);
      const auto id = model::parse_int(text);
      if (!id || *id == 0) return bad_parameter("channels", text, "ids such as \"-1001234567890\"");
      query.channels.emplace_back(*id);
    }
  }
  const auto from = text_of(body, "from"), to = text_of(body, "to");
  if (from && !(query.from = model::parse_time(*from))) return bad_parameter("from", *from, "a date or a time");
  if (to && !(query.to = model::parse_end(*to))) return bad_parameter("to", *to, "a date or a time");
  if (auto right = model::check_range(query.from, query.to, "from", "to"); !right) return right.error();
  const auto limit = number_of(body, "limit", 20, 1, kMostShown);
  if (!limit) return limit.error();
  query.limit = static_cast<std::size_t>(*limit);
  return query;
}

Response try_it(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto query = trial_of(*body);
  if (!query) return failure(query.error());
  const auto* given = body->if_contains("rule");
  if (!given || !given->is_object()) {
    return failure(400, "invalid_input", "no rule is given: send {\"rule\": {\"conditions\": {…}}}");
  }
  // What would be done does not matter here; neither a name nor an action is needed.
  auto asked = given->get_object();
  if (!asked.contains("name")) asked["name"] = "trial";
  if (!asked.contains("actions")) asked["actions"] = json::object{{"route", json::array{"trial"}}};
  std::vector<Problem> problems;
  auto rule = rules::read_rule(asked, problems);
  auto matcher = rules::Matcher::make(std::move(rule), problems);
  if (!problems.empty() || !matcher) return refusal(problems);
  const Trials::Place place(context.trials, text_of(*body, "trial").value_or(""));
  if (!place.got()) {
    auto response = failure(429, "too_many", "other rules are being tried; ask again in a moment");
    response.add("Retry-After", "1");
    return response;
  }
  auto result = try_rule(*matcher, *query, context.store(), place.ended());
  return result ? success(std::move(*result)) : failure(result.error());
}

}  // namespace

std::vector<Route> rule_routes() {
  const auto route = [](Method method, std::string_view pattern, Access access, auto* handler,
                        std::string_view operation, std::string_view summary) {
    return Route{.method = method,
                 .pattern = pattern,
                 .access = access,
                 .where = Where::worker,
                 .handler = handler,
                 .operation = operation,
                 .tag = "rules",
                 .summary = summary,
                 .schema = "Rule"};
  };
  constexpr std::string_view kAll = "/api/telegram-gateway/rules", kOne = "/api/telegram-gateway/rules/{id}";
  auto list = route(Method::get, kAll, Access::read, list_rules, "rules", "All rules, in the order in which they act");
  list.schema = "[Rule]";
  auto add = route(Method::post, kAll, Access::admin, add_rule, "rule_add", "Adds a rule; it counts from now on");
  add.body = "RuleBody";
  add.status = 201;
  auto test = route(Method::post, "/api/telegram-gateway/rules/test", Access::read, try_it, "rule_test",
                    "Tries a rule on what is stored, without saving it: matches, near misses, matches a day");
  test.body = "RuleTrialBody";
  test.schema = "RuleTrial";
  auto one = route(Method::get, kOne, Access::read, one_rule, "rule", "One rule");
  auto change = route(Method::put, kOne, Access::admin, change_rule, "rule_change",
                      "Puts another rule in its place; it counts from now on");
  change.body = "RuleBody";
  auto remove = route(Method::delete_, kOne, Access::admin, remove_rule, "rule_remove", "Removes a rule");
  remove.schema = "Removed";
  for (auto* with_id : {&one, &change, &remove}) {
    with_id->parameters = {{"id", "string", "a rule's id", "path", true}};
  }
  return {list, add, test, one, change, remove};
}

}  // namespace tg::api
