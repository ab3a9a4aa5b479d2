#include "api/live/dashboard_stream.h"

#include <boost/json/serialize.hpp>

#include "api/live/event_stream.h"
#include "api/routes/common.h"
#include "api/view/auth_view.h"
#include "api/view/message_view.h"
#include "observe/log.h"

namespace tg::api {
namespace {

constexpr std::size_t kMostChannels = 100;
constexpr std::size_t kEventsAPull = 128;

void append_event(std::string& out, std::string_view name, std::string_view data) {
  out.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
}

}  // namespace

bool Topics::wants(const model::Event& event) const {
  if (event.kind == model::Kind::channel || event.kind == model::Kind::channel_migrated || event.superseded)
    return false;
  if (std::find(channels.begin(), channels.end(), event.key.peer) != channels.end()) return true;
  if (!every_channel || event.kind == model::Kind::counters || event.kind == model::Kind::filled) return false;
  return event.offered || event.origin == model::Origin::live || event.origin == model::Origin::catchup;
}

Result<Topics> Topics::from(const Query& query) {
  Topics topics;
  for (const auto& text : query.list({"topics", "topic"})) {
    if (text == "overview")
      topics.overview = true;
    else if (text == "destinations")
      topics.destinations = true;
    else if (text == "jobs")
      topics.jobs = true;
    else if (text == "logs" || text.starts_with("logs:")) {
      auto filter =
          LogFilter::from(Query(std::string_view(text).substr(std::min<std::size_t>(5, text.size()))), "debug");
      if (!filter) return filter.error();
      topics.logs = std::move(*filter);
    } else if (text == "auth")
      topics.auth = true;
    else if (text == "channel:*")
      topics.every_channel = true;
    else if (const auto id = text.starts_with("channel:") ? model::parse_int(text.substr(8)) : std::nullopt)
      topics.channels.emplace_back(*id);
    else
      return bad_parameter("topics", text,
                           "overview, channel:ID, channel:*, destinations, jobs, logs, logs:QUERY or auth");
  }
  if (topics.channels.size() > kMostChannels)
    return Error{Code::invalid_input, "more than 100 channels in one stream", "Follow channel:*"};
  if (!topics.board() && !topics.messages() && !topics.logs && !topics.auth) {
    return Error{Code::invalid_input, "'topics' is missing", "Name at least one, such as topics=overview"};
  }
  return topics;
}

DashboardStream::DashboardStream(Tail& tail, Board& board, const Parts& parts, Topics topics, model::Seq after,
                                 bool admin)
    : tail_(tail),
      board_(board),
      parts_(parts),
      topics_(std::move(topics)),
      follower_(tail),
      watcher_(board),
      after_(after),
      admin_(admin) {
  const auto newest = observe::recent_records(0, observe::Level::debug, 1);
  if (!newest.empty()) log_after_ = newest.back().id;
}

Stream::Next DashboardStream::pull(std::string& out, std::size_t budget, bool may_block) {
  if (!greeted_) {
    greeted_ = true;
    out += "retry: 2000\n\n";
    heartbeat(out);
  }
  if (topics_.board() && !pull_board(out, may_block)) return out.empty() ? Next::blocked : Next::written;
  if (topics_.overview) pull_failure(out);
  if (topics_.logs) pull_logs(out);
  if (topics_.auth) pull_auth(out);
  const auto next = topics_.messages() && out.size() < budget ? pull_messages(out, budget, may_block) : Next::idle;
  if (next == Next::ended) return next;
  if (!out.empty()) return Next::written;
  return next;
}

bool DashboardStream::pull_board(std::string& out, bool may_block) {
  auto snapshot = board_.latest();
  if (!sent_ || !snapshot) {
    if (!may_block) return false;
    const auto fresh = board_.fresh();
    if (!fresh) return true;  // the store is away; the next tick looks again
    snapshot = *fresh;
  }
  if (sent_ && sent_->id == snapshot->id) return true;
  const bool charts = !sent_ || sent_->charts != snapshot->charts;
  if (topics_.overview && (charts || sent_->core != snapshot->core)) {
    append_event(out, "overview",
                 fmt::format("{{\"now\":\"{}\",{}{}{}}}", model::to_rfc3339(model::Time::now()), snapshot->core,
                             charts ? "," : "", charts ? snapshot->charts : std::string{}));
  }
  if (topics_.destinations && (!sent_ || sent_->destinations != snapshot->destinations)) {
    append_event(out, "destinations", snapshot->destinations);
  }
  if (topics_.jobs && (!sent_ || sent_->jobs != snapshot->jobs)) append_event(out, "jobs", snapshot->jobs);
  sent_ = std::move(snapshot);
  return true;
}

// A page that shows what was true must know that it is not asked any more: silence looks like nothing new.
void DashboardStream::pull_failure(std::string& out) {
  const auto failure = board_.failure();
  const auto why = failure ? failure->to_string() : std::string{};
  if (why == failure_) return;
  append_event(out, "overview",
               boost::json::serialize(
                   boost::json::object{{"failure", failure ? boost::json::value(why) : boost::json::value(nullptr)}}));
  failure_ = why;
}

void DashboardStream::pull_logs(std::string& out) {
  for (const auto& record : observe::recent_records(log_after_, observe::Level::debug, 100)) {
    if (topics_.logs->wants(record)) append_event(out, "log", boost::json::serialize(log_json(record)));
    log_after_ = record.id;
  }
}

void DashboardStream::pull_auth(std::string& out) {
  auto now = boost::json::serialize(auth_status(parts_, admin_));
  if (now == auth_) return;
  append_event(out, "auth", now);
  auth_ = std::move(now);
}

std::shared_ptr<const std::string> DashboardStream::message_of(const TailEvent& tail_event) {
  if (auto kept = tail_event.message()) return kept;
  const auto& event = tail_event.event();
  const auto row = parts_.store.get(event.key);
  std::string text;
  // A deletion of what was never stored has nothing to show.
  if (row && *row) {
    text = fmt::format(
        "id: {}\nevent: message\ndata: "
        "{{\"kind\":\"{}\",\"origin\":\"{}\",\"channelId\":\"{}\",\"seq\":{},\"message\":{}}}\n\n",
        event.seq.value, model::name_of(event.kind), model::name_of(event.origin), event.key.peer.value,
        event.seq.value, message_json(**row));
  }
  tail_event.set_message(std::move(text));
  return tail_event.message();
}

Stream::Next DashboardStream::pull_messages(std::string& out, std::size_t budget, bool may_block) {
  TailEvents events;
  if (may_block) {
    auto read = tail_.read(after_, kEventsAPull);
    if (!read && read.error().code != Code::gapped) {
      out += unreadable(after_, read.error());
      return Next::ended;
    }
    if (!read) {
      // Too far behind: the page is told where it goes on, and reads the rest anew.
      append_event(out, "gone", fmt::format("{{\"after\":{}}}", after_.value));
      return Next::ended;
    }
    events = std::move(*read);
  } else {
    auto found = tail_.newer(after_, kEventsAPull);
    if (!found) return Next::blocked;
    events = std::move(*found);
  }
  if (events.empty()) return Next::idle;
  const auto stored = parts_.stored_to();
  for (const auto& event : events) {
    if (out.size() >= budget) return Next::written;
    if (topics_.wants(event->event())) {
      // Its row would be the one before it.
      if (event->event().seq > stored) return out.empty() ? Next::idle : Next::written;
      if (!may_block && !event->message()) return Next::blocked;
      out += *message_of(*event);
    }
    after_ = event->event().seq;
  }
  if (out.empty()) out += ":\n\n";  // moves on to the next ones
  return Next::written;
}

void DashboardStream::heartbeat(std::string& out) {
  if (topics_.messages() && after_) out += fmt::format("id: {}\n", after_.value);
  append_event(out, "heartbeat", fmt::format("{{\"now\":\"{}\"}}", model::to_rfc3339(model::Time::now())));
}

}  // namespace tg::api
