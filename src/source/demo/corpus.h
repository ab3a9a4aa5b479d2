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
  std::uint64_t after = 0;   // so many of the first are left out, shared among the channels as the messages are
  bool past = false;         // see below
};

// A Telegram Desktop export with `messages` of them. Returns its size in bytes.
// They are shared evenly among the channels; with `past` by how many ids lie before the first that the demo posts
// there: up to 10^6 of 40 channels none is one of the demo's.
Result<std::int64_t> write_export(const std::filesystem::path& path, std::uint64_t messages,
                                  const ExportOptions& options = {});

}  // namespace tg::demo
