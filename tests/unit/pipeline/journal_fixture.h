#pragma once
// A journal in a temporary folder that observations are pushed into, and observations of one channel.

#include "journal/coverage.h"
#include "pipeline/heads.h"
#include "pipeline/intake.h"
#include "pipeline/verify.h"
#include "support/temp_folder.h"
#include "unit/pipeline/world.h"

namespace tg::test {

class JournalFixture {
 public:
  JournalFixture()
      : journal(std::move(*journal::Journal::open(folder.path() / "data", journal::Access::write, small()))) {}

  static journal::Limits small() {
    journal::Limits limits;
    limits.disk_reserve_bytes = 0;
    return limits;
  }
  std::unique_ptr<pipeline::Intake> intake(pipeline::Intake::Options options = {}) {
    options.counters_every = std::chrono::seconds(0);
    return std::make_unique<pipeline::Intake>(*journal, metrics, options);
  }
  void push_all(const std::vector<pipeline::Observation>& observations) {
    auto writer = intake();
    for (const auto& observation : observations) {
      auto pushed = writer->push(observation);
      if (!pushed) throw std::runtime_error(pushed.error().what);
    }
    if (auto done = writer->flush(); !done) throw std::runtime_error(done.error().what);
  }
  std::vector<std::string> problems() { return pipeline::verify(*journal).value().problems; }
  pipeline::State state(const model::MessageKey& key) {
    auto db = journal->read();
    return *pipeline::load_state(**db, key);
  }
  journal::ChatCoverage coverage(model::ChatId peer) {
    auto db = journal->read();
    return *journal::coverage(**db, peer, {}, model::Time::now());
  }

  TempFolder folder;
  observe::Metrics metrics;
  std::unique_ptr<journal::Journal> journal;
};

inline constexpr model::ChatId kPeer{-1001000000001};
inline constexpr model::Time kNow{1'750'000'000 * kSecond};

inline pipeline::Seen message(std::int64_t id, std::string text,
                              pipeline::Freshness freshness = pipeline::Freshness::update) {
  pipeline::Seen seen;
  seen.from = {model::SourceKind::tdlib,
               freshness == pipeline::Freshness::page ? model::Origin::backfill : model::Origin::live, 1, kNow};
  seen.freshness = freshness;
  seen.message.key = {{}, kPeer, model::MessageId{id}};
  seen.message.date = kPosted;
  seen.message.text = std::move(text);
  return seen;
}

inline pipeline::Proof proof(pipeline::ProofKind kind, std::int64_t first, std::int64_t last,
                             std::vector<std::int64_t> present = {}, model::Time at = kNow) {
  pipeline::Proof p;
  p.from = {model::SourceKind::tdlib, model::Origin::backfill, 1, at};
  p.kind = kind;
  p.peer = kPeer;
  p.first = model::MessageId{first};
  p.last = model::MessageId{last};
  for (const auto id : present) p.present.emplace_back(id);
  return p;
}

inline pipeline::ChatSeen chat(std::int64_t start, std::int64_t newest) {
  pipeline::ChatSeen c;
  c.from = {model::SourceKind::tdlib, model::Origin::live, 1, kNow};
  c.peer = kPeer;
  c.title = "Desk";
  c.start = model::MessageId{start};
  c.newest = model::MessageId{newest};
  c.hole_cause = "connection lost";
  return c;
}
}  // namespace tg::test
