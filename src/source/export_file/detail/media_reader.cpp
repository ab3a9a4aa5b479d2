#include "source/export_file/detail/media_reader.h"

#include "source/export_file/detail/text_reader.h"

namespace tg::export_file::detail {
namespace {

using model::MediaType;

// Telegram Desktop writes a sentence instead of a path (pushPath in export_output_json.cpp).
std::string_view why_absent(std::string_view path) {
  if (path.find("(File exceeds maximum size") != path.npos) return "too_large";
  if (path.find("(File not included") != path.npos || path.find("(File unavailable") != path.npos) {
    return "not_in_export";
  }
  return {};
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == path.npos ? path : path.substr(slash + 1);
}

MediaType file_type(std::string_view type) {
  if (type == "sticker") return MediaType::sticker;
  if (type == "video_message") return MediaType::video_note;
  if (type == "voice_message") return MediaType::voice;
  if (type == "animation") return MediaType::animation;
  if (type == "video_file") return MediaType::video;
  if (type == "audio_file") return MediaType::audio;
  return MediaType::document;
}

// Names of voice and round messages, stickers and photos are made by the exporter and say nothing.
bool has_own_name(MediaType type) {
  return type == MediaType::document || type == MediaType::audio || type == MediaType::video ||
         type == MediaType::animation;
}

std::string read_file(const Fields& f, model::Media& media) {
  const bool photo = f.has("photo");
  const auto path = photo ? f.text("photo") : f.text("file");
  media.type = photo ? MediaType::photo : file_type(f.text("media_type"));
  media.mime_type = f.text("mime_type");
  media.width = f.small("width");
  media.height = f.small("height");
  media.duration_s = f.small("duration_seconds");
  media.size = std::max<std::int64_t>(0, f.number(photo ? "photo_file_size" : "file_size").value_or(0));
  media.absent = why_absent(path);
  const bool here = media.absent.empty() && !path.empty();
  if (has_own_name(media.type)) {
    media.file_name = f.text("file_name");
    if (media.file_name.empty() && here) media.file_name = base_name(path);
  }
  if (here) media.absent = "not_imported";  // until it is taken in
  return here ? std::string(path) : std::string();
}

std::string joined(std::string_view first, std::string_view second) {
  std::string out(first);
  if (!out.empty() && !second.empty()) out += ' ';
  out += second;
  return out;
}

void read_poll(const Fields& f, model::Message& message) {
  message.media.type = MediaType::poll;
  model::Poll poll;
  if (const auto* question = f.value("question")) poll.question = read_text(*question).text;
  poll.closed = f.flag("closed");
  poll.total_voters = f.number("total_voters").value_or(0);
  if (const auto* answers = f.array("answers")) {
    for (const auto& answer : *answers) {
      const auto* object = answer.if_object();
      if (!object) continue;
      const Fields option(*object);
      const auto* text = option.value("text");
      poll.options.push_back({text ? read_text(*text).text : "", option.number("voters").value_or(0)});
    }
  }
  message.poll = std::move(poll);
}

}  // namespace

std::string read_media(const Fields& f, model::Message& message) {
  auto& media = message.media;
  if (f.has("photo") || f.has("file") || f.has("media_type")) return read_file(f, media);
  if (const auto* poll = f.object("poll")) {
    read_poll(Fields(*poll), message);
  } else if (const auto* contact = f.object("contact_information")) {
    media.type = MediaType::contact;
    const Fields who(*contact);
    media.file_name = joined(who.text("first_name"), who.text("last_name"));
  } else if (f.has("location_information") || f.has("place_name")) {
    media.type = MediaType::location;
    media.file_name = joined(f.text("place_name"), f.text("address"));
  } else if (f.has("game_title") || f.has("invoice_information") || f.has("giveaway_information") ||
             f.has("todo_list") || f.has("paid_stars_amount")) {
    media.type = MediaType::other;
  }
  return {};
}

bool media_needs_raw(const Fields& f) {
  return f.has("contact_information") || f.has("location_information") || f.has("place_name") || f.has("game_title") ||
         f.has("invoice_information") || f.has("giveaway_information") || f.has("todo_list") ||
         f.has("paid_stars_amount");
}

}  // namespace tg::export_file::detail
