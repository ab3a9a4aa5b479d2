#include "api/routes/fetch.h"

#include "journal/coverage.h"

namespace tg::api {
namespace {

using Stage = source::Walk::Stage;

bool is_over(Stage stage) { return stage != Stage::waiting && stage != Stage::walking; }

bool is_under_way(const source::AccountWalks& account) {
  return !account.known ||
         std::any_of(account.chats.begin(), account.chats.end(), [](const auto& walk) { return !is_over(walk.stage); });
}

void add_word(std::string& words, const std::string& word) {
  if (words.find(word) == std::string::npos) words += words.empty() ? word : ", " + word;
}

constexpr std::chrono::seconds kCountEvery{1};            // it reads the coverage of every chat
constexpr std::string_view kNotFound = "Chat not found";  // TDLib's word; its session looks for it by name then
constexpr std::string_view kNeverMet = "no account has met it (Chat not found): add it by its @name or link";

}  // namespace

// What the accounts say of one channel.
struct Fetch::Together {
  bool goes_on = false, walks = false, done = false;
  std::string refused, left;

  void add(const source::Walk& walk) {
    if (!is_over(walk.stage)) goes_on = true;
    if (walk.stage == Stage::walking) walks = true;
    if (walk.stage == Stage::done) done = true;
    if (walk.stage == Stage::refused) add_word(refused, walk.reason);
    if (walk.stage == Stage::left) add_word(left, walk.reason);
  }
};

std::string_view name_of(FetchState state) {
  switch (state) {
    case FetchState::waiting: return "waiting";
    case FetchState::walking: return "walking";
    case FetchState::done: return "done";
    case FetchState::incomplete: return "incomplete";
    case FetchState::refused: return "refused";
    case FetchState::unfinished: return "unfinished";
    case FetchState::not_captured: return "not_captured";
  }
  return "";
}

Fetch::Fetch(const Parts& parts, std::vector<model::ChatId> channels, std::chrono::milliseconds quiet)
    : parts_(parts), named_(std::move(channels)), quiet_(quiet), round_(named_), counted_to_(parts.journal.head()) {
  for (const auto peer : named_) channels_[peer].peer = peer;
}

Result<void> Fetch::ask() {
  auto walks = parts_.sync(round_);
  if (!walks) return walks.error();
  walks_ = std::move(*walks);
  accounts_.clear();
  figures_.clear();
  settled_ = 0;
  counted_at_ = {};
  moved_at_ = Clock::now();
  return {};
}

Result<bool> Fetch::look() {
  accounts_ = walks_();
  if (named_.empty()) {
    for (const auto& account : accounts_) {
      for (const auto& walk : account.chats) channels_[walk.chat].peer = walk.chat;
    }
  }
  const bool settled = settle();
  if (settled_ != counted_settled_ || Clock::now() - counted_at_ >= kCountEvery) {
    if (const auto counted = count(); !counted) return counted.error();
    counted_settled_ = settled_;
    counted_at_ = Clock::now();
  }
  const bool ended = settled && judge();
  if (ended) return !asked_again();
  if (moved()) return false;
  cut_short(why_it_stands());
  return true;
}

// A walk that has ended has pushed what it found: it counts once that is on disk.
bool Fetch::settle() {
  std::size_t ended = 0;
  for (const auto& account : accounts_) {
    ended += static_cast<std::size_t>(std::count_if(account.chats.begin(), account.chats.end(),
                                                    [](const source::Walk& walk) { return is_over(walk.stage); }));
  }
  if (ended != settled_ && parts_.intake.flush()) settled_ = ended;
  return ended == settled_;
}

Result<void> Fetch::count() {
  auto db = parts_.journal.read();
  if (!db) return db.error();
  const auto all = journal::all_coverage(**db, model::Time::now());
  if (!all) return all.error();
  missing_.clear();
  for (const auto& one : *all) missing_[one.peer] += one.missing;
  // What came by itself meanwhile, and what somebody imports, was not fetched.
  auto& rows = (*db)->prepared(
      "SELECT seq, peer, origin IN (?2, ?3) AND kind IN (?4, ?5, ?6), kind = ?4 FROM events WHERE seq > ?1 ORDER BY "
      "seq");
  rows.with(counted_to_, static_cast<int>(model::Origin::catchup), static_cast<int>(model::Origin::backfill),
            static_cast<int>(model::Kind::created), static_cast<int>(model::Kind::edited),
            static_cast<int>(model::Kind::restored));
  for (;;) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) break;
    counted_to_ = model::Seq{rows.integer(0)};
    if (rows.integer(2) == 0) continue;
    auto& found = found_[model::ChatId{rows.integer(1)}];
    ++found.synced;
    found.saved += rows.integer(3);
  }
  rows.reset();
  for (auto& [peer, channel] : channels_) {
    const auto found = found_.find(peer);
    if (found != found_.end()) {
      channel.synced = found->second.synced;
      channel.saved = found->second.saved;
    }
    channel.missing = missing_[peer];
  }
  return {};
}

// True: nothing of this round goes on.
bool Fetch::judge() {
  Together of_nobody;
  std::unordered_map<model::ChatId, Together> of_chat;
  for (const auto& account : accounts_) {
    if (!account.known) of_nobody.goes_on = true;
    for (const auto& walk : account.chats) of_chat[walk.chat].add(walk);
  }
  bool ended = !round_.empty() || !of_nobody.goes_on;
  for (auto& [peer, channel] : channels_) {
    if (!round_.empty() && !std::binary_search(round_.begin(), round_.end(), peer)) continue;
    auto& all = of_chat.try_emplace(peer, of_nobody).first->second;
    all.goes_on = all.goes_on || of_nobody.goes_on;
    if (!judge(channel, all)) ended = false;
  }
  return ended;
}

// Of two accounts that see one channel the first is enough, where nothing is missing then: the other may have to wait
// for an hour. Groups are numbered by each account for itself, so each has to look through its own.
bool Fetch::judge(FetchedChannel& channel, const Together& all) const {
  const bool enough = all.done && channel.missing == 0 && model::is_channel(channel.peer);
  channel.reason.clear();
  if (all.goes_on && !enough) {
    channel.state = all.walks ? FetchState::walking : FetchState::waiting;
    return false;
  }
  if (all.done) {
    channel.state = channel.missing == 0 ? FetchState::done : FetchState::incomplete;
    if (channel.missing > 0) {
      channel.reason =
          channel.missing == 1 ? "1 id is missing still" : fmt::format("{} ids are missing still", channel.missing);
    }
  } else if (!all.refused.empty()) {
    channel.state = FetchState::refused;
    channel.reason = all.refused == kNotFound ? std::string(kNeverMet) : "Telegram refuses it: " + all.refused;
  } else if (!all.left.empty()) {
    channel.state = FetchState::unfinished;
    channel.reason = all.left;
  } else {
    channel.state = FetchState::not_captured;
    channel.reason = why_not_captured(channel.peer);
  }
  return true;
}

bool Fetch::asked_again() {
  if (std::exchange(again_, true)) return false;
  round_.clear();
  for (const auto& [peer, channel] : channels_) {
    const bool may_change = channel.state == FetchState::incomplete || channel.state == FetchState::unfinished ||
                            channel.reason == kNeverMet;
    if (may_change) round_.push_back(peer);
  }
  return !round_.empty() && ask().ok();
}

// Whether it got on within `quiet`. What comes by itself, and what an account does beside it, is no progress of it.
bool Fetch::moved() {
  std::vector<std::int64_t> figures{static_cast<std::int64_t>(settled_)};
  for (const auto& account : accounts_) {
    figures.push_back(account.known);
    if (is_under_way(account)) figures.push_back(account.pages);
  }
  for (const auto& [peer, channel] : channels_) {
    if (channel.state == FetchState::walking) figures.push_back(peer.value);
  }
  if (figures != figures_ || wait_until() > model::Time::now()) moved_at_ = Clock::now();
  figures_ = std::move(figures);
  return Clock::now() - moved_at_ < quiet_;
}

void Fetch::cut_short(const std::string& reason) {
  for (auto& [peer, channel] : channels_) {
    if (channel.state != FetchState::waiting && channel.state != FetchState::walking) continue;
    channel.state = FetchState::unfinished;
    channel.reason = reason;
  }
}

std::string Fetch::why_it_stands() const {
  if (const auto failure = parts_.intake.failure()) return "nothing can be stored: " + failure->what;
  const auto known = parts_.control ? parts_.control->accounts() : std::vector<source::AccountState>();
  for (const auto& account : known) {
    const bool asked =
        std::any_of(accounts_.begin(), accounts_.end(), [&](const auto& one) { return one.account == account.name; });
    if (asked && account.connection != "ready") {
      return fmt::format("no answer from Telegram: the account {} is not connected ({}); it goes on by itself",
                         account.name, account.connection);
    }
  }
  return fmt::format("no answer for {} s; it goes on by itself",
                     std::chrono::duration_cast<std::chrono::seconds>(quiet_).count());
}

std::string Fetch::why_not_captured(model::ChatId peer) const {
  const auto chat = parts_.store.chat(peer);
  if (!chat || !*chat) return "no channel here has this id";
  if ((*chat)->registered && !(*chat)->active) return "it is switched off";
  return "no account captures it";
}

std::vector<FetchedChannel> Fetch::channels() const {
  std::vector<FetchedChannel> all;
  for (const auto& [peer, channel] : channels_) all.push_back(channel);
  return all;
}

model::Time Fetch::wait_until() const {
  model::Time until;
  for (const auto& account : accounts_) {
    if (is_under_way(account)) until = std::max(until, account.flood_until);
  }
  return until;
}

}  // namespace tg::api
