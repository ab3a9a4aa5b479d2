#pragma once
// Where made tokens are kept: their hashes, never a secret. A file of its own beside the journal, so that a journal
// that is restored from a backup brings no revoked token back.

#include <filesystem>
#include <string>
#include <vector>

#include "api/access/tokens.h"

namespace tg::api {

struct KeptToken {
  TokenFacts facts;
  std::string sha256;  // lower-case hex
};

// None where the file is not there. An error: others may read it, it is too large, or it is not what was written.
Result<std::vector<KeptToken>> read_tokens(const std::filesystem::path& file);
// Whole or not at all; on disk when it returns.
Result<void> write_tokens(const std::filesystem::path& file, const std::vector<KeptToken>& tokens);

}  // namespace tg::api
