#pragma once
// The file of a backup: a tar, compressed with zstd, whose first entries are the manifest and its SHA-256.
//
//   manifest.json · manifest.sha256 · journal.db · tokens.json · accounts/… · configuration/… · postgresql.dump · …
//
// `tar --zstd -xf` reads it too. Blocks; any thread.

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "backup/manifest.h"
#include "model/result.h"

namespace tg::backup {

// How many bytes of the files are done. An error stops what is being done, with that error.
using OnBytes = std::function<Result<void>(std::int64_t)>;

Result<std::string> sha256_of(const std::filesystem::path& file);

// Writes `to`, which must not be there (0600, on the disk when this returns), from the files that the manifest names
// below `folder`.
Result<void> write_archive(const std::filesystem::path& to, const Manifest& manifest,
                           const std::filesystem::path& folder, const OnBytes& on_bytes);

// Only the manifest; the files are unproven.
Result<Manifest> read_manifest(const std::filesystem::path& from);

// All of it: each file must have the size and the SHA-256 of the manifest, and nothing else may be there. Written below
// `into` where one is given (0600, on the disk), which is made.
Result<Manifest> read_archive(const std::filesystem::path& from, const std::optional<std::filesystem::path>& into,
                              const OnBytes& on_bytes);

}  // namespace tg::backup
