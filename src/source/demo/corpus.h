#pragma once
// Made-up messages without a clock, the same on every machine for the same seed: for tests and benches. Ids ascend, a
// few are empty, dates are 37 seconds apart.

#include <cstdint>
#include <filesystem>
#include <memory>

#include "model/message.h"
#include "model/result.h"

namespace tg::demo {

class Corpus {
 public:
  // `channel`: 0…41. The first message is at `begin`.
  Corpus(std::uint64_t seed, std::size_t channel, model::Time begin = model::Time::seconds(1'640'995'200));
  ~Corpus();
  Corpus(Corpus&&) noexcept;
  Corpus& operator=(Corpus&&) noexcept;

  // The next message as its author left it at first, or, `edited`, after all edits.
  model::Message next(bool edited = false);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct ExportOptions {
  std::uint64_t seed = 1;
  std::size_t channels = 1;  // 1: an export of one chat; more: of a whole account
  bool edited = false;       // as it would look later, after the authors' edits
  std::uint64_t after = 0;   // so many of the first are left out, evenly over the channels
};

// A Telegram Desktop export with `messages` of them, evenly over the channels. Returns its size in bytes.
Result<std::int64_t> write_export(const std::filesystem::path& path, std::uint64_t messages,
                                  const ExportOptions& options = {});

}  // namespace tg::demo
