#pragma once
// The newest N things that were seen; the one that was not looked at for the longest time goes first. One thread at a
// time.

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace telegram_gateway {

class Seen {
 public:
  explicit Seen(std::size_t most) : most_(most) {}

  bool contains(std::string_view what) {
    const auto found = places_.find(what);
    if (found == places_.end()) return false;
    order_.splice(order_.begin(), order_, found->second);
    return true;
  }

  void add(std::string what) {
    if (contains(what)) return;
    order_.push_front(std::move(what));
    places_.emplace(order_.front(), order_.begin());
    if (order_.size() <= most_) return;
    places_.erase(order_.back());
    order_.pop_back();
  }

  std::size_t size() const { return order_.size(); }

 private:
  std::size_t most_;
  std::list<std::string> order_;  // newest first; its strings are the keys of places_
  std::unordered_map<std::string_view, std::list<std::string>::iterator> places_;
};

}  // namespace telegram_gateway
