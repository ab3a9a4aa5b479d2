#include "cli/usage.h"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>

#include "cli/command.h"
#include "config/nearest.h"

namespace tg::cli {
namespace {

// The command that was reached before the fault.
const CLI::App& reached(const CLI::App& app) {
  const auto* at = &app;
  while (true) {
    const auto inner = at->get_subcommands();
    if (inner.empty()) return *at;
    at = inner.back();
  }
}

std::string path_of(const CLI::App& app) {
  return app.get_parent() ? path_of(*app.get_parent()) + " " + app.get_name() : app.get_name();
}

std::vector<std::string_view> command_names(const CLI::App& app) {
  std::vector<std::string_view> names;
  for (const auto* inner : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(inner->get_name());
  return names;
}

// Every flag that may stand behind this command: its own and those of the commands around it.
std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const auto* at = &app; at; at = at->get_parent()) {
    for (const auto* option : at->get_options()) {
      for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
    }
  }
  return flags;
}

std::string nearest_or_help(const CLI::App& at, const std::string& nearest) {
  const auto help = fmt::format("{} --help lists them", path_of(at));
  return nearest.empty() ? help : fmt::format("The nearest is {}; {}", nearest, help);
}

Error wrong_flag(const CLI::App& at, const std::string& word) {
  const auto flags = flags_of(at);
  const std::vector<std::string_view> views(flags.begin(), flags.end());
  const auto name = word.substr(0, word.find('='));
  return {Code::invalid_input, fmt::format("{} has no option {}", path_of(at), name),
          nearest_or_help(at, config::nearest_of(name, views))};
}

Error wrong_word(const CLI::App& at, const std::string& word) {
  const auto commands = command_names(at);
  if (commands.empty()) {
    return {Code::invalid_input, fmt::format("{} takes no {}", path_of(at), word),
            fmt::format("See {} --help", path_of(at))};
  }
  return {Code::invalid_input, fmt::format("{} has no command {}", path_of(at), word),
          nearest_or_help(at, config::nearest_of(word, commands))};
}

Error explain(const CLI::App& app, const CLI::ParseError& problem) {
  const auto& at = reached(app);
  const auto see = fmt::format("See {} --help", path_of(at));
  // Kept newest first by CLI11.
  auto words = app.remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&problem)) std::reverse(words.begin(), words.end());
  const bool wants_command = at.get_require_subcommand_min() > 0;
  if (dynamic_cast<const CLI::ExtrasError*>(&problem) || (wants_command && !words.empty())) {
    for (const auto& word : words) {
      if (word.size() > 1 && word.front() == '-' && !std::isdigit(static_cast<unsigned char>(word[1])))
        return wrong_flag(at, word);
    }
    if (!words.empty()) return wrong_word(at, words.front());
  }
  if (wants_command && dynamic_cast<const CLI::RequiredError*>(&problem)) {
    return {Code::invalid_input, fmt::format("{} needs a command: {}", path_of(at), fmt::join(command_names(at), ", ")),
            see};
  }
  std::string what = problem.what();
  constexpr std::string_view kCould = "Could not convert: ";
  if (what.starts_with(kCould)) {
    // "--channel = abc"
    const auto equals = what.find(" = ");
    if (equals != std::string::npos) {
      what = fmt::format("{} takes a number, not {}", what.substr(kCould.size(), equals - kCould.size()),
                         what.substr(equals + 3));
    }
  }
  return {Code::invalid_input, what, see};
}

}  // namespace

CLI::Option* within(CLI::Option* option, double least, double most) {
  const auto check = [least, most](const std::string& text) {
    double value = 0;
    if (CLI::detail::lexical_cast(text, value) && value >= least && value <= most) return std::string();
    return fmt::format("takes a number from {} to {}, not {}", least, most, text);
  };
  return option->check(check)->type_name(fmt::format("{}-{}", least, most));
}

CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words) {
  return option->check(CLI::IsMember(words).description(""))->type_name(fmt::format("{}", fmt::join(words, "|")));
}

int complain(const CLI::App& app, const CLI::ParseError& problem) {
  if (problem.get_exit_code() == 0) {  // --help, --version
    app.exit(problem);
    return kDone;
  }
  return fail(explain(app, problem), kUsage);
}

}  // namespace tg::cli
