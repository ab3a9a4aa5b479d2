#pragma once
// The predecessor's failure queue: one JSON object a line, of a message that it could not publish. Streamed; a line
// longer than a mebibyte is no message.

#include <filesystem>
#include <fstream>

#include "legacy/detail/row.h"
#include "model/result.h"

namespace tg::legacy::detail {

class FailureQueue {
 public:
  static Result<FailureQueue> open(const std::filesystem::path& file);

  // Blank lines are passed over. Nothing: no more. What is no JSON object has no channel, and is set aside for that.
  std::optional<Row> next();

 private:
  FailureQueue(std::ifstream in, std::string name) : in_(std::move(in)), name_(std::move(name)) {}
  std::ifstream in_;
  std::string name_;
  std::int64_t line_ = 0;
};

}  // namespace tg::legacy::detail
