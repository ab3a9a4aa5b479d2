#include <fmt/format.h>

#include "cli/describe.h"
#include "cli/usage.h"

namespace tg::cli {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

// What the shell offers for a value of this kind; empty where only the person knows it.
std::string offer_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  if (type == kFile) return "_telegram_gateway_files -f";
  if (type == kFolder) return "_telegram_gateway_files -d";
  if (type == kChannel) return "_telegram_gateway_channels";
  if (type.find('|') == std::string::npos) return ":";
  std::string words = type;
  std::replace(words.begin(), words.end(), '|', ' ');
  return fmt::format("_telegram_gateway_words '{}'", words);
}

struct Script {
  std::vector<std::string> paths;    // ' journal stats'
  std::set<std::string> with_value;  // --data-dir, of any command
  std::string values;                // case arms: command and option before the cursor
  std::string words;                 // case arms: command before the cursor
};

void add(const CLI::App& command, const std::string& path, Script& script) {
  std::vector<std::string> words;
  for (const auto* inner : commands_of(command)) words.push_back(inner->get_name());
  std::string argument;
  for (const auto* option : command.get_options()) {
    const auto names = names_of(*option);
    if (option->get_positional()) {
      argument = offer_of(*option);
      continue;
    }
    for (const auto& name : names) {
      if (name.starts_with("--")) words.push_back(name);
    }
    if (option->get_items_expected_max() == 0) continue;
    std::vector<std::string> arms;
    for (const auto& name : names) {
      script.with_value.insert(name);
      // The program's own options may stand behind any command.
      arms.push_back(command.get_parent() ? fmt::format("'{} {}'", path, name) : fmt::format("*' {}'", name));
    }
    script.values += fmt::format("    {}) {}; return ;;\n", fmt::join(arms, " | "), offer_of(*option));
  }
  script.words += fmt::format("    '{}') words='{}'; argument='{}' ;;\n", path, fmt::join(words, " "),
                              argument == ":" ? "" : argument);
  for (const auto* inner : commands_of(command)) {
    script.paths.push_back(fmt::format("'{} {}'", path, inner->get_name()));
    add(*inner, path + " " + inner->get_name(), script);
  }
}

constexpr std::string_view kFunctions = R"bash(
_telegram_gateway_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }

_telegram_gateway_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

# Asks the program itself; nothing is offered when it cannot say.
_telegram_gateway_channels() {
  local ids
  ids=$("${COMP_WORDS[0]}" "${common[@]}" channels --json 2>/dev/null |
    sed -n 's/^ *"channelId": "\(-\{0,1\}[0-9]*\)".*/\1/p' | sort -u)
  mapfile -t COMPREPLY < <(compgen -W "$ids" -- "$cur")
}

_telegram_gateway() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path='' words='' argument='' i value
  local -a common=()
  COMPREPLY=()
  # Bash takes --format=csv for three words.
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${COMP_WORDS[i]}" in
      --data-dir | --config)
        value=${COMP_WORDS[i + 1]}
        [[ $value == '=' ]] && value=${COMP_WORDS[i + 2]}
        common+=("${COMP_WORDS[i]}" "${value/#\~\//$HOME/}")
        ((i++))
        continue
        ;;
      @WITH_VALUE@)
        ((i++))
        continue
        ;;
    esac
    case "$path ${COMP_WORDS[i]}" in
      @PATHS@) path+=" ${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
@VALUES@  esac
  case "$path" in
@WORDS@  esac
  if [[ -n $argument && $cur != --* ]]; then
    $argument
  else
    _telegram_gateway_words "$words @COMMON@"
  fi
}

complete -F _telegram_gateway telegram-gateway
)bash";

std::string with(std::string text, std::string_view mark, const std::string& value) {
  const auto at = text.find(mark);
  return text.replace(at, mark.size(), value);
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  Script script;
  add(app, "", script);
  std::vector<std::string> common;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) common.push_back("--" + name);
    for (const auto& name : names_of(*option)) {
      if (name == "--data-dir" || name == "--config") script.with_value.erase(name);
    }
  }
  std::string text(kFunctions);
  text = with(text, "@WITH_VALUE@", fmt::format("{}", fmt::join(script.with_value, " | ")));
  text = with(text, "@PATHS@", fmt::format("{}", fmt::join(script.paths, " | ")));
  text = with(text, "@VALUES@", script.values);
  text = with(text, "@WORDS@", script.words);
  text = with(text, "@COMMON@", fmt::format("{}", fmt::join(common, " ")));
  return "# Completion for bash, written by `telegram-gateway completion bash`: change the command table, not this "
         "file.\n"
         "# shellcheck shell=bash\n" +
         text;
}

}  // namespace tg::cli
