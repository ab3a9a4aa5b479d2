#pragma once
// Tells a message that stands twice in one file with other content. Ids of an export ascend, so eight bytes a message
// in order suffice (a 2 GB export has some three million); stragglers are few and kept apart. A file with more of
// either than any export has is not told from there on: memory stays bounded.

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
      if (ordered_.size() < kMostOrdered) ordered_.push_back(key << 32 | content);
      return Answer::first_time;
    }
    const auto at = std::lower_bound(ordered_.begin(), ordered_.end(), key << 32);
    if (at != ordered_.end() && *at >> 32 == key) {
      return static_cast<std::uint32_t>(*at) == content ? Answer::same : Answer::other_content;
    }
    const auto straggler = stragglers_.find(key);
    if (straggler != stragglers_.end()) return straggler->second == content ? Answer::same : Answer::other_content;
    if (stragglers_.size() < kMostStragglers) stragglers_.emplace(key, content);
    return Answer::first_time;
  }

 private:
  static constexpr std::size_t kMostOrdered = 4 << 20;     // 32 MiB
  static constexpr std::size_t kMostStragglers = 1 << 20;  // some 50 MiB

  std::deque<std::uint64_t> ordered_;  // id in the upper half, content in the lower
  std::unordered_map<std::uint64_t, std::uint32_t> stragglers_;
};

}  // namespace tg::export_file::detail
