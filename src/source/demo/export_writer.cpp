// Writes the corpus as Telegram Desktop would have exported it (export_output_json.cpp in its sources).

#include <cerrno>
#include <fstream>
#include <numeric>
#include <system_error>

#include "model/message_json.h"
#include "source/demo/corpus.h"
#include "source/demo/detail/channels.h"

namespace tg::demo {
namespace {

constexpr std::string_view kNotIncluded = "(File not included. Change data exporting settings to download.)";

class Fields {
 public:
  explicit Fields(std::string& out) : out_(out) { out_ += "{"; }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    model::append_json_string(out_, value);
  }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void raw(std::string_view name, std::string_view json) {
    key(name);
    out_ += json;
  }
  void date(std::string_view name, model::Time time) {
    text(name, model::to_rfc3339(time).substr(0, 19));
    text(fmt::format("{}_unixtime", name), std::to_string(time.to_seconds()));
  }
  void close() { out_ += "\n   }"; }

 private:
  void key(std::string_view name) {
    out_ += first_ ? "\n    \"" : ",\n    \"";
    first_ = false;
    out_ += name;
    out_ += "\": ";
  }
  std::string& out_;
  bool first_ = true;
};

// Where in the UTF-8 text a UTF-16 offset is.
std::size_t byte_at(std::string_view text, std::int32_t units) {
  std::size_t i = 0;
  while (units > 0 && i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    units -= lead >= 0xF0 ? 2 : 1;
    i += lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  }
  return std::min(i, text.size());
}

std::string text_part(std::string_view type, std::string_view text, const model::Entity* entity) {
  std::string out = "{\"type\": ";
  model::append_json_string(out, type);
  out += ", \"text\": ";
  model::append_json_string(out, text);
  if (entity && entity->type == model::EntityType::text_link) {
    out += ", \"href\": ";
    model::append_json_string(out, entity->value);
  }
  return out + "}";
}

// `objects`: text_entities, where plain text is an object too.
std::string text_of(const model::Message& m, bool objects) {
  std::string out = "[";
  const auto add = [&](const std::string& part) {
    if (out.size() > 1) out += ", ";
    out += part;
  };
  const std::string_view text = m.text;
  std::size_t done = 0;
  const auto plain_until = [&](std::size_t end) {
    if (end <= done) return;
    std::string part;
    if (objects) {
      part = text_part("plain", text.substr(done, end - done), nullptr);
    } else {
      model::append_json_string(part, text.substr(done, end - done));
    }
    add(part);
  };
  for (const auto& entity : m.entities) {
    const auto begin = byte_at(text, entity.offset);
    const auto end = byte_at(text, entity.offset + entity.length);
    plain_until(begin);
    add(text_part(model::name_of(entity.type), text.substr(begin, end - begin), &entity));
    done = end;
  }
  plain_until(text.size());
  return out + "]";
}

void write_media(Fields& f, const model::Message& m) {
  const auto& media = m.media;
  switch (media.type) {
    case model::MediaType::photo: f.text("photo", kNotIncluded); break;
    case model::MediaType::voice:
      f.text("file", kNotIncluded);
      f.text("media_type", "voice_message");
      break;
    case model::MediaType::document:
      f.text("file", kNotIncluded);
      f.text("file_name", media.file_name);
      break;
    default: break;
  }
  f.text("mime_type", media.mime_type);
  if (media.duration_s > 0) f.number("duration_seconds", media.duration_s);
  if (media.width > 0) {
    f.number("width", media.width);
    f.number("height", media.height);
  }
  if (!m.poll) return;
  std::string poll = "{\"question\": ";
  model::append_json_string(poll, m.poll->question);
  fmt::format_to(std::back_inserter(poll), ", \"closed\": {}, \"total_voters\": {}, \"answers\": [", m.poll->closed,
                 m.poll->total_voters);
  for (std::size_t i = 0; i < m.poll->options.size(); ++i) {
    poll += i == 0 ? "{\"text\": " : ", {\"text\": ";
    model::append_json_string(poll, m.poll->options[i].text);
    fmt::format_to(std::back_inserter(poll), ", \"voters\": {}, \"chosen\": false}}", m.poll->options[i].voters);
  }
  f.raw("poll", poll + "]}");
}

std::string peer_text(std::int64_t id) {
  return id < 0 ? fmt::format("channel{}", -id - 1'000'000'000'000) : fmt::format("user{}", id);
}

void write_message(std::string& out, const model::Message& m) {
  Fields f(out);
  f.number("id", m.key.message.value);
  f.text("type", m.service.empty() ? "message" : "service");
  f.date("date", m.date);
  if (m.edit_date) f.date("edited", m.edit_date);
  if (!m.service.empty()) {
    f.text("actor", m.sender);
    f.text("actor_id", peer_text(m.sender_id));
    f.text("action", m.service);
  } else {
    f.text("from", m.sender);
    f.text("from_id", peer_text(m.sender_id));
    f.text("author", m.signature);
    if (m.forward) f.text("forwarded_from", m.forward->name);
    if (m.reply) f.number("reply_to_message_id", m.reply->message.value);
    write_media(f, m);
  }
  f.raw("text", m.text.empty() ? "\"\"" : text_of(m, false));
  f.raw("text_entities", text_of(m, true));
  f.close();
}

class ExportFile {
 public:
  explicit ExportFile(const std::filesystem::path& path) : out_(path, std::ios::binary | std::ios::trunc) {}

  bool write(std::string& text) {
    out_.write(text.data(), static_cast<std::streamsize>(text.size()));
    bytes_ += static_cast<std::int64_t>(text.size());
    text.clear();
    return out_.good();
  }
  bool close() {
    out_.close();
    return !out_.fail();
  }
  std::int64_t bytes() const { return bytes_; }

 private:
  std::ofstream out_;
  std::int64_t bytes_ = 0;
};

// {name, type, id, messages: […]}
bool write_chat(ExportFile& file, std::size_t index, std::uint64_t messages, std::uint64_t after,
                const ExportOptions& options) {
  const auto& channel = detail::channels()[index % detail::kMaxChannels];
  std::string text = "{\n \"name\": ";
  model::append_json_string(text, channel.title);
  fmt::format_to(std::back_inserter(text), ",\n \"type\": \"{}\",\n \"id\": {},\n \"messages\": [",
                 channel.group ? "private_supergroup" : "public_channel", -channel.peer().value - 1'000'000'000'000);
  Corpus corpus(options.seed, index);
  for (std::uint64_t i = 0; i < after; ++i) corpus.next();
  for (std::uint64_t i = 0; i < messages; ++i) {
    text += i == 0 ? "\n   " : ",\n   ";
    write_message(text, corpus.next(options.edited));
    if (text.size() > (1 << 20) && !file.write(text)) return false;
  }
  text += "\n ]\n}";
  return file.write(text);
}

// How many of so many messages are each chat's.
std::vector<std::uint64_t> shares(std::uint64_t of, std::size_t chats, bool past) {
  std::vector<std::uint64_t> weights;
  for (std::size_t i = 0; i < chats; ++i) {
    weights.push_back(past ? static_cast<std::uint64_t>(detail::channels()[i % detail::kMaxChannels].first_id) : 1);
  }
  const auto all = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  std::vector<std::uint64_t> out;
  std::uint64_t before = 0;
  for (const auto weight : weights) {
    out.push_back((before + weight) * of / all - before * of / all);
    before += weight;
  }
  return out;
}

}  // namespace

Result<std::int64_t> write_export(const std::filesystem::path& path, std::uint64_t messages,
                                  const ExportOptions& options) {
  ExportFile file(path);
  const auto chats = std::max<std::size_t>(1, options.channels);
  bool ok = true;
  std::string text;
  if (chats > 1) {
    text =
        "{\n \"about\": \"Made up for tests\",\n \"personal_information\": {\"user_id\": 7000000001, \"first_name\": "
        "\"Demo\"},\n \"chats\": {\n \"about\": \"All chats\",\n \"list\": [";
    ok = file.write(text);
  }
  const auto written = shares(messages, chats, options.past);
  const auto left_out = shares(options.after, chats, options.past);
  for (std::size_t i = 0; ok && i < chats; ++i) {
    if (i > 0) text = ",";
    ok = file.write(text) && write_chat(file, i, written[i], left_out[i], options);
  }
  if (chats > 1) text = "]}}";
  text += "\n";
  if (!ok || !file.write(text) || !file.close()) {
    return Error{Code::unavailable,
                 fmt::format("writing {}: {}", path.string(), std::generic_category().message(errno)), ""};
  }
  return file.bytes();
}

}  // namespace tg::demo
