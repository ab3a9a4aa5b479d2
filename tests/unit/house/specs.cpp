#include "specs.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tg::house {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScenario = "#### Scenario: ", kTest = "- **TEST** ", kHeading = "#";

std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// What stands in a class of Python, to the next that begins a line.
std::string_view class_of(std::string_view text, const std::string& name) {
  for (const char* after : {"(", ":"}) {
    const auto begin = text.find("\nclass " + name + after);
    if (begin == text.npos) continue;
    return text.substr(begin, text.find("\nclass ", begin + 1) - begin);
  }
  return {};
}

bool is_there(const fs::path& file, const std::string& name) {
  const auto text = read(file);
  if (file.extension() == ".mjs") return has(text, name);
  const auto dot = name.find('.');
  if (dot == name.npos) return false;
  const auto suite = name.substr(0, dot), test = name.substr(dot + 1);
  if (file.extension() == ".py") return has(class_of(text, suite), "    def " + test + "(self)");
  for (const char* macro : {"TEST(", "TEST_F(", "TEST_P("}) {
    if (has(text, macro + suite + ", " + test + ")")) return true;
  }
  return false;
}

// Empty: the test is there.
std::string fault_of(const fs::path& tree, const std::string& test) {
  const auto between = test.find("::");
  if (between == test.npos) return "write its test as FILE::NAME";
  const auto file = test.substr(0, between), name = test.substr(between + 2);
  if (!fs::is_regular_file(tree / file)) return "there is no file " + file;
  return is_there(tree / file, name) ? "" : file + " has no test " + name;
}

void judge(const fs::path& tree, const fs::path& spec, std::vector<std::string>& faults) {
  std::ifstream in(spec);
  const auto place = fs::relative(spec, tree).string();
  std::string scenario;
  bool proven = true;
  const auto end_of_scenario = [&] {
    if (!proven) faults.push_back(place + ": scenario \"" + scenario + "\" names no test");
    proven = true;
  };
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(kHeading)) end_of_scenario();
    if (line.starts_with(kScenario)) {
      scenario = line.substr(kScenario.size());
      proven = false;
    } else if (line.starts_with(kTest)) {
      proven = true;
      if (const auto fault = fault_of(tree, line.substr(kTest.size())); !fault.empty()) {
        faults.push_back(place + ": scenario \"" + scenario + "\": " + fault);
      }
    }
  }
  end_of_scenario();
}

}  // namespace

std::vector<std::string> unproven_scenarios(const fs::path& tree) {
  std::vector<fs::path> specs;
  for (const auto& entry : fs::recursive_directory_iterator(tree / "openspec")) {
    if (entry.path().filename() == "spec.md") specs.push_back(entry.path());
  }
  std::sort(specs.begin(), specs.end());
  std::vector<std::string> faults;
  for (const auto& spec : specs) judge(tree, spec, faults);
  if (specs.empty()) faults.push_back("openspec/ has no spec.md");
  return faults;
}

}  // namespace tg::house
