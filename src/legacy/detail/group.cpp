#include "legacy/detail/group.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "model/message_json.h"
#include "pipeline/normalise.h"
#include "source/fields.h"

namespace tg::legacy::detail {
namespace {

namespace json = boost::json;
using model::MediaType;
using source::Fields;

constexpr std::size_t kMaxPayload = 64 << 10;
constexpr std::size_t kLongestName = 100;

json::value parsed(std::string_view text) {
  json::error_code failed;
  auto value = json::parse({text.data(), text.size()}, failed);
  return failed ? json::value() : value;
}

// jsonb holds any JSON, and the predecessor wrote some as text that holds JSON once more.
std::pair<json::value, Json> read_json(const std::optional<std::string>& text) {
  if (!text || text->empty() || *text == "null") return {json::value(), Json::absent};
  auto value = parsed(*text);
  if (const auto* inner = value.if_string()) {
    auto again = parsed({inner->data(), inner->size()});
    if (again.is_object() || again.is_array()) return {std::move(again), Json::twice};
    return {json::value(), Json::bad};
  }
  if (!value.is_object() && !value.is_array()) return {json::value(), Json::bad};
  return {std::move(value), Json::good};
}

const json::object kNothing;

const json::object& within(const json::object& object, std::string_view name) {
  const auto* inner = Fields(object).object(name);
  return inner ? *inner : kNothing;
}

MediaType media_type(const std::string& name) {
  if (name.empty() || name == "text" || name == "webpage") return MediaType::none;
  const auto type = model::parse_media_type(name);
  return type == MediaType::none ? MediaType::other : type;
}

// Of a photo the predecessor lists its sizes, the largest last.
void read_media(const json::value& refs, model::Media& media) {
  if (media.type == MediaType::none) return;
  media.absent = "not_imported";
  const auto* array = refs.if_array();
  const auto* last = array && !array->empty() ? array->back().if_object() : nullptr;
  if (!last) return;
  const Fields f(*last);
  media.file_name = f.text("fileName");
  media.mime_type = f.text("mimeType");
  media.size = std::max<std::int64_t>(0, f.number("fileSize").value_or(f.number("size").value_or(0)));
  media.width = f.small("width");
  media.height = f.small("height");
  media.duration_s = f.small("duration");
}

// Where a site's own object has it: a picture's address, or an object with one.
std::string picture_of(const Fields& f) {
  for (const auto* name : {"image", "thumbnail", "media"}) {
    if (const auto text = f.text(name); !text.empty()) return std::string(text);
    if (const auto* object = f.object(name)) return std::string(Fields(*object).text("url"));
  }
  return "";
}

std::optional<model::LinkPreview> read_preview(const json::object& object) {
  const Fields f(object);
  model::LinkPreview preview;
  preview.url = f.text("url");
  if (preview.url.empty()) return std::nullopt;
  preview.type = f.text("type");
  preview.title = f.text("title");
  preview.description = f.has("description") ? f.text("description") : f.text("text");
  preview.site_name = f.has("siteName") ? f.text("siteName") : f.text("domain");
  preview.author = f.has("author") && f.object("author") ? Fields(*f.object("author")).text("name") : f.text("author");
  preview.image = picture_of(f);
  return preview;
}

void read_metadata(const json::object& metadata, model::Message& message) {
  const Fields f(metadata);
  const Fields details(within(metadata, "telegramDetails"));
  message.album = details.text("mediaGroupId");
  message.via_bot = details.text("viaBot");
  message.link_preview = read_preview(within(metadata, "linkPreview"));
  message.sender_id = f.number("fromId").value_or(0);
  message.counters.views = std::max<std::int64_t>(0, f.number("views").value_or(0));
  const Fields reply(within(metadata, "replyTo"));
  const auto replied = reply.number("messageId").value_or(f.number("replyTo").value_or(0));
  if (replied > 0) {
    message.reply.emplace();
    message.reply->message = model::MessageId{replied};
    message.reply->text = reply.text("text");
  }
}

std::string consumer_of(const Fields& metadata) {
  std::string name(metadata.text("processed_by"));
  pipeline::clean(name);
  return name.size() <= kLongestName ? name : std::string(kNobody);
}

bool processed(const Row& row) { return row.status == "published" || row.status == "reprocessed"; }

// A row that an update has touched says so later; a mark must have a time.
model::Time first_of(std::initializer_list<model::Time> times) {
  for (const auto time : times) {
    if (time) return time;
  }
  return model::Time::seconds(1);
}

void take_marks(const Row& row, const Fields& metadata, Group& group) {
  auto consumer = consumer_of(metadata);
  if (consumer.empty() && (processed(row) || row.published_at)) consumer = kNobody;
  if (consumer.empty()) return;
  const auto told = model::parse_time(metadata.text("processed_at"));
  const auto at = told.value_or(first_of({row.published_at, row.updated_at, row.created_at, row.received_at}));
  const auto [mark, fresh] = group.marks.try_emplace(std::move(consumer), at);
  if (!fresh) mark->second = std::min(mark->second, at);
}

std::string payload_of(const Row& row) {
  json::object object{{"channel_id", row.channel_id},
                      {"message_id", row.message_id},
                      {"text", row.text},
                      {"caption", row.caption},
                      {"status", row.status}};
  auto payload = json::serialize(object);
  if (payload.size() > kMaxPayload) payload.resize(kMaxPayload);
  return payload;
}

std::optional<std::string> fault_of(const Row& row) {
  if (!row.peer) return fmt::format("its channel \"{}\" is no number", row.channel_id.substr(0, 64));
  if (!row.message) return fmt::format("its message id \"{}\" is no number", row.message_id.substr(0, 64));
  if (!model::is_channel(model::ChatId{*row.peer})) {
    return fmt::format("chat {} is no channel: its messages are numbered by an account that nobody recorded",
                       *row.peer);
  }
  return std::nullopt;
}

Content content_of(const Row& row, const Group& group, model::Time date, const Fields& metadata, Json quality) {
  Content content;
  content.metadata = quality;
  content.observed_at = first_of({row.created_at, row.received_at, date});
  auto& message = content.message;
  message.key = group.key;
  message.date = date;
  message.text = row.text.empty() ? row.caption : row.text;
  message.topic = model::MessageId{row.thread.value_or(0)};
  message.media.type = group.has_photo ? MediaType::photo : media_type(row.media_type);
  read_media(read_json(row.media_refs).first, message.media);
  read_metadata(metadata.all(), message);
  return content;
}

}  // namespace

Group understand(std::span<const Row> rows, bool has_photo) {
  Group group;
  group.has_photo = has_photo;
  group.key = {{}, model::ChatId{rows[0].peer.value_or(0)}, model::MessageId{rows[0].message.value_or(0)}};
  model::Time date, received;
  bool all_deleted = true, any_processed = false;
  for (const auto& row : rows) {
    if (row.telegram_date && (!date || row.telegram_date < date)) date = row.telegram_date;
    const auto seen = first_of({row.received_at, row.created_at});
    if (!received || seen < received) received = seen;
    all_deleted = all_deleted && (row.deleted_at || row.status == "deleted");
    any_processed = any_processed || processed(row);
  }
  group.date_taken = !date;
  if (!date) date = received;
  for (const auto& row : rows) {
    auto [metadata, quality] = read_json(row.metadata);
    if (metadata.is_array()) quality = Json::bad;
    Fields fields(metadata.is_object() ? metadata.get_object() : kNothing);
    auto fault = fault_of(row);
    if (!fault) {
      auto content = content_of(row, group, date, fields, quality);
      pipeline::normalise(content.message);
      fault = pipeline::fault(content.message);
      if (!fault) group.contents.push_back(std::move(content));
    }
    if (fault) {
      group.set_aside.push_back({"predecessor: " + row.place, *fault, payload_of(row)});
      continue;
    }
    take_marks(row, fields, group);
    if (all_deleted) {
      const auto at = first_of({row.deleted_at, row.updated_at, row.created_at, received});
      group.deleted_at = group.deleted_at ? std::min(group.deleted_at, at) : at;
    }
    const Fields details(within(fields.all(), "telegramDetails"));
    if (const auto title = details.text("chatTitle"); !title.empty()) {
      group.chat_title = title;
      group.chat_username = details.text("chatUsername");
      group.named_at = group.contents.back().observed_at;
    }
  }
  group.pending = !any_processed && group.marks.empty() && !group.deleted_at && !group.contents.empty();
  return group;
}

}  // namespace tg::legacy::detail
