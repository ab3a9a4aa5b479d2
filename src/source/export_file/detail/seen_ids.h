#pragma once
// Tells a message that stands twice in one file with other content. Ids of an export ascend, so eight bytes a message
// in order suffice (a 2 GB export has some three million); stragglers are few and kept apart.

#include <cstdint>
#include <deque>
#include <unordered_map>

namespace tg::export_file::detail {

class SeenIds {
 public:
  enum class Answer : std::uint8_t { first_time, same, other_content };

  // `id` is the id as exported, above -1,000,000,000.
  Answer see(std::int64_t id, std::uint32_t content) {
    const auto key = static_cast<std::uint64_t>(id + 1'000'000'000);
    if (ordered_.empty() || key > ordered_.back() >> 32) {
      ordered_.push_back(key << 32 | content);
      return Answer::first_time;
    }
    const auto at = std::lower_bound(ordered_.begin(), ordered_.end(), key << 32);
    if (at != ordered_.end() && *at >> 32 == key) {
      return static_cast<std::uint32_t>(*at) == content ? Answer::same : Answer::other_content;
    }
    const auto [straggler, added] = stragglers_.try_emplace(key, content);
    if (added) return Answer::first_time;
    return straggler->second == content ? Answer::same : Answer::other_content;
  }

 private:
  std::deque<std::uint64_t> ordered_;  // id in the upper half, content in the lower
  std::unordered_map<std::uint64_t, std::uint32_t> stragglers_;
};

}  // namespace tg::export_file::detail
