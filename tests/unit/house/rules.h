#pragma once
// The rules of the house that a compiler does not check. Each function walks a tree and gives one sentence a breach.
//
//   cli → app → api → { export, backup } → { store, source, sink } → hot → pipeline → journal → { config, observe }
//   → model
//
// A folder may include itself and what is to the right of it. Folders in one pair of braces never include one another.
// store, source and sink hold interfaces; the folders inside them are implementations, known to app and cli only.

#include <filesystem>
#include <string>
#include <vector>

namespace tg::house {

inline constexpr std::size_t kMaxLines = 600;

// In every .h and .cpp below src.
std::vector<std::string> wrong_includes(const std::filesystem::path& src);

// In src, consumer, tests, web/src and bench of the tree; data files are not counted.
std::vector<std::string> long_files(const std::filesystem::path& tree, std::size_t most_lines = kMaxLines);

}  // namespace tg::house
