// rules: list, show, add, change, remove and try rules, at the gateway that runs.

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/command.h"
#include "cli/running_gateway.h"
#include "cli/usage.h"
#include "source/fields.h"

namespace tg::cli {
namespace {

namespace json = boost::json;
using source::Fields;

constexpr std::string_view kRules = "/api/telegram-gateway/rules";
constexpr std::size_t kLargestFile = 1 << 20;
constexpr std::size_t kShownText = 60;  // characters

struct RuleFlags {
  std::string file, token_file, from, to;
  std::int64_t id = 0, limit = 20;
  std::vector<std::string> channels;
};

Result<json::object> read_rule_file(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream in(file, std::ios::binary);
    if (!in) return Error{Code::not_found, fmt::format("{} cannot be read", file), "Name a file with a rule as JSON"};
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  if (text.size() > kLargestFile) return Error{Code::invalid_input, fmt::format("{} is larger than 1 MB", file), ""};
  json::error_code error;
  auto value = json::parse(text, error);
  if (error || !value.is_object()) {
    return Error{Code::invalid_input, fmt::format("{} holds no JSON object", file),
                 "docs/rules.md shows what a rule looks like"};
  }
  return std::move(value.get_object());
}

std::string words_of(const json::object& object) {
  std::vector<std::string> words;
  for (const auto& [key, value] : object) {
    const bool flag = value.is_bool() && value.get_bool();
    words.push_back(flag ? std::string(key) : fmt::format("{} {}", std::string_view(key), json::serialize(value)));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string path_of(std::int64_t id) { return fmt::format("{}/{}", kRules, id); }

const json::object& object_of(const json::value* value) {
  static const json::object kNone;
  return value && value->is_object() ? value->get_object() : kNone;
}

const json::object& member(const json::object& of, std::string_view name) { return object_of(of.if_contains(name)); }

int list(const Common& common, const RunningGateway& gateway) {
  const auto answer = gateway.call("GET", kRules);
  if (!answer) return fail(answer.error());
  if (common.json) {
    print(json::object{{"rules", *answer}});
    return kDone;
  }
  const auto* rules = answer->if_array();
  if (!rules || rules->empty()) {
    std::cout << "There is no rule; telegram-gateway rules add FILE adds one\n";
    return kDone;
  }
  Table table{{"id", "name", "on", "matched", "when", "then"}, {true, false, false, true}, {}};
  for (const auto& one : *rules) {
    const auto& rule = object_of(&one);
    const Fields f(rule);
    const auto* enabled = rule.if_contains("enabled");
    table.rows.push_back({std::string(f.text("id")), std::string(f.text("name")),
                          enabled && enabled->is_bool() && enabled->get_bool() ? "yes" : "no",
                          grouped(f.number("matched").value_or(0)), words_of(member(rule, "conditions")),
                          words_of(member(rule, "actions"))});
  }
  print(table);
  return kDone;
}

int show(const RunningGateway& gateway, std::int64_t id) {
  const auto rule = gateway.call("GET", path_of(id));
  if (!rule) return fail(rule.error());
  print(*rule);
  return kDone;
}

int said(const Common& common, const Result<json::value>& rule, std::string_view done) {
  if (!rule) return fail(rule.error());
  if (common.json) {
    print(*rule);
  } else {
    std::cout << fmt::format("Rule {} {}\n", Fields(object_of(&*rule)).text("id"), done);
  }
  return kDone;
}

int add(const Common& common, const RunningGateway& gateway, const RuleFlags& flags) {
  const auto rule = read_rule_file(flags.file);
  if (!rule) return fail(rule.error(), kUsage);
  return said(common, gateway.call("POST", kRules, *rule), "added; it counts from now on");
}

int turn(const Common& common, const RunningGateway& gateway, std::int64_t id, bool on) {
  auto rule = gateway.call("GET", path_of(id));
  if (!rule) return fail(rule.error());
  auto changed = object_of(&*rule);
  changed["enabled"] = on;
  return said(common, gateway.call("PUT", path_of(id), changed), on ? "is on; it counts from now on" : "is off");
}

int remove(const Common& common, const RunningGateway& gateway, std::int64_t id) {
  return said(common, gateway.call("DELETE", path_of(id)), "removed");
}

std::string text_of(const json::object& message) {
  auto text = std::string(Fields(message).text("text"));
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::size_t characters = 0, at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U && characters++ == kShownText) break;
  }
  return at < text.size() ? text.substr(0, at) + "…" : text;
}

void add_rows(Table& table, const json::object& result, std::string_view list) {
  const auto* all = result.if_contains(list);
  if (!all || !all->is_array()) return;
  for (const auto& one : all->get_array()) {
    const auto& row = object_of(&one);
    const auto& message = member(row, "message");
    const auto failed = Fields(row).text("failed");
    table.rows.push_back({std::string(Fields(message).text("id")),
                          local_time(model::parse_time(Fields(message).text("date")).value_or(model::Time{})),
                          failed.empty() ? std::string("matches") : fmt::format("but for {}", failed),
                          text_of(message)});
  }
}

int test(const Common& common, const RunningGateway& gateway, const RuleFlags& flags) {
  const auto rule = read_rule_file(flags.file);
  if (!rule) return fail(rule.error(), kUsage);
  json::object body{{"rule", *rule}, {"limit", flags.limit}};
  if (!flags.channels.empty()) body["channels"] = json::array(flags.channels.begin(), flags.channels.end());
  if (!flags.from.empty()) body["from"] = flags.from;
  if (!flags.to.empty()) body["to"] = flags.to;
  const auto answer = gateway.call("POST", fmt::format("{}/test", kRules), body);
  if (!answer) return fail(answer.error());
  if (common.json) {
    print(*answer);
    return kDone;
  }
  const auto& result = object_of(&*answer);
  const Fields f(result);
  Table table{{"id", "date", "rule", "text"}, {}, {}};
  add_rows(table, result, "matches");
  add_rows(table, result, "nearMisses");
  if (!table.rows.empty()) print(table);
  const auto* truncated = result.if_contains("truncated");
  const bool cut = truncated && truncated->is_bool() && truncated->get_bool();
  std::cout << fmt::format("{} of {} match, {} all but one condition{}\n", grouped(f.number("matched").value_or(0)),
                           counted(f.number("scanned").value_or(0), "message"),
                           grouped(f.number("nearlyMatched").value_or(0)),
                           cut ? "; older ones were not looked at" : "");
  return kDone;
}

}  // namespace

void add_rules(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command =
      app.add_subcommand("rules", "Rules on messages: list, try, add and remove them at the gateway that runs");
  command->require_subcommand(0, 1);
  auto flags = std::make_shared<RuleFlags>();
  using Do = std::function<int(const RunningGateway&)>;
  auto chosen = std::make_shared<Do>();

  const auto verb = [&](const char* name, const char* help, Do run) {
    auto* one = command->add_subcommand(name, help);
    one->add_option("--token-file", flags->token_file, "A token with the scope admin, where the gateway wants one")
        ->type_name(kFile);
    one->callback([chosen, run = std::move(run)] { *chosen = run; });
    return one;
  };
  const auto takes_file = [&](CLI::App* one) {
    one->add_option("file", flags->file, "The rule as JSON; - reads standard input")->required()->type_name(kFile);
  };
  const auto takes_id = [&](CLI::App* one) {
    one->add_option("id", flags->id, "As rules list shows it")->required()->type_name("ID");
  };
  const auto listing = [&common](const RunningGateway& g) { return list(common, g); };
  *chosen = listing;
  verb("list", "All rules, in the order in which they act", listing);
  takes_id(verb("show", "One rule as JSON", [flags](const RunningGateway& g) { return show(g, flags->id); }));
  takes_file(verb("add", "Add the rule of a file; it counts from now on",
                  [&common, flags](const RunningGateway& g) { return add(common, g, *flags); }));
  takes_id(verb("remove", "Remove a rule",
                [&common, flags](const RunningGateway& g) { return remove(common, g, flags->id); }));
  takes_id(verb("enable", "Turn a rule on",
                [&common, flags](const RunningGateway& g) { return turn(common, g, flags->id, true); }));
  takes_id(verb("disable", "Turn a rule off; it is kept",
                [&common, flags](const RunningGateway& g) { return turn(common, g, flags->id, false); }));
  auto* testing = verb("test", "Try the rule of a file on what is stored; nothing is saved or sent",
                       [&common, flags](const RunningGateway& g) { return test(common, g, *flags); });
  takes_file(testing);
  testing->add_option("--channel", flags->channels, "Only these channels, by id")->type_name("ID");
  testing->add_option("--from", flags->from, "Only messages from this date on")->type_name(kTime);
  testing->add_option("--to", flags->to, "Only messages to this date")->type_name(kTime);
  testing->add_option("--limit", flags->limit, "So many matches and near misses")->type_name("N");
  testing->footer("Example: telegram-gateway rules test rule.json --from 2026-11-01");

  command->footer("docs/rules.md shows what a rule looks like.\nExample: telegram-gateway rules test rule.json");
  command->callback([=, &common] {
    const auto config = load_config(common);
    if (!config) {
      *code = kUsage;
      return;
    }
    const auto gateway = RunningGateway::find(*config, flags->token_file);
    *code = gateway ? (*chosen)(*gateway) : fail(gateway.error());
  });
}

}  // namespace tg::cli
