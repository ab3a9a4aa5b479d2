#pragma once
// What stands at each id of each channel: a pure function of the seed. So the made-up server needs no memory, and after
// a restart says the same about an old id as before. Ids of a block of eight are laid out together, so that an album
// never crosses a block.

#include <cstdint>
#include <optional>

#include "model/message.h"
#include "source/demo/detail/channels.h"
#include "source/demo/detail/random.h"

namespace tg::demo::detail {

enum class Shape : std::uint8_t {
  empty,
  plain,
  photo,
  album_first,
  album_next,
  reply,
  link,
  forward,
  poll,
  service,
  file,
  voice,
};

class Story {
 public:
  explicit Story(std::uint64_t seed) : seed_(seed) {}

  Shape shape(const Channel& channel, std::int64_t id) const;

  // Nothing for ids that were never a message. `version` 0 is the original; later ones have other numbers.
  std::optional<model::Message> message(const Channel& channel, std::int64_t id, int version, model::Time date) const;

  // How often the author will change it, and whether it will be removed.
  int edits(const Channel& channel, std::int64_t id) const;
  bool removed(const Channel& channel, std::int64_t id) const;

  // The last id of what is posted at once with `id` (an album), else `id`.
  std::int64_t last_of_post(const Channel& channel, std::int64_t id) const;

 private:
  Random random(const Channel& channel, std::int64_t id, std::uint64_t purpose) const;
  std::string plain_text(const Channel& channel, std::int64_t id) const;
  void add_reply(const Channel& channel, std::int64_t id, model::Message& message) const;
  void add_photo(const Channel& channel, std::int64_t id, model::Message& message) const;
  void add_sender(const Channel& channel, std::int64_t id, model::Message& message) const;

  std::uint64_t seed_;
};

}  // namespace tg::demo::detail
