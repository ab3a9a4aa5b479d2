#include "source/demo/corpus.h"

#include "source/demo/detail/story.h"

namespace tg::demo {

namespace {
constexpr std::int64_t kSpacingUs = 37'000'000;
constexpr std::int64_t kEditedAfterUs = 300'000'000;
}  // namespace

struct Corpus::Impl {
  detail::Story story;
  const detail::Channel& channel;
  model::Time date;
  std::int64_t id = 0;
};

Corpus::Corpus(std::uint64_t seed, std::size_t channel, model::Time begin)
    : impl_(std::make_unique<Impl>(
          Impl{detail::Story(seed), detail::channels()[channel % detail::kMaxChannels], begin, 0})) {}
Corpus::~Corpus() = default;
Corpus::Corpus(Corpus&&) noexcept = default;
Corpus& Corpus::operator=(Corpus&&) noexcept = default;

model::Message Corpus::next(bool edited) {
  while (true) {
    const auto id = ++impl_->id;
    const auto versions = edited ? impl_->story.edits(impl_->channel, id) : 0;
    auto message = impl_->story.message(impl_->channel, id, versions, impl_->date);
    if (!message) continue;
    if (versions > 0) message->edit_date = model::Time{impl_->date.us + kEditedAfterUs};
    impl_->date.us += kSpacingUs;
    return std::move(*message);
  }
}

}  // namespace tg::demo
