#include "api/view/board.h"

#include <boost/json/serialize.hpp>

#include "api/view/channel_view.h"
#include "api/view/predecessor.h"
#include "journal/cursors.h"
#include "store/chat_list.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr double kLateSeconds = 60;
constexpr std::size_t kRowsKept = 4;
// More between two places is no count of events: numbers jump where the program was started (journal.cpp).
constexpr std::int64_t kJump = 10'000'000;

// The members of an object, to be put beside others.
std::string members(const json::object& object) {
  auto text = json::serialize(object);
  return text.substr(1, text.size() - 2);
}

}  // namespace

std::string kind_of_reader(const std::string& name) {
  if (name == "search" || name == "store") return name;
  if (name == "postgres") return "database";
  if (name == "redis") return "cache";
  if (name.starts_with("webhook:")) return "webhook";
  return name.starts_with("alert:") || name.starts_with("forward:") ? "rule" : "broker";
}

namespace {

std::vector<std::string_view> acts_of(const Reader& reader) {
  std::vector<std::string_view> acts;
  if (!reader.runs) return acts;
  if (!reader.parked) acts.push_back("try-now");
  if (reader.may_park) acts.push_back(reader.parked ? "resume" : "park");
  if (reader.may_resend && !reader.parked) acts.push_back("resend");
  if (reader.missed) acts.push_back("accept-missed");
  return acts;
}

}  // namespace

json::object destination_json(const Destination& d) {
  json::object out{{"name", d.name},
                   {"kind", d.kind},
                   {"behindEvents", d.behind_events},
                   {"behindSeconds", d.behind_seconds},
                   {"ratePerMinute", d.rate_per_minute},
                   {"state", d.state}};
  if (!d.last_error.empty()) out["lastError"] = d.last_error;
  if (d.next_try_at) out["nextTryAt"] = model::to_rfc3339(d.next_try_at);
  if (d.delivered) out["delivered"] = *d.delivered;
  if (d.parked_at) out["parkedAt"] = model::to_rfc3339(d.parked_at);
  if (d.missed) {
    json::object missed{{"after", d.missed->after.value},
                        {"until", d.missed->until.value},
                        {"noticedAt", model::to_rfc3339(d.missed->noticed_at)}};
    const auto most = d.missed->until.value - d.missed->after.value;
    if (most < kJump) missed["atMost"] = most;
    out["missed"] = std::move(missed);
  }
  if (!d.acts.empty()) out["acts"] = json::array(d.acts.begin(), d.acts.end());
  return out;
}

json::object imported_json(const Imported& counts) {
  return {{"messages", counts.messages},
          {"new", counts.created},
          {"changed", counts.changed},
          {"known", counts.known},
          {"refused", counts.refused}};
}

json::object job_json(const Job& job) {
  json::object out{{"id", job.id}, {"kind", job.kind}, {"state", job.state}};
  if (!job.title.empty()) out["title"] = job.title;
  if (job.channel) out["channelId"] = std::to_string(job.channel.value);
  if (job.progress) out["progress"] = *job.progress;
  if (job.seconds_left) out["secondsLeft"] = *job.seconds_left;
  if (job.started_at) out["startedAt"] = model::to_rfc3339(job.started_at);
  if (job.finished_at) out["finishedAt"] = model::to_rfc3339(job.finished_at);
  if (job.wait_until) out["waitUntil"] = model::to_rfc3339(job.wait_until);
  if (job.paused_at) out["pausedAt"] = model::to_rfc3339(job.paused_at);
  if (!job.detail.empty()) out["detail"] = job.detail;
  if (!job.error.empty()) out["error"] = job.error;
  if (job.imported) out["imported"] = imported_json(*job.imported);
  return out;
}

Board::Board(const Options& options, const Parts& parts, model::Time started, Jobs jobs)
    : options_(options), parts_(parts), started_(started), jobs_(std::move(jobs)) {}

model::Time Board::stale_before(model::Time now) const {
  return model::Time{now.us - 2 * std::chrono::microseconds(options_.reconcile_every).count()};
}

double Board::rate_of(const std::string& name, model::Seq seq, model::Time now) {
  auto& last = positions_[name];
  const auto passed = static_cast<double>(now.us - last.at.us) / 60e6;
  if (last.at && passed > 0 && seq >= last.seq && last.seq && seq.value - last.seq.value < kJump) {
    const auto rate = static_cast<double>(seq.value - last.seq.value) / passed;
    const double share = std::min(1.0, passed);  // a minute's mean
    last.rate += (rate - last.rate) * share;
  }
  last.seq = seq;
  last.at = now;
  return std::round(last.rate * 10) / 10;
}

Result<std::vector<Destination>> Board::destinations(journal::Connection& db, model::Time now) {
  std::vector<Destination> all;
  const auto add = [&](const std::string& name, const std::string& kind, model::Seq seq) -> Result<void> {
    Destination d;
    d.name = name;
    d.kind = kind;
    const auto from = std::max(seq.value, parts_.journal.oldest().value - 1);
    const auto behind = journal::events_behind(db, model::Seq{from});
    if (!behind) return behind.error();
    d.behind_events = *behind;
    if (d.behind_events > 0) {
      auto& first = db.prepared("SELECT recorded_at FROM events WHERE seq > ?1 ORDER BY seq LIMIT 1").with(seq);
      const auto found = first.step();
      if (!found) return found.error();
      if (*found) d.behind_seconds = std::max(0.0, static_cast<double>(now.us - first.integer(0)) / 1e6);
      d.behind_seconds = std::round(d.behind_seconds * 10) / 10;
      first.reset();
      if (seq && parts_.journal.past_trimmed(seq))
        d.state = "gapped";
      else if (d.behind_seconds > kLateSeconds)
        d.state = "late";
    }
    d.rate_per_minute = rate_of(kind + ":" + name, seq, now);
    all.push_back(std::move(d));
    return {};
  };
  const auto cursors = journal::cursors(db);
  if (!cursors) return cursors.error();
  const auto readers = parts_.readers();
  for (const auto& cursor : *cursors) {
    const auto running =
        std::find_if(readers.begin(), readers.end(), [&](const auto& r) { return r.name == cursor.name; });
    const auto at = running != readers.end() && running->delivered ? running->delivered : cursor.seq;
    if (auto added = add(cursor.name, kind_of_reader(cursor.name), at); !added) return added.error();
  }
  const bool listed = std::any_of(all.begin(), all.end(), [](const auto& d) { return d.kind == "search"; });
  if (!listed) {
    if (const auto state = parts_.store.search_state()) {
      if (auto added = add("search", "search", state->indexed); !added) return added.error();
    }
  }
  const auto consumers = parts_.store.consumers();
  if (!consumers) return consumers.error();
  for (const auto& consumer : *consumers) {
    if (auto added = add(consumer.name, "consumer", consumer.stream_seq); !added) return added.error();
    if (consumer.acked_at) continue;
    auto& one = all.back();
    if (consumer.last_seen > consumer.created_at) {  // it marks and never acknowledged: it polls, the stream is not its
      one.behind_events = 0;
      one.behind_seconds = 0;
      one.state = "ok";
    } else {
      one.state = "off";  // nothing was heard of it yet
    }
  }
  for (const auto& reader : readers) {
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const auto& d) { return d.name == reader.name && d.kind != "consumer"; });
    if (found == all.end()) {
      if (reader.runs) {  // it has no place yet: everything is before it
        if (auto added = add(reader.name, kind_of_reader(reader.name), reader.delivered); !added) return added.error();
      } else {
        all.push_back({});
        all.back().name = reader.name;
      }
      found = std::prev(all.end());
    }
    if (!reader.kind.empty()) found->kind = reader.kind;
    found->last_error = reader.last_error;
    found->next_try_at = reader.next_try_at;
    found->delivered = reader.delivered_events;
    found->missed = reader.missed;
    found->parked_at = reader.parked_at;
    found->acts = acts_of(reader);
    if (reader.missed) found->state = "gapped";
    if (reader.off)
      found->state = "off";
    else if (reader.parked)
      found->state = "parked";
  }
  for (const auto& d : all) {
    if (d.state != "off") lags_.note(d.name, d.behind_events, d.behind_seconds, now);
  }
  return all;
}

void Board::note_lags() {
  const std::lock_guard lock(mutex_);
  if (Steady::now() - made_ < kEvery) return;
  auto db = parts_.journal.read();
  if (db) (void)destinations(**db, model::Time::now());
}

Result<Board::Input> Board::read() {
  Input input;
  input.now = model::Time::now();
  auto chats = parts_.store.chats();
  if (!chats) return chats.error();
  input.chats = store::one_an_id(std::move(*chats));
  auto last_day = parts_.store.last_day();
  if (!last_day) return last_day.error();
  input.last_day = std::move(*last_day);
  auto db = parts_.journal.read();
  if (!db) return db.error();
  auto coverage = journal::all_coverage(**db, input.now);
  if (!coverage) return coverage.error();
  for (auto& one : *coverage) {
    const auto [shown, fresh] = input.coverage.try_emplace(one.peer, one);
    if (!fresh && journal::shows_more(one, shown->second)) shown->second = std::move(one);
  }
  auto holes = journal::holes_by_day(**db, input.now, 30);
  if (!holes) return holes.error();
  input.holes = std::move(*holes);
  auto set_aside = (*db)->scalar("SELECT count(*) FROM quarantine");
  if (!set_aside) return set_aside.error();
  input.quarantined = *set_aside;
  auto destinations_now = destinations(**db, input.now);
  if (!destinations_now) return destinations_now.error();
  input.destinations = std::move(*destinations_now);
  input.sources = parts_.sources();
  input.lags = parts_.lags();
  for (auto& silence : parts_.silences()) input.silences.emplace(silence.peer, silence);
  return input;
}

Result<std::shared_ptr<const Board::Snapshot>> Board::fresh() {
  std::lock_guard lock(mutex_);
  const auto previous = latest();
  if (previous && Steady::now() - made_ < kEvery) return previous;
  auto input = read();
  if (!input) {
    std::atomic_store(&failure_, std::make_shared<const Error>(input.error()));
    return input.error();
  }
  std::atomic_store(&failure_, std::shared_ptr<const Error>{});
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->core = members(core_of(*input, *snapshot));
  snapshot->charts = members(charts_of(*input));
  json::array destinations_now, jobs;
  for (const auto& d : input->destinations) destinations_now.push_back(destination_json(d));
  for (const auto& job : jobs_()) jobs.push_back(job_json(job));
  snapshot->destinations = json::serialize(destinations_now);
  snapshot->jobs = json::serialize(jobs);
  snapshot->id = previous ? previous->id : 0;
  if (!previous || previous->core != snapshot->core || previous->charts != snapshot->charts ||
      previous->destinations != snapshot->destinations || previous->jobs != snapshot->jobs) {
    ++snapshot->id;
  }
  input_ = std::make_shared<const Input>(std::move(*input));
  made_ = Steady::now();
  std::shared_ptr<const Snapshot> done = std::move(snapshot);
  std::atomic_store(&latest_, done);
  return done;
}

Result<std::string> Board::overview() {
  auto snapshot = fresh();
  if (!snapshot) return snapshot.error();
  std::lock_guard lock(mutex_);
  if (overview_made_ == made_ && !overview_.empty()) return overview_;
  auto older = predecessor_overview(parts_, options_, started_);
  if (!older) return older.error();
  const auto now = model::to_rfc3339(model::Time::now());
  overview_ = fmt::format("{{\"now\":\"{0}\",\"timestamp\":\"{0}\",{1},{2},{3}}}", now, (*snapshot)->core,
                          (*snapshot)->charts, members(*older));
  overview_made_ = made_;
  return overview_;
}

Result<std::string> Board::channel_rows(int px) {
  auto snapshot = fresh();
  if (!snapshot) return snapshot.error();
  std::lock_guard lock(mutex_);
  if (const auto kept = rows_.find(px); kept != rows_.end() && kept->second.first == made_) return kept->second.second;
  json::array rows;
  for (const auto& chat : input_->chats) {
    const auto of = [&](const auto& all) {
      const auto found = all.find(chat.peer);
      return found == all.end() ? nullptr : &found->second;
    };
    auto row = channel_row_json({chat, of(input_->coverage), of(input_->last_day), (*snapshot)->capture == "running",
                                 stale_before(input_->now), of(input_->lags), options_.lag_alarm, of(input_->silences)},
                                px);
    if (chat.total > 0) {
      if (auto last = newest_message(parts_.store, chat.peer)) row["lastMessage"] = std::move(*last);
    }
    rows.push_back(std::move(row));
  }
  if (rows_.size() >= kRowsKept) rows_.clear();
  auto text = json::serialize(rows);
  rows_[px] = {made_, text};
  return text;
}

}  // namespace tg::api
