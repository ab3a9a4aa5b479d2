#include "lookup.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "figures.h"
#include "journal/journal.h"
#include "pipeline/heads.h"

namespace tg::bench {
namespace {

constexpr std::uint64_t kChannels = 40;

model::MessageKey key_of(std::uint64_t index) {
  return {{},
          model::channel_peer(static_cast<std::int64_t>(1'000'000'000 + index % kChannels)),
          model::MessageId{static_cast<std::int64_t>(2 * (index / kChannels) + 1)}};  // even ids are unknown
}

// In the order of the key, without the indexes by date, which no lookup touches, and without waiting for the disk.
Result<void> fill(journal::Connection& db, std::uint64_t heads) {
  if (auto done = db.execute("PRAGMA synchronous=OFF; DROP INDEX heads_by_date; DROP INDEX heads_by_chat; BEGIN");
      !done) {
    return done;
  }
  pipeline::State state;
  state.versions.resize(1);
  std::uint64_t made = 0;
  for (std::uint64_t channel = 0; channel < kChannels; ++channel) {
    for (std::uint64_t index = channel; index < heads; index += kChannels) {
      const auto seq = static_cast<std::int64_t>(1'700'000'000'000'000 + index);
      state.date = model::Time::seconds(static_cast<std::int64_t>(1'640'995'200 + index));
      state.arrival = state.last = state.versions[0].seq = model::Seq{seq};
      state.versions[0].hash = static_cast<std::int64_t>(index * 0x9E3779B97F4A7C15ULL);
      state.versions[0].observed_at = model::Time{seq};
      if (auto done = pipeline::save_state(db, key_of(index), {}, state); !done) return done;
      if (++made % 100'000 != 0) continue;
      if (auto done = db.execute("COMMIT; BEGIN"); !done) return done;
    }
  }
  return db.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

Result<boost::json::object> lookup(const std::filesystem::path& folder, std::uint64_t heads, std::uint64_t lookups) {
  {
    auto journal = journal::Journal::open(folder, journal::Access::write);
    if (!journal) return journal.error();
    if (auto done = fill((*journal)->writer(), heads); !done) return done.error();
  }
  // Opened anew: nothing is in SQLite's own cache.
  auto journal = journal::Journal::open(folder, journal::Access::write);
  if (!journal) return journal.error();
  auto& db = (*journal)->writer();
  std::mt19937_64 random(7);
  Figures known, unknown;
  for (std::uint64_t i = 0; i < lookups; ++i) {
    auto key = key_of(random() % heads);
    const bool is_known = i % 2 == 0;
    if (!is_known) ++key.message.value;
    const auto began = std::chrono::steady_clock::now();
    const auto state = pipeline::load_state(db, key);
    (is_known ? known : unknown).add(std::chrono::steady_clock::now() - began);
    if (!state) return state.error();
    if (state->exists() != is_known) return Error{Code::internal, "a lookup answered wrongly", ""};
  }
  boost::json::object figures{{"heads", heads}, {"bytes", (*journal)->bytes()}};
  figures["known"] = known.to_json();
  figures["unknown"] = unknown.to_json();
  return figures;
}

}  // namespace tg::bench
