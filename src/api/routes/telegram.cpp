// What needs a Telegram account: sign-in, fetching history, photos. A build or set-up without one says so, and what to
// do instead.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "api/routes/common.h"
#include "api/routes/sync.h"
#include "api/view/message_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kEnoughForHistory = 500;
constexpr std::int64_t kMostMediaBytes = 64LL << 20;  // an answer is held in memory

Response auth_status(const Request&, Context& context) {
  json::object data{
      {"status", "idle"},
      {"running", false},
      {"startedAt", nullptr},
      {"finishedAt", nullptr},
      {"logs", json::array{}},
      {"available", false},
      {"message", "no Telegram account can sign in here yet; channels come from the demo or from export files"}};
  (void)context;
  return success(std::move(data));
}

Response auth_start(const Request&, Context&) {
  return failure(503, "unavailable",
                 "no Telegram account can sign in here yet; use 'telegram-gateway import FILE' for an export, or "
                 "'telegram-gateway demo' to look around");
}

Response auth_input(const Request& request, Context&) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto value = text_of(*body, "value");
  if (!value || value->empty())
    return failure(400, "invalid_input", "'value' is missing; send the code or the password");
  return failure(409, "conflict", "no sign-in is waiting for an input");
}

Response auth_cancel(const Request&, Context&) { return failure(409, "conflict", "no sign-in is running"); }

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
  if (const auto* channels = body->if_contains("channels"); channels && channels->is_array()) {
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
  if (!progress.error.empty()) return failure(503, "unavailable", progress.error);
  json::array channels;
  for (const auto& channel : progress.channels) {
    channels.push_back(json::object{{"channelId", std::to_string(channel.peer.value)},
                                    {"label", channel.label},
                                    {"messagesSynced", channel.synced}});
  }
  return success(json::object{{"totalMessagesSynced", progress.synced},
                              {"totalMessagesSaved", progress.saved},
                              {"channelsSynced", std::move(channels)},
                              {"timestamp", model::to_rfc3339(model::Time::now())},
                              {"completed", progress.completed},
                              {"jobId", progress.job}});
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

// A regular file of the media folder, named by its hash; nothing else can be reached by it.
Result<std::string> read_blob(const std::filesystem::path& folder, const std::string& hash) {
  const bool plain =
      hash.size() == 64 && std::all_of(hash.begin(), hash.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!plain) return Error{Code::not_found, "the file is not here", ""};
  const auto path = folder / "sha256" / hash.substr(0, 2) / hash.substr(2, 2) / hash;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0)
    return Error{Code::not_found, "the file is not in the media folder any more",
                 "Import the export again with its media"};
  struct stat facts {};
  std::string bytes;
  if (::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size <= kMostMediaBytes) {
    bytes.resize(static_cast<std::size_t>(facts.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto got = ::read(file, bytes.data() + done, bytes.size() - done);
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
  }
  ::close(file);
  if (bytes.empty())
    return Error{Code::not_found, "the file is empty or larger than 64 MiB", "Open it in the media folder"};
  return bytes;
}

// What a browser may show by itself; the rest is offered as a download, never run.
std::string_view shown_type(const model::Media& media) {
  static constexpr std::string_view kShown[] = {"image/jpeg", "image/png",  "image/webp", "image/gif", "video/mp4",
                                                "video/webm", "audio/mpeg", "audio/ogg",  "audio/mp4"};
  for (const auto type : kShown) {
    if (media.mime_type == type) return type;
  }
  if (media.type == model::MediaType::photo) return "image/jpeg";
  return "application/octet-stream";
}

Response media_answer(Context& context, const model::MessageKey& key, bool photo) {
  const auto row = context.store().get(key);
  if (!row) return failure(row.error());
  if (!*row) return failure(no_such_message(key));
  const auto& media = (*row)->message.media;
  if (media.type == model::MediaType::none || (photo && media.type != model::MediaType::photo)) {
    return failure(404, "not_found", photo ? "the message has no photo" : "the message has no file");
  }
  if (media.blob.empty()) {
    return failure(503, "unavailable",
                   media.absent == "not_in_export" ? "the export did not hold this file"
                                                   : "the file is not here, and no signed-in account can fetch it now");
  }
  auto bytes = read_blob(context.options.media_folder, media.blob);
  if (!bytes) return failure(bytes.error());
  const auto type = shown_type(media);
  auto response = with_body(200, type, std::move(*bytes));
  response.add("Cache-Control", "private, max-age=86400").add("ETag", "\"" + media.blob.substr(0, 20) + "\"");
  response.add("Content-Security-Policy", "default-src 'none'; sandbox");
  if (type == "application/octet-stream") response.add("Content-Disposition", "attachment");
  return response;
}

Response photo(const Request& request, Context& context) {
  const auto peer = chat_of(request, 0);
  if (!peer) return failure(peer.error());
  const auto text = unescape(request.parameters[1]);
  const auto message = model::parse_int(text);
  if (!message || *message < 1) return failure(bad_parameter("messageId", text, "a message's number"));
  return media_answer(context, {{}, *peer, model::MessageId{*message}}, true);
}

Response media(const Request& request, Context& context) {
  const auto key = key_of(request);
  if (!key) return failure(key.error());
  return media_answer(context, *key, false);
}

}  // namespace

std::vector<Job> Context::all_jobs() const {
  auto all = parts.jobs();
  for (auto& job : syncs.jobs()) all.push_back(std::move(job));
  return all;
}

std::vector<Route> telegram_routes() {
  const auto auth = [](Method method, std::string_view pattern, auto handler, std::string_view operation,
                       std::string_view summary) {
    return Route{.method = method,
                 .pattern = pattern,
                 .access = method == Method::get ? Access::read : Access::admin,
                 .where = Where::now,
                 .handler = handler,
                 .operation = operation,
                 .tag = "telegram",
                 .summary = summary,
                 .schema = "AuthStatus"};
  };
  auto input = auth(Method::post, "/api/telegram-gateway/auth/input", auth_input, "auth_input",
                    "Gives the code or password that is waited for");
  input.body = "AuthInput";
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
  Route picture{.method = Method::get,
                .pattern = "/api/telegram-gateway/photos/{channelId}/{messageId}",
                .access = Access::read,
                .where = Where::worker,
                .handler = photo,
                .operation = "photo",
                .tag = "telegram",
                .summary = "The photo of a message",
                .schema = "=Binary",
                .parameters = {{"channelId", "string", "a chat's id", "path", true},
                               {"messageId", "integer", "the message", "path", true}}};
  picture.type = "image/jpeg";
  Route picture_alias = picture;
  picture_alias.pattern = "/photo/{channelId}/{messageId}";
  picture_alias.hidden = true;
  Route file{.method = Method::get,
             .pattern = "/api/telegram-gateway/media/{id}",
             .access = Access::read,
             .where = Where::worker,
             .handler = media,
             .operation = "media",
             .tag = "telegram",
             .summary = "The file of a message",
             .schema = "=Binary",
             .parameters = {{"id", "string", "the message's id", "path", true}}};
  file.type = "application/octet-stream";
  return {
      auth(Method::get, "/api/telegram-gateway/auth/status", auth_status, "auth_status", "How far a sign-in is"),
      auth(Method::post, "/api/telegram-gateway/auth/start", auth_start, "auth_start", "Starts a sign-in"),
      std::move(input),
      auth(Method::post, "/api/telegram-gateway/auth/cancel", auth_cancel, "auth_cancel", "Ends the sign-in that runs"),
      std::move(fetch),
      std::move(fetch_alias),
      std::move(picture),
      std::move(picture_alias),
      std::move(file),
  };
}

}  // namespace tg::api
