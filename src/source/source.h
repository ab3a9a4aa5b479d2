#pragma once
// Where messages come from. A source runs in a thread of its own and pushes what it sees into the intake.

#include <cstdint>
#include <string>

#include "model/ids.h"

namespace tg::source {

struct SourceState {
  enum class Code : std::uint8_t { stopped, running, signed_out, failed };
  Code code = Code::stopped;
  model::Time since;
  std::string reason;  // for people; empty while running
};

class Source {
 public:
  virtual ~Source() = default;
  virtual std::string name() const = 0;
  virtual void start() = 0;
  virtual void stop() = 0;  // returns when nothing more will be pushed
  virtual SourceState state() const = 0;
};

}  // namespace tg::source
