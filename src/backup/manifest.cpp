#include "backup/manifest.h"

#include <boost/json/parse.hpp>

namespace tg::backup {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostFiles = 10'000, kLongestName = 255, kDigits = 64;

Error corrupt(std::string_view what) {
  return {Code::corrupt, fmt::format("the backup's manifest {}", what), "Take another backup of the same folder"};
}

// Members that are absent or of another type throw, in one place (parse_manifest).
std::int64_t number(const boost::json::object& object, std::string_view name) {
  return object.at(name).to_number<std::int64_t>();
}
std::string text(const boost::json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

bool is_digest(std::string_view text) {
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Counts counts_of(const boost::json::object& journal) {
  Counts counts;
  counts.journal_id = text(journal, "id");
  counts.schema = number(journal, "schema");
  counts.seq = model::Seq{number(journal, "seq")};
  counts.events = number(journal, "events");
  counts.messages = number(journal, "messages");
  counts.versions = number(journal, "versions");
  counts.chats = number(journal, "chats");
  counts.acknowledged = number(journal, "acknowledged");
  return counts;
}

Result<void> check(const Manifest& manifest) {
  if (manifest.files.size() > kMostFiles) return corrupt("names too many files");
  std::set<std::string_view> names{kManifestName};
  for (const auto& file : manifest.files) {
    if (!is_safe_name(file.name)) return corrupt("names a file that could leave the folder");
    if (!names.insert(file.name).second) return corrupt(fmt::format("names {} twice", file.name));
    if (file.bytes < 0 || !is_digest(file.sha256)) return corrupt(fmt::format("says nothing usable of {}", file.name));
  }
  if (!names.contains(kJournalName)) return corrupt("names no journal");
  return {};
}

}  // namespace

const FileEntry* Manifest::find(std::string_view name) const {
  const auto found = std::find_if(files.begin(), files.end(), [&](const FileEntry& one) { return one.name == name; });
  return found == files.end() ? nullptr : &*found;
}

std::int64_t Manifest::bytes() const {
  std::int64_t sum = 0;
  for (const auto& file : files) sum += file.bytes;
  return sum;
}

bool Manifest::has_sessions() const {
  return std::any_of(files.begin(), files.end(),
                     [](const FileEntry& one) { return one.name.starts_with("accounts/"); });
}

bool is_safe_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name.back() == '/') return false;
  while (!name.empty()) {
    const auto part = name.substr(0, name.find('/'));
    name.remove_prefix(std::min(name.size(), part.size() + 1));
    if (part.empty() || part == "." || part == "..") return false;
    const bool plain = std::all_of(part.begin(), part.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
             std::string_view(".-_+=@").find(c) != std::string_view::npos;
    });
    if (!plain) return false;
  }
  return true;
}

boost::json::object to_json(const Manifest& manifest) {
  boost::json::array files, left_out;
  for (const auto& file : manifest.files) {
    files.push_back(
        boost::json::object{{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}, {"from", file.from}});
  }
  for (const auto& one : manifest.left_out)
    left_out.push_back(boost::json::object{{"what", one.what}, {"why", one.why}});
  const auto& journal = manifest.journal;
  return {{"v", kVersion},
          {"program", manifest.program},
          {"madeAt", model::to_rfc3339(manifest.made_at)},
          {"journal", boost::json::object{{"id", journal.journal_id},
                                          {"schema", journal.schema},
                                          {"seq", journal.seq.value},
                                          {"events", journal.events},
                                          {"messages", journal.messages},
                                          {"versions", journal.versions},
                                          {"chats", journal.chats},
                                          {"acknowledged", journal.acknowledged}}},
          {"files", std::move(files)},
          {"leftOut", std::move(left_out)}};
}

Result<Manifest> parse_manifest(std::string_view source) {
  try {
    const auto value = boost::json::parse(source);
    const auto& root = value.as_object();
    if (number(root, "v") != kVersion) {
      return Error{Code::unsupported,
                   fmt::format("the backup is of version {}, this program reads {}", number(root, "v"), kVersion),
                   "Restore it with the newer program that wrote it"};
    }
    Manifest manifest;
    manifest.program = text(root, "program");
    manifest.made_at = model::parse_time(text(root, "madeAt")).value_or(model::Time{});
    manifest.journal = counts_of(root.at("journal").as_object());
    for (const auto& one : root.at("files").as_array()) {
      const auto& file = one.as_object();
      manifest.files.push_back({text(file, "name"), number(file, "bytes"), text(file, "sha256"), text(file, "from")});
    }
    for (const auto& one : root.at("leftOut").as_array())
      manifest.left_out.push_back({text(one.as_object(), "what"), text(one.as_object(), "why")});
    if (auto checked = check(manifest); !checked) return checked.error();
    return manifest;
  } catch (const std::exception&) {  // boost::json: no JSON, or a member that is absent or of another type
    return corrupt("cannot be read");
  }
}

}  // namespace tg::backup
