#include "pipeline/normalise.h"

#include <openssl/evp.h>

#include <cstring>

#include "model/message_json.h"
#include "model/utf16.h"

namespace tg::pipeline {
namespace {

constexpr std::int64_t kLastDateUs = 4'102'444'800'000'000;

// Length of the well-formed UTF-8 sequence at `i` (Unicode 15, table 3-7); 0 = ill-formed.
std::size_t sequence_at(std::string_view s, std::size_t i) {
  auto byte = [&](std::size_t k) { return k < s.size() ? static_cast<unsigned char>(s[k]) : 0U; };
  auto tail = [&](std::size_t k) { return (byte(k) & 0xC0U) == 0x80U; };
  const unsigned a = byte(i);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(i + 1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    const unsigned b = byte(i + 1);
    if ((a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F)) return 0;
    return tail(i + 1) && tail(i + 2) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    const unsigned b = byte(i + 1);
    if ((a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F)) return 0;
    return tail(i + 1) && tail(i + 2) && tail(i + 3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool clean(std::string& text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto length = text[i] == '\0' ? 0 : sequence_at(text, i);
    if (length == 0) break;
    i += length;
  }
  if (i == text.size()) return false;
  std::string out(text, 0, i);
  while (i < text.size()) {
    if (text[i] == '\0') {
      ++i;
      continue;
    }
    const auto length = sequence_at(text, i);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
    } else {
      out.append(text, i, length);
      i += length;
    }
  }
  text = std::move(out);
  return true;
}

namespace {

// The source's own JSON without what is hashed elsewhere or changes without an edit: names of people in a service
// message, and text whose custom emoji are named by files.
std::string stable(const model::Message& m) {
  const auto has = [&m](std::string_view key) { return m.raw.find(key) != m.raw.npos; };
  const bool names = !m.service.empty() && (has("\"members\"") || has("\"inviter\""));
  if (!names && !has("\"custom_emoji\"")) return m.raw;
  boost::json::error_code error;
  auto value = boost::json::parse(m.raw, error);
  auto* object = error ? nullptr : value.if_object();
  if (!object) return m.raw;
  for (const auto* key : {"text", "text_entities"}) object->erase(key);
  if (!m.service.empty()) {
    for (const auto* key : {"members", "inviter"}) object->erase(key);
  }
  return boost::json::serialize(*object);
}

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
  ~Digest() { EVP_MD_CTX_free(context_); }
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void add(std::int64_t number) { EVP_DigestUpdate(context_, &number, sizeof number); }
  // With its length, so that two neighbours cannot trade bytes.
  void add(std::string_view text) {
    add(static_cast<std::int64_t>(text.size()));
    EVP_DigestUpdate(context_, text.data(), text.size());
  }
  std::int64_t finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    EVP_DigestFinal_ex(context_, bytes.data(), nullptr);
    std::int64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

 private:
  EVP_MD_CTX* context_;
};

}  // namespace

void normalise(model::Message& m) {
  bool changed = false;
  for (auto* text : {&m.text, &m.sender, &m.signature, &m.chat_title, &m.via_bot, &m.service, &m.album, &m.raw,
                     &m.media.unique_id, &m.media.file_name, &m.media.mime_type, &m.media.absent, &m.media.miniature}) {
    changed = clean(*text) || changed;
  }
  for (auto& entity : m.entities) changed = clean(entity.value) || changed;
  if (m.reply) {
    changed = clean(m.reply->text) || changed;
    changed = clean(m.reply->sender) || changed;
  }
  if (m.forward) changed = clean(m.forward->name) || changed;
  if (m.link_preview) {
    auto& l = *m.link_preview;
    for (auto* text : {&l.url, &l.title, &l.description, &l.site_name, &l.author, &l.image, &l.type}) {
      changed = clean(*text) || changed;
    }
  }
  if (m.poll) {
    changed = clean(m.poll->question) || changed;
    for (auto& option : m.poll->options) changed = clean(option.text) || changed;
  }
  for (auto& reaction : m.counters.reactions) changed = clean(reaction.emoji) || changed;
  m.sanitised = m.sanitised || changed;

  if (!m.entities.empty()) {
    const auto length = model::utf16_length(m.text);
    std::erase_if(m.entities, [length](const model::Entity& entity) {
      return entity.offset < 0 || entity.length <= 0 ||
             static_cast<std::int64_t>(entity.offset) + entity.length > length;
    });
  }
}

std::optional<std::string> fault(const model::Message& m) {
  if (m.key.message.value <= 0) return fmt::format("message id {} is not positive", m.key.message.value);
  if (m.key.message.value > INT32_MAX) return fmt::format("message id {} is too large", m.key.message.value);
  if (!m.key.peer) return "chat id is missing";
  if (m.date.us <= 0) return "date is missing";
  if (m.date.us > kLastDateUs) return "date is after the year 2100";
  if (m.edit_date.us > kLastDateUs) return "edit date is after the year 2100";
  if (m.text.size() > kMaxTextBytes)
    return fmt::format("text has {} bytes, at most {} are taken", m.text.size(), kMaxTextBytes);
  if (m.raw.size() > kMaxRawBytes) return "content is larger than 16 MB";
  return std::nullopt;
}

std::int64_t content_hash(const model::Message& m) {
  Digest digest;
  digest.add(m.text);
  for (const auto& entity : m.entities) {
    digest.add(static_cast<std::int64_t>(entity.type));
    digest.add((static_cast<std::int64_t>(entity.offset) << 32) + entity.length);
    digest.add(entity.value);
  }
  digest.add(static_cast<std::int64_t>(m.media.type));
  digest.add(m.media.unique_id);
  digest.add(m.service);
  if (m.poll) {
    digest.add(m.poll->question);
    for (const auto& option : m.poll->options) digest.add(option.text);
  }
  digest.add(std::string_view(stable(m)));
  return digest.finish();
}

}  // namespace tg::pipeline
