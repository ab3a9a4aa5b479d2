#pragma once
// Tells whether an answer encoded earlier is still true, without asking the store.

#include <cstdint>

#include "model/ids.h"

namespace tg::api {

class Freshness {
 public:
  virtual ~Freshness() = default;
  // Grows with every commit that changes what a reader of the chat may see; of ChatId{0}: of any chat. Cheap, any
  // thread. Marks and registry changes made through this API are counted by the API itself.
  virtual std::uint64_t of(model::ChatId chat) const = 0;
};

}  // namespace tg::api
