#include "source/demo/detail/stage.h"

#include <cmath>

namespace tg::demo::detail {
namespace {

using model::MessageId;
using model::Origin;
using model::Time;
using std::chrono::duration_cast;

constexpr std::size_t kMaxDue = 5'000;    // edits and removals beyond it do not happen
constexpr std::int64_t kPage = 100;       // ids a page of history
constexpr double kWalkEverySeconds = 60;  // so that "proven at" stays fresh
constexpr double kCountEverySeconds = 3;
constexpr std::int64_t kRecent = 40;                  // of a new history: what still gets edits and removals
constexpr auto kMaxBehind = std::chrono::seconds(1);  // posts that a slow disk held up longer do not pile up

// Of what was edited before anyone looked: a minute apart.
Time edited_at(Time date, int edits) { return Time::seconds(date.to_seconds() + 60 * edits); }

}  // namespace

Stage::Stage(const Options& options, Push push)
    : options_(options), push_(std::move(push)), story_(options.seed), random_(combine(options.seed, 0x57A6E)) {
  const auto count = std::clamp<std::size_t>(options.channels, 1, kMaxChannels);
  for (std::size_t i = 0; i < count; ++i) timelines_.emplace_back(channels()[i], story_);
  holes_.resize(count);
}

bool Stage::open() {
  for (std::size_t i = 0; i < timelines_.size(); ++i) {
    const Known known = options_.known ? options_.known(timelines_[i].channel().peer()) : Known{};
    if (!(known.newest ? open_again(i, known) : open_new(i))) return false;
  }
  const auto now = Clock::now();
  plan(now, Act::post);
  plan(now + seconds(1, 2), Act::count);
  if (options_.gaps) plan(now + seconds(8 / hurry(), 15 / hurry()), Act::lose);
  for (std::size_t i = 0; i < timelines_.size(); ++i) plan(now + seconds(1, kWalkEverySeconds), Act::walk, i);
  return true;
}

Stage::Clock::time_point Stage::tick(Clock::time_point now) {
  while (!due_.empty() && due_.top().at <= now) {
    const Due due = due_.top();
    due_.pop();
    if (!perform(due, now)) return now + std::chrono::hours(1);  // stopping: the caller looks first
  }
  return due_.empty() ? now + std::chrono::seconds(1) : due_.top().at;
}

bool Stage::perform(const Due& due, Clock::time_point now) {
  switch (due.act) {
    case Act::post: {
      const auto next = std::chrono::duration<double>(-std::log(1 - random_.unit()) / std::max(options_.rate, 1e-3));
      plan(std::max(due.at, now - kMaxBehind) + duration_cast<Clock::duration>(next), Act::post);
      return post(now);
    }
    case Act::edit: return edit(due, now);
    case Act::remove: return remove(due);
    case Act::count: plan(now + seconds(kCountEverySeconds, kCountEverySeconds), Act::count); return count();
    case Act::lose: plan(now + seconds(90 / hurry(), 200 / hurry()), Act::lose); return lose(now);
    case Act::fill: return fill(due.channel, now);
    case Act::walk:
      plan(now + seconds(kWalkEverySeconds, kWalkEverySeconds), Act::walk, due.channel);
      return walk(due.channel);
  }
  return true;
}

bool Stage::fill_all() {
  for (std::size_t i = 0; i < timelines_.size(); ++i) {
    if (holes_[i]) {
      if (!push_page(i, holes_[i]->first, holes_[i]->last, Origin::catchup)) return false;
      holes_[i].reset();
    }
    if (!walk(i)) return false;
  }
  return true;
}

// A first start: what the channel posted over the last days, newest page first, as a gateway fetches it.
bool Stage::open_new(std::size_t index) {
  auto& timeline = timelines_[index];
  const auto& channel = timeline.channel();
  timeline.begin_after(channel.first_id - 1);
  const auto history = std::min<std::int64_t>(static_cast<std::int64_t>(options_.history), Timeline::kRemembered - 8);
  while (timeline.newest() < channel.first_id + history - 1) {
    const auto back = channel.first_id + history - 1 - timeline.newest();
    const auto [first, last] = timeline.post(history_date(channel, back));
    for (auto* post : timeline.between(first, last)) {
      const bool recent = back <= kRecent;
      post->views = random_.between(200, 3'200);
      post->gone = !recent && story_.removed(channel, post->id);
      if (recent) {
        plan_fate(index, post->id, Clock::now(), 90);
      } else if (const auto edits = story_.edits(channel, post->id); edits > 0) {
        post->version = edits;
        post->edit_date = edited_at(post->date, edits);
      }
    }
  }
  auto seen = facts(index, Origin::backfill);
  seen.start = MessageId{channel.first_id};
  if (!push_(seen)) return false;
  for (auto last = timeline.newest(); last >= channel.first_id; last -= kPage) {
    if (!push_page(index, std::max(channel.first_id, last - kPage + 1), last, Origin::backfill)) return false;
  }
  return true;
}

// Later starts: the channels went on while the gateway was away. What an earlier run had not proven yet is told again.
bool Stage::open_again(std::size_t index, const Known& known) {
  auto& timeline = timelines_[index];
  timeline.begin_after(known.newest.value);
  const auto missed = random_.between(2, 12);
  const auto now = Time::now();
  for (std::int64_t i = 0; i < missed; ++i) timeline.post(Time{now.us - (missed - i) * 5'000'000});
  auto seen = facts(index, Origin::catchup);
  seen.hole_cause = "the gateway was stopped";
  if (!push_(seen)) return false;
  for (const auto& [first, last] : known.unproven) {
    if (!prove_old(index, first.value, last.value)) return false;
  }
  for (auto first = known.newest.value + 1; first <= timeline.newest(); first += kPage) {
    if (!push_page(index, first, std::min(timeline.newest(), first + kPage - 1), Origin::catchup)) return false;
  }
  return true;
}

// Ids from before what is remembered; their authors' later edits and deletions have happened by now.
bool Stage::prove_old(std::size_t index, std::int64_t first, std::int64_t last) {
  const auto& channel = timelines_[index].channel();
  for (; last >= first; last -= kPage) {
    pipeline::Proof proof;
    proof.from = from(Origin::catchup);
    proof.peer = channel.peer();
    proof.first = MessageId{std::max(first, last - kPage + 1)};
    proof.last = MessageId{last};
    for (auto id = proof.first.value; id <= last; ++id) {
      if (story_.removed(channel, id)) continue;
      const auto edits = story_.edits(channel, id);
      auto message = story_.message(channel, id, edits, history_date(channel, timelines_[index].newest() - id));
      if (!message) continue;
      if (edits > 0) message->edit_date = edited_at(message->date, edits);
      proof.present.emplace_back(id);
      if (!push_(pipeline::Seen{proof.from, pipeline::Freshness::page, false, false, std::move(*message), ""}))
        return false;
    }
    if (!push_(proof)) return false;
  }
  return true;
}

bool Stage::post(Clock::time_point now) {
  const auto index = pick_channel();
  auto& timeline = timelines_[index];
  const auto before = timeline.newest();
  const auto [first, last] = timeline.post(Time::now());
  for (auto id = first; id <= last; ++id) plan_fate(index, id, now, 45);
  return show_post(index, before, first, last);
}

bool Stage::show_post(std::size_t index, std::int64_t before, std::int64_t first, std::int64_t last) {
  auto& timeline = timelines_[index];
  const auto peer = timeline.channel().peer();
  if (first > before + 1) {  // ids that never were a message: a look at the server says so
    if (!push_(pipeline::Proof{from(Origin::live),
                               pipeline::ProofKind::walk,
                               {},
                               peer,
                               MessageId{before + 1},
                               MessageId{first - 1},
                               {}})) {
      return false;
    }
  }
  for (auto* post : timeline.between(first, last)) {
    post->seen = true;
    post->views = 1;
    pipeline::Seen seen;
    seen.from = from(Origin::live);
    seen.message = timeline.message(*post);
    if (!push_(seen)) return false;
  }
  // After a loss the id before was not seen; a live one then proves itself only.
  const auto* previous = timeline.find(before);
  const bool consecutive = first == before + 1 && (!previous || previous->seen);
  return push_(pipeline::Proof{from(Origin::live),
                               pipeline::ProofKind::live,
                               {},
                               peer,
                               MessageId{consecutive ? before : first},
                               MessageId{last},
                               {}});
}

void Stage::plan_fate(std::size_t index, std::int64_t id, Clock::time_point now, double within_seconds) {
  const auto& channel = timelines_[index].channel();
  if (due_.size() >= kMaxDue) return;
  if (story_.edits(channel, id) > 0) plan(now + seconds(4, within_seconds), Act::edit, index, id);
  if (story_.removed(channel, id)) plan(now + seconds(within_seconds / 2, 2 * within_seconds), Act::remove, index, id);
}

bool Stage::edit(const Due& due, Clock::time_point now) {
  auto& timeline = timelines_[due.channel];
  auto* post = timeline.find(due.id);
  if (!post || post->gone) return true;
  ++post->version;
  post->edit_date = Time::seconds(std::max(Time::now().to_seconds(), post->edit_date.to_seconds() + 1));
  if (post->version < story_.edits(timeline.channel(), due.id))
    plan(now + seconds(8, 60), Act::edit, due.channel, due.id);
  if (!post->seen) return true;  // the walk that fills the hole will show it
  pipeline::Seen seen;
  seen.from = from(Origin::live);
  seen.message = timeline.message(*post);
  return push_(seen);
}

bool Stage::remove(const Due& due) {
  auto& timeline = timelines_[due.channel];
  auto* post = timeline.find(due.id);
  if (!post || post->gone) return true;
  post->gone = true;
  if (!post->seen) return true;
  return push_(pipeline::Deleted{from(Origin::live), {{}, timeline.channel().peer(), MessageId{due.id}}});
}

bool Stage::count() {
  static constexpr std::array<std::string_view, 5> kEmoji = {"👍", "🔥", "❤️", "😮", "🎯"};
  auto& timeline = timelines_[pick_channel()];
  if (timeline.channel().group) return true;
  for (auto* post : timeline.between(timeline.newest() - 12, timeline.newest())) {
    if (!post->seen || post->gone) continue;
    post->views += random_.between(5, 140);
    model::Counters counters;
    counters.views = post->views;
    counters.forwards = post->views / 160;
    if (post->views > 60)
      counters.reactions.push_back({std::string(kEmoji[static_cast<std::size_t>(post->id % 5)]), post->views / 40});
    if (!push_(pipeline::CountersSeen{
            from(Origin::live), {{}, timeline.channel().peer(), MessageId{post->id}}, counters})) {
      return false;
    }
  }
  return true;
}

// The connection was lost for a while and is back: the channel is ahead by ids that nobody saw.
bool Stage::lose(Clock::time_point now) {
  const auto index = lost_once_ ? pick_channel() : 0;
  if (holes_[index]) return true;
  lost_once_ = true;
  auto& timeline = timelines_[index];
  const auto before = timeline.newest();
  const auto missed = random_.between(12, 40);
  const auto wall = Time::now();
  for (std::int64_t i = 0; i < missed; ++i) {
    const auto [first, last] = timeline.post(Time{wall.us - (missed - i) * 4'000'000});
    for (auto id = first; id <= last; ++id) plan_fate(index, id, now, 45);
  }
  auto seen = facts(index, Origin::catchup);
  seen.hole_cause = "connection lost";
  if (!push_(seen)) return false;
  Hole hole{before + 1, timeline.newest(), 1, {}};
  constexpr std::int64_t kSteps = 8;
  hole.page = std::max<std::int64_t>(1, (hole.last - hole.first + kSteps) / kSteps);
  hole.step = seconds(20 / hurry() / kSteps, 60 / hurry() / kSteps);
  holes_[index] = hole;
  plan(now + hole.step, Act::fill, index);
  return true;
}

bool Stage::fill(std::size_t index, Clock::time_point now) {
  auto& hole = holes_[index];
  if (!hole) return true;  // filled at once meanwhile
  const auto first = std::max(hole->first, hole->last - hole->page + 1);
  if (!push_page(index, first, hole->last, Origin::catchup)) return false;
  hole->last = first - 1;
  if (hole->last < hole->first) {
    hole.reset();
  } else {
    plan(now + hole->step, Act::fill, index);
  }
  return true;
}

// One page that came from the server: the messages, then the proof that there is nothing else.
bool Stage::push_page(std::size_t index, std::int64_t first, std::int64_t last, Origin origin) {
  auto& timeline = timelines_[index];
  const auto provenance = from(origin);
  for (auto* post : timeline.between(first, last)) {
    if (post->gone) continue;
    post->seen = true;
    if (!push_(pipeline::Seen{provenance, pipeline::Freshness::page, false, false, timeline.message(*post), ""}))
      return false;
  }
  return push_(pipeline::Proof{provenance,
                               pipeline::ProofKind::walk,
                               {},
                               timeline.channel().peer(),
                               MessageId{first},
                               MessageId{last},
                               timeline.present(first, last)});
}

bool Stage::walk(std::size_t index) {
  auto& timeline = timelines_[index];
  if (holes_[index] || timeline.oldest() > timeline.newest()) return true;
  return push_(pipeline::Proof{from(Origin::catchup),
                               pipeline::ProofKind::walk,
                               {},
                               timeline.channel().peer(),
                               MessageId{timeline.oldest()},
                               MessageId{timeline.newest()},
                               timeline.present(timeline.oldest(), timeline.newest())});
}

void Stage::plan(Clock::time_point at, Act act, std::size_t channel, std::int64_t id) {
  due_.push({at, act, channel, id});
}

Stage::Clock::duration Stage::seconds(double low, double high) {
  return duration_cast<Clock::duration>(std::chrono::duration<double>(low + (high - low) * random_.unit()));
}

double Stage::hurry() const { return std::clamp(options_.rate, 1.0, 20.0); }

std::size_t Stage::pick_channel() {
  double total = 0;
  for (const auto& timeline : timelines_) total += timeline.channel().weight;
  double at = random_.unit() * total;
  for (std::size_t i = 0; i < timelines_.size(); ++i) {
    at -= timelines_[i].channel().weight;
    if (at < 0) return i;
  }
  return 0;
}

pipeline::Provenance Stage::from(Origin origin) const {
  return {model::SourceKind::demo, origin, kAccount, Time::now()};
}

pipeline::ChatSeen Stage::facts(std::size_t index, Origin origin) const {
  const auto& timeline = timelines_[index];
  pipeline::ChatSeen seen;
  seen.from = from(origin);
  seen.peer = timeline.channel().peer();
  seen.title = timeline.channel().title;
  seen.username = timeline.channel().username;
  seen.kind = timeline.channel().group ? "supergroup" : "channel";
  seen.newest = MessageId{timeline.newest()};
  return seen;
}

// Livelier channels have the same number of messages in fewer days.
Time Stage::history_date(const Channel& channel, std::int64_t back) const {
  const double spacing = 1'200.0 / channel.weight;  // seconds
  const double jitter = static_cast<double>(combine(options_.seed, channel.first_id, back) % 1'000) / 1'000;
  return Time{Time::now().us - static_cast<std::int64_t>((static_cast<double>(back) + jitter) * spacing * 1e6)};
}

}  // namespace tg::demo::detail
