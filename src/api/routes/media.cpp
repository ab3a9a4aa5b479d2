// The files of messages: whole, or the part that a Range header asks for, so that a video can be seeked.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/cache.h"
#include "api/live/tail.h"
#include "api/routes/common.h"
#include "api/routes/file_name.h"

namespace tg::api {
namespace {

constexpr std::int64_t kHeldBytes = 1 << 20;  // what is not longer is read at once, and its connection stays open

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  // Of a regular file only.
  std::optional<std::int64_t> size() const {
    struct stat facts {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
    return facts.st_size;
  }
  // Appends `size` bytes. False: they are not there.
  bool read(std::string& out, std::int64_t at, std::int64_t size) const {
    const auto begin = out.size();
    const auto end = begin + static_cast<std::size_t>(size);
    out.resize(end);
    for (auto done = begin; done < end;) {
      const auto got =
          ::pread(descriptor_, out.data() + done, end - done, at + static_cast<std::int64_t>(done - begin));
      if (got <= 0) {
        out.resize(begin);
        return false;
      }
      done += static_cast<std::size_t>(got);
    }
    return true;
  }

 private:
  int descriptor_;
};

class FileStream final : public Stream {
 public:
  FileStream(File file, std::int64_t first, std::int64_t size)
      : file_(std::move(file)), at_(first), end_(first + size), size_(static_cast<std::uint64_t>(size)) {}

  Next pull(std::string& out, std::size_t budget, bool may_block) override {
    if (!may_block) return Next::blocked;
    const auto size = std::min(end_ - at_, static_cast<std::int64_t>(budget));
    // A file that became shorter: the answer ends before its Content-Length, so the reader knows.
    if (!file_.read(out, at_, size)) return Next::ended;
    at_ += size;
    return at_ == end_ ? Next::ended : Next::written;
  }
  void heartbeat(std::string&) override {}
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  const File file_;
  std::int64_t at_;
  const std::int64_t end_;
  const std::uint64_t size_;
};

// A file of the media folder, named by its hash; nothing else can be reached by it.
Result<File> open_blob(const std::filesystem::path& folder, const std::string& hash) {
  const bool plain =
      hash.size() == 64 && std::all_of(hash.begin(), hash.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!plain) return Error{Code::not_found, "the file is not here", ""};
  const auto path = folder / "sha256" / hash.substr(0, 2) / hash.substr(2, 2) / hash;
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.size())
    return Error{Code::not_found, "the file is not in the media folder any more",
                 "Import the export again with its media"};
  return file;
}

// What a browser may show by itself; the rest is offered as a download, never run.
std::string_view shown_type(const model::Media& media) {
  static constexpr std::string_view kShown[] = {"image/jpeg", "image/png",  "image/webp", "image/gif", "video/mp4",
                                                "video/webm", "audio/mpeg", "audio/ogg",  "audio/mp4", "audio/webm",
                                                "audio/aac",  "audio/flac", "audio/wav"};
  for (const auto type : kShown) {
    if (media.mime_type == type) return type;
  }
  if (media.type == model::MediaType::photo) return "image/jpeg";
  if (media.mime_type.empty() && media.type == model::MediaType::voice) return "audio/ogg";
  if (media.mime_type.empty() && media.type == model::MediaType::video_note) return "video/mp4";
  return "application/octet-stream";
}

struct Part {
  std::int64_t first = 0, size = 0;  // size 0: nothing of the file is in the range
};

// Of one range in bytes. Nothing: the whole file is meant, as it is by several ranges, another unit, or no range at all
// (RFC 9110, 14.2).
std::optional<Part> part_of(std::string_view range, std::int64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!range.starts_with(kUnit)) return std::nullopt;
  range.remove_prefix(kUnit.size());
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view text) -> std::optional<std::int64_t> {
    if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return {};
    return model::parse_int(text).value_or(INT64_MAX);
  };
  const auto before = range.substr(0, dash), behind = range.substr(dash + 1);
  const auto first = number(before), last = number(behind);
  if (before.empty() && last) {
    const auto length = std::min(*last, size);
    return Part{size - length, length};
  }
  if (!first || (!behind.empty() && (!last || *last < *first))) return std::nullopt;
  if (*first >= size) return Part{};
  return Part{*first, std::min(last.value_or(INT64_MAX), size - 1) - *first + 1};
}

Response file_answer(const Request& request, File file, const model::Media& media, const std::string& etag) {
  const auto type = shown_type(media);
  const auto size = file.size().value_or(0);
  Response response;
  response.add("Content-Type", type).add("Cache-Control", "private, max-age=86400").add("ETag", etag);
  response.add("Content-Security-Policy", "default-src 'none'; sandbox").add("Accept-Ranges", "bytes");
  response.add("Content-Disposition", content_disposition(type != "application/octet-stream", media.file_name));
  if (matches(request.header("if-none-match"), etag)) {
    response.status = 304;
    return response;
  }
  std::optional<Part> part;
  const auto if_range = request.header("if-range");
  if (request.method == Method::get && (if_range.empty() || if_range == etag)) {
    part = part_of(request.header("range"), size);
  }
  if (part && part->size == 0) {
    response = failure(416, "range_not_satisfiable", fmt::format("the file has {} bytes", size));
    return std::move(response.add("Content-Range", fmt::format("bytes */{}", size)));
  }
  if (part) {
    response.status = 206;
    response.add("Content-Range", fmt::format("bytes {}-{}/{}", part->first, part->first + part->size - 1, size));
  } else {
    part = Part{0, size};
  }
  if (part->size > kHeldBytes) {
    response.stream = std::make_unique<FileStream>(std::move(file), part->first, part->size);
    return response;
  }
  std::string bytes;
  if (!file.read(bytes, part->first, part->size)) return failure(500, "internal", "the file could not be read");
  response.body = Bytes(std::move(bytes));
  return response;
}

std::string etag_of_blob(const std::string& blob) { return "\"" + blob.substr(0, 20) + "\""; }

// A photo that is being fetched: the answer is the photo, as an <img> wants it, or why there is none.
class PhotoPoll final : public LongPoll {
 public:
  PhotoPoll(Context& context, const model::MessageKey& key)
      : context_(context), follower_(context.tail), key_(key), seen_(context.tail.head()) {
    until = std::chrono::steady_clock::now() + kFetchPatience;
  }

  bool ready() override {
    const auto now = std::chrono::steady_clock::now();
    if (context_.tail.head() == seen_ && now < look_at_) return false;
    look_at_ = now + kLookEvery;
    return true;
  }

  bool answer(Response& response, bool last) override {
    seen_ = context_.tail.head();
    const auto row = context_.store().get(key_);
    if (!row || !*row) return put(response, row ? failure(no_such_message(key_)) : failure(row.error()));
    const auto& media = (*row)->message.media;
    if (!media.blob.empty()) return put(response, whole(media));
    if (const auto trouble = context_.parts.control->media_trouble(key_)) return put(response, failure(*trouble));
    if (!last) return false;
    auto not_yet = failure(503, "unavailable", "the photo is still being fetched; ask again");
    not_yet.add("Retry-After", "5");
    return put(response, std::move(not_yet));
  }

 private:
  static bool put(Response& response, Response made) {
    put_answer(response, std::move(made));
    return true;
  }
  Response whole(const model::Media& media) const {
    const auto file = open_blob(context_.options.media_folder, media.blob);
    if (!file) return failure(file.error());
    std::string bytes;
    const auto size = file->size().value_or(0);
    if (size > kMostAtOnce || !file->read(bytes, 0, size)) {
      auto again = failure(503, "unavailable", "the photo is here now; ask again");
      return std::move(again.add("Retry-After", "1"));
    }
    Response response;
    response.add("Content-Type", shown_type(media)).add("ETag", etag_of_blob(media.blob));
    response.body = Bytes(std::move(bytes));
    return response;
  }

  static constexpr std::chrono::seconds kFetchPatience{25};
  static constexpr std::chrono::milliseconds kLookEvery{900};
  static constexpr std::int64_t kMostAtOnce = 16 << 20;

  Context& context_;
  Tail::Follower follower_;
  const model::MessageKey key_;
  model::Seq seen_;
  std::chrono::steady_clock::time_point look_at_{};
};

Response media_answer(const Request& request, Context& context, const model::MessageKey& key, bool photo) {
  const auto row = context.store().get(key);
  if (!row) return failure(row.error());
  if (!*row) return failure(no_such_message(key));
  const auto& media = (*row)->message.media;
  if (media.type == model::MediaType::none || (photo && media.type != model::MediaType::photo)) {
    return failure(404, "not_found", photo ? "the message has no photo" : "the message has no file");
  }
  auto* control = context.parts.control;
  if (media.blob.empty() && photo && control && !media.unique_id.empty()) {
    if (const auto asked = control->fetch_media((*row)->message.key); !asked) return failure(asked.error());
    Response response;
    response.poll = std::make_unique<PhotoPoll>(context, (*row)->message.key);
    return response;
  }
  if (media.blob.empty()) {
    return failure(503, "unavailable",
                   media.absent == "not_in_export" ? "the export did not hold this file"
                   : media.unique_id.empty() || !control
                       ? "the file is not here, and no signed-in account can fetch it now"
                       : "the file is not here; POST …/media/{id}/fetch fetches it");
  }
  auto file = open_blob(context.options.media_folder, media.blob);
  if (!file) return failure(file.error());
  return file_answer(request, std::move(*file), media, etag_of_blob(media.blob));
}

Response photo(const Request& request, Context& context) {
  const auto peer = chat_of(request, 0);
  if (!peer) return failure(peer.error());
  const auto text = unescape(request.parameters[1]);
  const auto message = model::parse_int(text);
  if (!message || *message < 1) return failure(bad_parameter("messageId", text, "a message's number"));
  return media_answer(request, context, {{}, *peer, model::MessageId{*message}}, true);
}

Response media(const Request& request, Context& context) {
  const auto key = key_of(request);
  if (!key) return failure(key.error());
  return media_answer(request, context, *key, false);
}

}  // namespace

std::vector<Route> media_routes() {
  const Parameter range{"Range", "string", "bytes=first-last: only this part; several are answered whole", "header"};
  const Parameter expires{std::string_view(kLinkExpires), "integer", "of a signed link"};
  const Parameter signature{std::string_view(kLinkSignature), "string", "of a signed link: no token is needed with it"};
  Route picture{.method = Method::get,
                .pattern = "/api/telegram-gateway/photos/{channelId}/{messageId}",
                .access = Access::read,
                .where = Where::worker,
                .handler = photo,
                .operation = "photo",
                .tag = "telegram",
                .summary = "The photo of a message; fetched now where it is not here",
                .schema = "=Binary",
                .parameters = {{"channelId", "string", "a chat's id", "path", true},
                               {"messageId", "integer", "the message", "path", true},
                               range}};
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
             .parameters = {{"id", "string", "the message's id", "path", true}, range, expires, signature}};
  file.type = "application/octet-stream";
  file.by_link = true;
  return {std::move(picture), std::move(picture_alias), std::move(file)};
}

}  // namespace tg::api
