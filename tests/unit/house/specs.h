#pragma once
// The capability specs in openspec/: each scenario names the test that proves it, as `- **TEST** FILE::NAME`.

#include <filesystem>
#include <string>
#include <vector>

namespace tg::house {

// Scenarios that name no test, and tests that are not there. NAME: Suite.Name of a .cpp, Class.test_name of a .py, the
// title of an .mjs.
std::vector<std::string> unproven_scenarios(const std::filesystem::path& tree);

}  // namespace tg::house
