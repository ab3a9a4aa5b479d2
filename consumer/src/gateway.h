#pragma once
// The gateway's REST API (libcurl). One thread at a time; a call ends within ten seconds, and within a second or so of
// a stop. The token's file is read before each call.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "work.h"

namespace telegram_gateway {

class Gateway {
 public:
  // Aborts what is under way as soon as `stopping` is set. Both must outlive it.
  Gateway(Context& context, const std::atomic<bool>& stopping);
  ~Gateway();

  struct Unprocessed {
    std::vector<Work> work;  // oldest arrival first
    SystemTime asked_at;     // by its clock, before it looked
  };
  Result<Unprocessed> unprocessed(std::int64_t channel, std::size_t limit);
  // At most 10,000 ids. Ids that it does not know are no failure.
  Result<bool> mark(const std::vector<std::string>& ids);
  // Whether this consumer has marked it; false also for what the gateway does not have.
  Result<bool> is_marked(const std::string& id);

 private:
  struct Answer {
    long status = 0;
    std::string body;
  };
  Result<Answer> call(const std::string& path, const std::string* body);
  Failure failed(const std::string& doing, const Answer& answer) const;

  struct Curl;
  Context& context_;
  SecretFile token_;
  std::unique_ptr<Curl> curl_;
};

}  // namespace telegram_gateway
