#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <system_error>

#include "app/gateway.h"
#include "cli/command.h"
#include "cli/usage.h"

namespace tg::cli {
namespace {

struct TokenFlags {
  std::string name;
  std::vector<std::string> scopes;
  std::string output;
};

constexpr std::size_t kSecretBytes = 32;

Result<std::string> make_secret() {
  std::array<unsigned char, kSecretBytes> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return Error{Code::unavailable, "the system gave no random bytes", "Try again"};
  }
  std::string hex;
  for (const unsigned char byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

// A new file of its owner only; never over one that is there.
Result<void> write_secret(const std::filesystem::path& file, const std::string& secret) {
  const auto wrong = [&] {
    return Error{errno == EEXIST ? Code::conflict : Code::permission,
                 fmt::format("writing {}: {}", file.string(), std::generic_category().message(errno)),
                 "Name another file with --output"};
  };
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return wrong();
  const std::string line = secret + "\n";
  errno = EIO;  // of a write that takes only a part
  const bool written = ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int why = errno;
  ::close(descriptor);
  if (written) return {};
  ::unlink(file.c_str());
  errno = why;
  return wrong();
}

int create(const Common& common, const TokenFlags& flags) {
  const auto file = std::filesystem::absolute(flags.output.empty() ? flags.name + ".token" : flags.output);
  const auto secret = make_secret();
  if (!secret) return fail(secret.error());
  if (auto written = write_secret(file, *secret); !written) return fail(written.error());

  const auto loaded = config::load(sources_of(common));
  const auto& server = loaded.config.server;
  const auto url = app::dashboard_url(server.host, static_cast<std::uint16_t>(server.port)) + "api/messages";
  const auto digest = config::sha256_hex(*secret);
  if (common.json) {
    print(boost::json::object{{"name", flags.name},
                              {"scopes", boost::json::array(flags.scopes.begin(), flags.scopes.end())},
                              {"tokenFile", file.string()},
                              {"sha256", digest}});
    return kDone;
  }
  std::cout << fmt::format(R"~(A token was written to {0}, which only you can read.

1. Put this into {1} and start the gateway anew:

[[auth.tokens]]
name = "{2}"
scopes = ["{3}"]
token_file = "{0}"

   If the gateway runs as another user, who cannot read that file, write instead of the last line:

sha256 = "{4}"

2. Call it:

curl -H "Authorization: Bearer $(cat '{0}')" {5}
)~",
                           file.string(), loaded.file.string(), flags.name, fmt::join(flags.scopes, "\", \""), digest,
                           url);
  return kDone;
}

std::string name_complaint(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-'; });
  return !name.empty() && plain && name.front() != '.' ? "" : "takes letters, digits, dots, - and _, not " + name;
}

}  // namespace

void add_token(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("token", "Make a token for the API");
  command->require_subcommand(1);
  auto flags = std::make_shared<TokenFlags>();
  auto* create_command = command->add_subcommand("create", "Write a new token to a file, and say how to use it");
  create_command->add_option("name", flags->name, "Who it is for, e.g. trader; tells tokens apart in logs and metrics")
      ->required()
      ->type_name("NAME")
      ->check(name_complaint);
  one_of(create_command->add_option("--scope", flags->scopes,
                                    "What it may: read (the default), consume (mark and acknowledge too) or admin "
                                    "(everything); may be repeated"),
         {"read", "consume", "admin"});
  create_command->add_option("-o,--output", flags->output, "File to write, without it NAME.token in this folder")
      ->type_name(kFile);
  create_command->footer("Example: telegram-gateway token create trader --scope consume -o trader.token");
  command->footer("Example: telegram-gateway token create trader --scope consume");
  create_command->callback([flags, &common, code] {
    if (flags->scopes.empty()) flags->scopes = {"read"};
    *code = create(common, *flags);
  });
}

}  // namespace tg::cli
