#include <fmt/format.h>

#include "app/gateway.h"
#include "cli/describe.h"
#include "config/load.h"

namespace tg::cli {
namespace {

// Text as roff takes it: no escapes of ours, no line that looks like a request.
std::string roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";  // a minus, as it must be typed; without it a hyphen
    } else {
      out += c;
    }
    line_begins = c == '\n';
  }
  return out;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string options_of(const CLI::App& app) {
  std::string out;
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) continue;
    out += ".TP\n.B " + roff(names_of(*option));
    if (option->get_items_expected_max() > 0) out += " \\fI" + roff(option->get_type_name()) + "\\fR";
    out += "\n" + roff(option->get_description()) + "\n";
  }
  return out;
}

std::string arguments_of(const CLI::App& app) {
  std::string out;
  for (const auto* option : app.get_options([](const CLI::Option* o) { return o->get_positional(); })) {
    const auto name = roff(option->get_name(true)) + (option->get_expected_max() > 1 ? "..." : "");
    out += option->get_required() ? " \\fI" + name + "\\fR" : " [\\fI" + name + "\\fR]";
  }
  return out;
}

bool has_options(const CLI::App& app) {
  return !app.get_options([&](const CLI::Option* o) { return !o->get_positional() && o != app.get_help_ptr(); })
              .empty();
}

// What stands behind a command's help, without its example: the manual has those in one place.
std::string remark_of(const CLI::App& app) {
  const auto footer = app.get_footer();
  return footer.substr(0, std::min(footer.find("Example: "), footer.size()));
}

void add_command(const CLI::App& command, const std::string& path, std::string& out) {
  out += ".SS \"" + roff(path + command.get_name()) + "\"\n";
  out += "\\fB" + roff(path + command.get_name()) + "\\fR" + (has_options(command) ? " [\\fIoptions\\fR]" : "") +
         arguments_of(command);
  if (!commands_of(command).empty())
    out += command.get_require_subcommand_min() > 0 ? " \\fIcommand\\fR" : " [\\fIcommand\\fR]";
  out += "\n.PP\n" + roff(command.get_description()) + ".\n";
  if (const auto remark = remark_of(command); !remark.empty())
    out += ".PP\n" + roff(remark) + (remark.ends_with('\n') ? "" : "\n");
  for (const auto* option : command.get_options()) {
    if (option->get_positional())
      out += ".TP\n.I " + roff(option->get_name(true)) + "\n" + roff(option->get_description()) + "\n";
  }
  if (has_options(command)) {
    for (const auto* option : command.get_options()) {
      if (option->get_positional() || option == command.get_help_ptr()) continue;
      out += ".TP\n\\fB" + roff(names_of(*option)) + "\\fR";
      if (option->get_items_expected_max() > 0) out += " \\fI" + roff(option->get_type_name()) + "\\fR";
      out += "\n" + roff(option->get_description()) + "\n";
    }
  }
  for (const auto* inner : commands_of(command)) add_command(*inner, path + command.get_name() + " ", out);
}

void add_examples(const CLI::App& app, std::string& out) {
  for (const auto* command : commands_of(app)) {
    constexpr std::string_view kMark = "Example: ";
    const auto footer = command->get_footer();
    if (const auto at = footer.find(kMark); at != std::string::npos)
      out += ".PP\n.nf\n.RS\n" + roff(footer.substr(at + kMark.size())) + "\n.RE\n.fi\n";
  }
}

}  // namespace

std::string manual_page(const CLI::App& app) {
  std::string out = fmt::format(
      ".\\\" Written by `telegram-gateway man`: change the command table, not this file.\n"
      ".TH TELEGRAM\\-GATEWAY 1 \"\" \"telegram\\-gateway {}\" \"User Commands\"\n"
      ".SH NAME\ntelegram\\-gateway \\- capture Telegram channels without losing a message\n"
      ".SH SYNOPSIS\n\\fBtelegram\\-gateway\\fR [\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]\n"
      ".SH DESCRIPTION\n",
      app::kVersion);
  out += roff(
      "What a source sees becomes an event, an event is on disk before anything else happens to it, and everyone who\n"
      "wants it reads it at their own pace: over HTTP, in the dashboard, or with the commands below.\n"
      "Every version of an edited message is kept, and what is proven complete is said for each channel.\n"
      "Unofficial: not made by Telegram.\n");
  out += ".SH OPTIONS\nThese may stand before or behind the command.\n" + options_of(app);
  out += ".SH COMMANDS\n";
  for (const auto* command : commands_of(app)) add_command(*command, "", out);
  out += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] :
       {std::pair{"0", "Done."},
        {"1", "Failed; standard error says why and what to do."},
        {"2", "Wrong usage or configuration; nothing was done."},
        {"3", "Done, but something needs a look: messages were set aside or are missing, a check found a problem."}}) {
    out += fmt::format(".TP\n.B {}\n{}\n", code, roff(meaning));
  }
  out += ".SH ENVIRONMENT\n";
  for (const auto& [name, meaning] :
       {std::pair{"TELEGRAM_GATEWAY_CONFIG", "The configuration file, where --config is not given."},
        {"TELEGRAM_GATEWAY_DATA_DIR", "The data folder, where --data-dir is not given."},
        {"TELEGRAM_GATEWAY_PORT", "The port to listen on."},
        {"TELEGRAM_GATEWAY_SECTION__KEY",
         "Any other key of the configuration, e.g. TELEGRAM_GATEWAY_DEMO__RATE.\n"
         "The environment wins over the file, the command line over both."}}) {
    out += ".TP\n.B " + std::string(name) + "\n" + roff(meaning) + "\n";
  }
  out += ".SH FILES\n.TP\n.I " + roff(config::kDefaultFile) + "\nThe configuration; " +
         roff("telegram-gateway config reference") + " prints one with every key explained.\n.TP\n.I " +
         roff(config::Config{}.data_dir) +
         "\nThe data folder: journal.db (the truth), search.db (can be built again), media, media_link.key (of "
         "signed\nlinks), legacy (of migrate-legacy: how far it is, its report, and the journal as it was).\n";
  out += ".SH EXAMPLES\n";
  add_examples(app, out);
  return out;
}

}  // namespace tg::cli
