#pragma once
// One table of a list in the file, such as [[auth.tokens]]. What is wrong with it goes to the errors with its place, so
// that all of it is told at once.

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.h"

namespace toml {
inline namespace v3 {
class node;
class table;
}  // namespace v3
}  // namespace toml

namespace tg::config::detail {

struct FilePlaces {
  std::filesystem::path beside;       // the configuration file's folder
  std::filesystem::path credentials;  // $CREDENTIALS_DIRECTORY of systemd; may be empty
  std::string file;                   // for messages
};

class Entry {
 public:
  // `list`: the key that holds it, e.g. auth.tokens.
  Entry(const toml::table& table, std::string_view list, std::size_t index, const FilePlaces& places, Loaded& loaded);

  void wrong(std::string_view what, std::string_view fix);
  void doubtful(std::string_view what, std::string_view fix);  // a warning
  void unread(std::string_view what);                          // a secret

  // `secret`: the key under which people write what belongs into a file of its own, and what to use instead.
  void check_keys(std::span<const std::string_view> known, std::string_view secret, std::string_view instead);

  // Nothing where the key is absent; what is of another type is an error, and nothing.
  std::optional<std::string> text(std::string_view name);
  std::optional<bool> yes(std::string_view name);
  std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most);
  std::vector<std::string> texts(std::string_view name);

  // An absolute path, the systemd credential of that name, or the file beside the configuration.
  std::filesystem::path find(const std::string& name) const;

 private:
  const toml::table& table_;
  const FilePlaces& places_;
  Loaded& loaded_;
  std::string place_;
};

// Calls `read(table, index)` for each entry of a list of tables; anything else is an error with this fix.
void for_each_entry(const toml::node& node, std::string_view list, const FilePlaces& places, std::string_view fix,
                    Loaded& loaded, const std::function<void(const toml::table&, std::size_t)>& read);

}  // namespace tg::config::detail
