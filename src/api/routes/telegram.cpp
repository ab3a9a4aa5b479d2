// What needs a Telegram account: sign-in, fetching history. A build or set-up without one says so, and what to
// do instead.
#include <boost/json/serialize.hpp>

#include "api/routes/common.h"
#include "api/routes/imports.h"
#include "api/routes/sync.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kEnoughForHistory = 500;

struct SyncWish {
  std::vector<model::ChatId> channels;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> wait_s;
};

Result<SyncWish> sync_wish(const Request& request) {
  const auto body = body_of(request);
  if (!body) return body.error();
  SyncWish wish;
  const auto limit = number_of(*body, "limit", 500, 1, 1'000'000);
  if (!limit) return limit.error();
  if (body->contains("limit")) wish.limit = *limit;
  const auto concurrency = number_of(*body, "concurrency", 3, 1, 100);
  if (!concurrency) return concurrency.error();
  if (body->contains("wait") && !body->at("wait").is_null()) {
    const auto wait = number_of(*body, "wait", 5, 0, 60);
    if (!wait) return wait.error();
    wish.wait_s = *wait;
  }
  if (const auto* channels = body->if_contains("channels"); channels && !channels->is_null()) {
    if (!channels->is_array()) return bad_parameter("channels", json::serialize(*channels), "a list of chat ids");
    for (const auto& channel : channels->as_array()) {
      const auto text = channel.is_string() ? std::string(channel.as_string()) : json::serialize(channel);
      const auto id = model::parse_int(text);
      if (!id) return bad_parameter("channels", text, "chat ids such as -1001487851422");
      wish.channels.emplace_back(*id);
    }
  }
  return wish;
}

Response synced(const Syncs::Progress& progress) {
  if (!progress.error.empty() && progress.channels.empty()) return failure(503, "unavailable", progress.error);
  json::object data{{"totalMessagesSynced", progress.synced},
                    {"totalMessagesSaved", progress.saved},
                    {"channelsSynced", channels_json(progress)},
                    {"timestamp", model::to_rfc3339(model::Time::now())},
                    {"completed", progress.completed},
                    {"state", state_of(progress)},
                    {"jobId", progress.job}};
  if (progress.wait_until) data["waitUntil"] = model::to_rfc3339(progress.wait_until);
  if (!progress.error.empty()) data["error"] = progress.error;
  return success(std::move(data));
}

// Waits without holding a worker.
class SyncPoll final : public LongPoll {
 public:
  SyncPoll(Syncs& syncs, std::string job, std::chrono::seconds patience, std::int64_t enough)
      : syncs_(syncs), job_(std::move(job)), enough_(enough) {
    until = std::chrono::steady_clock::now() + patience;
  }
  bool ready() override {
    const auto now = syncs_.progress(job_);
    return !now || now->completed || (enough_ > 0 && now->synced >= enough_);
  }
  bool answer(Response& response, bool last) override {
    if (!last && !ready()) return false;
    const auto now = syncs_.progress(job_);
    put_answer(response, now ? synced(*now) : failure(503, "unavailable", "the fetch was forgotten; ask again"));
    return true;
  }

 private:
  Syncs& syncs_;
  const std::string job_;
  const std::int64_t enough_;
};

// A caller that names no wait and asks for 500 or more takes fewer than 500 for "the history is complete", so it is
// answered when it has 500 or when there is no more.
Response sync(const Request& request, Context& context) {
  const auto wish = sync_wish(request);
  if (!wish) return failure(wish.error());
  const auto job = context.syncs.begin(wish->channels);
  if (!job) return failure(job.error());
  const bool history = !wish->wait_s && wish->limit && *wish->limit >= kEnoughForHistory;
  const std::chrono::seconds patience(wish->wait_s.value_or(history ? 60 : 5));
  Response response;
  response.poll = std::make_unique<SyncPoll>(context.syncs, *job, patience, history ? kEnoughForHistory : 0);
  return response;
}

std::string history_job(model::ChatId chat) { return fmt::format("{}{}", kHistoryJob, chat.value); }

Response fetch_history(const Request& request, Context& context) {
  const auto peer = chat_of(request);
  if (!peer) return failure(peer.error());
  if (!context.parts.control) {
    return failure(503, "unavailable", "no source here can fetch history");
  }
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  model::Time from;
  if (const auto text = text_of(*body, "from")) {
    const auto date = model::parse_time(*text);
    if (!date || *date > model::Time::now()) {
      return failure(bad_parameter("from", *text, "a date that is past, such as 2026-01-31"));
    }
    from = *date;
  }
  const auto chat = context.store().chat(*peer);
  if (!chat) return failure(chat.error());
  if (!*chat || !(*chat)->registered) return failure(no_such_channel(*peer));
  if (const auto done = context.parts.control->fetch_history(*peer, from); !done) return failure(done.error());
  return success(json::object{{"jobId", history_job(*peer)}}, 202);
}

}  // namespace

std::vector<Job> Context::all_jobs() const {
  auto all = parts.jobs();
  for (auto& job : syncs.jobs()) all.push_back(std::move(job));
  for (auto& job : imports.jobs()) all.push_back(std::move(job));
  if (!parts.control) return all;
  for (const auto& history : parts.control->histories()) {
    Job job;
    job.id = history_job(history.chat);
    job.kind = "history";
    job.state = history.held_since ? "paused" : "running";
    job.channel = history.chat;
    job.progress = history.ids > 0 ? static_cast<double>(history.done) / static_cast<double>(history.ids) : 1;
    job.seconds_left = history.seconds_left;
    job.started_at = history.began;
    job.paused_at = history.held_since;
    job.detail = history.held_since || history.waits_for.empty()
                     ? fmt::format("{} of {} ids", history.done, history.ids)
                     : history.waits_for;
    all.push_back(std::move(job));
  }
  return all;
}

std::vector<Route> telegram_routes() {
  Route fetch{.method = Method::post,
              .pattern = "/api/telegram-gateway/sync-messages",
              .access = Access::consume,
              .where = Where::worker,
              .handler = sync,
              .operation = "sync_messages",
              .tag = "telegram",
              .summary = "Fetches what is missing; answers with the counts so far and goes on",
              .schema = "Synced",
              .body = "SyncBody"};
  Route fetch_alias = fetch;
  fetch_alias.pattern = "/sync-messages";
  fetch_alias.hidden = true;
  Route history{
      .method = Method::post,
      .pattern = "/api/channels/{id}/history",
      .access = Access::admin,
      .where = Where::worker,
      .handler = fetch_history,
      .operation = "channel_history",
      .tag = "channels",
      .summary = "Fetches the history, whole or from a date on, behind everything newer; its job tells how far",
      .schema = "JobStarted",
      .body = "HistoryBody",
      .parameters = {{"id", "string", "a chat's id", "path", true}},
      .status = 202};
  return {std::move(fetch), std::move(fetch_alias), std::move(history)};
}

}  // namespace tg::api
