#include "api/live/tail.h"

namespace tg::api {

const std::string& TailEvent::sse() const {
  std::call_once(once_, [this] {
    sse_ = fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event_.seq.value, model::name_of(event_.kind),
                       model::to_json(event_));
  });
  return sse_;
}

Tail::Tail(journal::Journal& journal, std::size_t max_events, std::size_t max_bytes, std::function<void()> wake)
    : journal_(journal),
      max_events_(max_events),
      max_bytes_(max_bytes),
      wake_(std::move(wake)),
      head_(journal.head().value),
      complete_after_(head_) {
  subscription_ = journal.on_commit([this](const std::vector<model::Event>& events) { committed(events); });
}

Tail::~Tail() { subscription_.reset(); }

void Tail::committed(const std::vector<model::Event>& events) {
  commits_.fetch_add(1, std::memory_order_acq_rel);
  if (events.empty()) return;
  const auto newest = events.back().seq.value;
  {
    std::lock_guard lock(mutex_);
    if (followers_ == 0) {
      events_.clear();
      bytes_ = 0;
      complete_after_ = newest;
    } else {
      for (const auto& event : events) {
        events_.push_back(std::make_shared<const TailEvent>(event));
        bytes_ += events_.back()->bytes();
      }
      while (events_.size() > max_events_ || (bytes_ > max_bytes_ && !events_.empty())) {
        complete_after_ = events_.front()->event().seq.value;
        bytes_ -= events_.front()->bytes();
        events_.pop_front();
      }
    }
    head_.store(newest, std::memory_order_release);
  }
  wake_();
}

std::optional<TailEvents> Tail::newer(model::Seq after, std::size_t most) const {
  if (after >= head()) return TailEvents{};
  std::lock_guard lock(mutex_);
  if (after.value < complete_after_) return std::nullopt;
  auto from = std::upper_bound(events_.begin(), events_.end(), after,
                               [](model::Seq seq, const auto& event) { return seq < event->event().seq; });
  TailEvents found;
  for (; from != events_.end() && found.size() < most; ++from) found.push_back(*from);
  return found;
}

Result<TailEvents> Tail::read(model::Seq after, std::size_t most) {
  if (auto found = newer(after, most)) return std::move(*found);
  if (after && journal_.past_trimmed(after)) {
    return Error{Code::gapped, fmt::format("events behind {} were trimmed", after.value), ""};
  }
  auto events = journal_.read_after(after, most);
  if (!events) return events.error();
  TailEvents found;
  for (auto& event : *events) found.push_back(std::make_shared<const TailEvent>(std::move(event)));
  return found;
}

}  // namespace tg::api
