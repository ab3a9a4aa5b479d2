#include "rules.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace tg::house {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, int>& levels() {
  static const std::map<std::string, int> all{
      {"model", 0}, {"config", 1}, {"observe", 1}, {"journal", 2}, {"rules", 2},  {"pipeline", 3},
      {"hot", 4},   {"store", 5},  {"source", 5},  {"sink", 5},    {"export", 6}, {"backup", 6},
      {"api", 7},   {"app", 8},    {"legacy", 8},  {"cli", 9},     {"", 10},  // "": main.cpp
  };
  return all;
}

// What knows implementations: it puts the parts together.
constexpr int kAssemblyLevel = 8;

bool has_implementations(const std::string& folder) {
  return folder == "store" || folder == "source" || folder == "sink";
}

struct Spot {
  std::string folder;          // "store"; empty = src itself
  std::string implementation;  // "local" in store/local/…; empty for the interface
  bool is_private = false;     // in a detail folder
};

Spot spot_of(const fs::path& relative) {
  std::vector<std::string> parts;
  for (const fs::path& part : relative.parent_path()) parts.push_back(part.string());
  Spot spot;
  if (!parts.empty()) spot.folder = parts[0];
  if (parts.size() > 1 && has_implementations(parts[0]) && parts[1] != "detail") spot.implementation = parts[1];
  spot.is_private = std::find(parts.begin(), parts.end(), "detail") != parts.end();
  return spot;
}

std::optional<std::string> breach(const Spot& from, const Spot& to) {
  const auto to_level = levels().find(to.folder);
  if (to_level == levels().end())
    return "src/" + to.folder + " has no level: give it one in tests/unit/house/rules.cpp";
  const int from_level = levels().at(from.folder);

  if (from.folder != to.folder) {
    if (to_level->second > from_level) return from.folder + " must not know " + to.folder + ", which is above it";
    if (to_level->second == from_level) return from.folder + " and " + to.folder + " must not know one another";
  }
  if (!to.implementation.empty() && !(from.folder == to.folder && from.implementation == to.implementation) &&
      from_level < kAssemblyLevel) {
    return "only app and cli may know the implementation " + to.folder + "/" + to.implementation;
  }
  const bool own = from.folder == to.folder && from.implementation == to.implementation;
  if (to.is_private && !own) return "detail is private to its folder";
  return std::nullopt;
}

std::vector<fs::path> files_below(const fs::path& folder, const std::set<std::string>& skipped) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory() && skipped.contains(entry->path().filename().string())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_cpp(const fs::path& file) { return file.extension() == ".h" || file.extension() == ".cpp"; }

bool is_data(const fs::path& file) {
  static const std::set<std::string> kData{".json", ".ndjson", ".txt", ".csv", ".png",   ".svg",
                                           ".jpg",  ".ico",    ".db",  ".zst", ".woff2", ".webmanifest"};
  return kData.contains(file.extension().string());
}

}  // namespace

std::vector<std::string> wrong_includes(const fs::path& src) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::vector<std::string> breaches;
  for (const fs::path& file : files_below(src, {})) {
    if (!is_cpp(file)) continue;
    const fs::path relative = fs::relative(file, src);
    const Spot from = spot_of(relative);
    if (!levels().contains(from.folder)) {
      breaches.push_back(relative.string() + ": src/" + from.folder +
                         " has no level: give it one in tests/unit/house/rules.cpp");
      continue;
    }
    std::ifstream in(file);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      std::smatch match;
      if (!std::regex_search(line, match, kInclude)) continue;
      const fs::path included = match[2].str();
      const std::string place = relative.string() + ":" + std::to_string(number) + ": ";
      if (match[2].str().find("..") != std::string::npos) {
        breaches.push_back(place + "write " + included.string() + " from src on, without ..");
        continue;
      }
      // A name without a folder is a neighbour or a library's; <folder/x.h> is ours where the file is.
      const bool ours = included.has_parent_path() && (match[1] == "\"" || fs::exists(src / included));
      if (!ours) continue;
      if (const auto why = breach(from, spot_of(included))) breaches.push_back(place + included.string() + ": " + *why);
    }
  }
  return breaches;
}

std::vector<std::string> long_files(const fs::path& tree, std::size_t most_lines) {
  std::vector<std::string> breaches;
  for (const char* folder : {"src", "consumer", "tests", "web/src", "bench"}) {
    for (const fs::path& file : files_below(tree / folder, {"node_modules", "dist"})) {
      if (is_data(file)) continue;
      std::ifstream in(file);
      std::size_t lines = 0;
      for (std::string line; std::getline(in, line);) ++lines;
      if (lines > most_lines) {
        breaches.push_back(fs::relative(file, tree).string() + " has " + std::to_string(lines) + " lines; at most " +
                           std::to_string(most_lines));
      }
    }
  }
  return breaches;
}

}  // namespace tg::house
