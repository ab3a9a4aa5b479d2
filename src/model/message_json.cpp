#include "model/message_json.h"

#include <boost/json.hpp>

#include "model/names.h"

namespace tg::model {
namespace {

template <class Enum>
using Pair = std::pair<Enum, std::string_view>;
using E = EntityType;
using M = MediaType;

constexpr auto kEntities =
    names(Pair<E>{E::bold, "bold"}, Pair<E>{E::italic, "italic"}, Pair<E>{E::underline, "underline"},
          Pair<E>{E::strikethrough, "strikethrough"}, Pair<E>{E::spoiler, "spoiler"}, Pair<E>{E::code, "code"},
          Pair<E>{E::pre, "pre"}, Pair<E>{E::text_link, "text_link"}, Pair<E>{E::mention, "mention"},
          Pair<E>{E::mention_name, "mention_name"}, Pair<E>{E::hashtag, "hashtag"}, Pair<E>{E::cashtag, "cashtag"},
          Pair<E>{E::bot_command, "bot_command"}, Pair<E>{E::url, "link"}, Pair<E>{E::email, "email"},
          Pair<E>{E::phone, "phone"}, Pair<E>{E::bank_card, "bank_card"}, Pair<E>{E::custom_emoji, "custom_emoji"},
          Pair<E>{E::blockquote, "blockquote"}, Pair<E>{E::other, "other"});
constexpr auto kMedia =
    names(Pair<M>{M::none, ""}, Pair<M>{M::photo, "photo"}, Pair<M>{M::video, "video"}, Pair<M>{M::audio, "audio"},
          Pair<M>{M::voice, "voice"}, Pair<M>{M::video_note, "video_note"}, Pair<M>{M::animation, "animation"},
          Pair<M>{M::sticker, "sticker"}, Pair<M>{M::document, "document"}, Pair<M>{M::contact, "contact"},
          Pair<M>{M::location, "location"}, Pair<M>{M::poll, "poll"}, Pair<M>{M::other, "other"});

// Writes one object; fields that are empty are left out.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }

  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    append_json_string(out_, value);
  }
  void number(std::string_view name, std::int64_t value) {
    if (value == 0) return;
    key(name);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void flag(std::string_view name, bool value) {
    if (!value) return;
    key(name);
    out_ += "true";
  }
  template <class List, class Write>
  void list(std::string_view name, const List& items, Write write) {
    if (items.empty()) return;
    key(name);
    out_ += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      Object object(out_);
      write(object, item);
      object.close();
    }
    out_ += ']';
  }
  void numbers(std::string_view name, const std::vector<std::int64_t>& values) {
    if (values.empty()) return;
    key(name);
    fmt::format_to(std::back_inserter(out_), "[{}]", fmt::join(values, ","));
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    key(name);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      append_json_string(out_, values[i]);
    }
    out_ += ']';
  }
  template <class Write>
  void object(std::string_view name, Write write) {
    key(name);
    Object inner(out_);
    write(inner);
    inner.close();
  }

 private:
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  std::string& out_;
  bool first_ = true;
};

void write_media(Object& o, const Media& media) {
  o.text("type", name_of(media.type));
  o.text("unique_id", media.unique_id);
  o.text("file_name", media.file_name);
  o.text("mime_type", media.mime_type);
  o.number("size", media.size);
  o.number("width", media.width);
  o.number("height", media.height);
  o.number("duration", media.duration_s);
  o.text("miniature", media.miniature);
  o.text("blob", media.blob);
  o.text("absent", media.absent);
}

// Reads fields of one object; what is absent or of another type stays as it was.
class Fields {
 public:
  explicit Fields(const boost::json::object& object) : object_(object) {}

  std::string text(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    return v && v->is_string() ? std::string(v->get_string()) : std::string();
  }
  std::int64_t number(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    if (!v) return 0;
    if (v->is_int64()) return v->get_int64();
    if (v->is_uint64()) return static_cast<std::int64_t>(v->get_uint64());
    return 0;
  }
  std::int32_t small(std::string_view name) const {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(number(name), INT32_MIN, INT32_MAX));
  }
  bool flag(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    return v && v->is_bool() && v->get_bool();
  }
  std::vector<std::int64_t> numbers(std::string_view name) const {
    std::vector<std::int64_t> values;
    const auto* v = object_.if_contains(name);
    if (!v || !v->is_array()) return values;
    for (const auto& item : v->get_array()) values.push_back(item.is_int64() ? item.get_int64() : 0);
    return values;
  }
  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> values;
    const auto* v = object_.if_contains(name);
    if (!v || !v->is_array()) return values;
    for (const auto& item : v->get_array()) {
      if (item.is_string()) values.emplace_back(item.get_string());
    }
    return values;
  }
  template <class Read>
  void each(std::string_view name, Read read) const {
    const auto* v = object_.if_contains(name);
    if (!v || !v->is_array()) return;
    for (const auto& item : v->get_array()) {
      if (item.is_object()) read(Fields(item.get_object()));
    }
  }
  std::optional<Fields> object(std::string_view name) const {
    const auto* v = object_.if_contains(name);
    if (!v || !v->is_object()) return std::nullopt;
    return Fields(v->get_object());
  }

 private:
  const boost::json::object& object_;
};

Media read_media(const Fields& f) {
  Media media;
  media.type = parse_media_type(f.text("type"));
  media.unique_id = f.text("unique_id");
  media.file_name = f.text("file_name");
  media.mime_type = f.text("mime_type");
  media.size = f.number("size");
  media.width = f.small("width");
  media.height = f.small("height");
  media.duration_s = f.small("duration");
  media.miniature = f.text("miniature");
  media.blob = f.text("blob");
  media.absent = f.text("absent");
  return media;
}

void write_counters(Object& o, const Counters& counters) {
  o.number("views", counters.views);
  o.number("forwards", counters.forwards);
  o.list("reactions", counters.reactions, [](Object& r, const Reaction& reaction) {
    r.text("emoji", reaction.emoji);
    r.number("count", reaction.count);
  });
  if (!counters.votes) return;
  o.object("votes", [&](Object& v) {
    v.number("at_us", counters.votes->at.us);
    v.numbers("options", counters.votes->options);
    v.number("total", counters.votes->total);
    v.flag("closed", counters.votes->closed);
  });
}

Counters read_counters(const Fields& f) {
  Counters counters;
  counters.views = f.number("views");
  counters.forwards = f.number("forwards");
  f.each("reactions", [&](const Fields& r) { counters.reactions.push_back({r.text("emoji"), r.number("count")}); });
  if (const auto v = f.object("votes")) {
    counters.votes = Votes{Time{v->number("at_us")}, v->numbers("options"), v->number("total"), v->flag("closed")};
  }
  return counters;
}

}  // namespace

void set_counters(Message& message, Counters counters) {
  message.counters = std::move(counters);
  auto& poll = message.poll;
  const auto& votes = message.counters.votes;
  if (!poll || !votes || votes->options.size() != poll->options.size()) return;
  for (std::size_t i = 0; i < poll->options.size(); ++i) poll->options[i].voters = votes->options[i];
  poll->total_voters = votes->total;
  poll->closed = votes->closed;
}

std::string_view name_of(EntityType type) { return kEntities.of(type); }
std::string_view name_of(MediaType type) { return kMedia.of(type); }
EntityType parse_entity_type(std::string_view name) { return kEntities.parse(name).value_or(EntityType::other); }
MediaType parse_media_type(std::string_view name) { return kMedia.parse(name).value_or(MediaType::other); }

void append_json_string(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

std::string to_json(const Counters& counters) {
  std::string out;
  Object o(out);
  write_counters(o, counters);
  o.close();
  return out;
}

std::string to_json(const Message& m) {
  std::string out;
  out.reserve(256 + m.text.size() + m.raw.size() + m.media.miniature.size());
  Object o(out);
  o.number("scope", m.key.scope.value);
  o.number("peer", m.key.peer.value);
  o.number("id", m.key.message.value);
  o.number("date_us", m.date.us);
  o.number("edit_date", m.edit_date.to_seconds());
  o.text("chat_title", m.chat_title);
  o.text("sender", m.sender);
  o.number("sender_id", m.sender_id);
  o.text("signature", m.signature);
  o.text("text", m.text);
  o.list("entities", m.entities, [](Object& e, const Entity& entity) {
    e.text("type", name_of(entity.type));
    e.number("offset", entity.offset);
    e.number("length", entity.length);
    e.text("value", entity.value);
  });
  if (m.media.type != MediaType::none) o.object("media", [&](Object& media) { write_media(media, m.media); });
  o.text("album", m.album);
  o.number("topic", m.topic.value);
  if (m.reply) {
    o.object("reply", [&](Object& r) {
      r.number("message", m.reply->message.value);
      r.number("peer", m.reply->peer.value);
      r.text("text", m.reply->text);
      r.text("sender", m.reply->sender);
    });
  }
  if (m.forward) {
    o.object("forward", [&](Object& f) {
      f.text("name", m.forward->name);
      f.number("peer", m.forward->peer.value);
      f.number("message", m.forward->message.value);
      f.number("date_us", m.forward->date.us);
    });
  }
  if (m.link_preview) {
    o.object("link_preview", [&](Object& l) {
      l.text("url", m.link_preview->url);
      l.text("title", m.link_preview->title);
      l.text("description", m.link_preview->description);
      l.text("site_name", m.link_preview->site_name);
      l.text("author", m.link_preview->author);
      l.text("image", m.link_preview->image);
      l.text("type", m.link_preview->type);
    });
  }
  if (m.poll) {
    o.object("poll", [&](Object& p) {
      p.text("question", m.poll->question);
      p.list("options", m.poll->options, [](Object& option, const PollOption& value) {
        option.text("text", value.text);
        option.number("voters", value.voters);
      });
      p.number("total_voters", m.poll->total_voters);
      p.flag("closed", m.poll->closed);
    });
  }
  o.text("via_bot", m.via_bot);
  o.text("service", m.service);
  if (!m.counters.empty()) o.object("counters", [&](Object& c) { write_counters(c, m.counters); });
  o.texts("tags", m.tags);
  o.flag("redacted", m.redacted);
  o.flag("sanitised", m.sanitised);
  o.text("raw", m.raw);
  o.close();
  return out;
}

Result<Counters> counters_from_json(std::string_view json) {
  boost::json::error_code error;
  const auto value = boost::json::parse(json, error);
  if (error || !value.is_object()) return Error{Code::corrupt, "counters are not a JSON object", ""};
  return read_counters(Fields(value.get_object()));
}

Result<Message> message_from_json(std::string_view json) {
  boost::json::error_code error;
  const auto value = boost::json::parse(json, error);
  if (error || !value.is_object()) return Error{Code::corrupt, "a stored message is not a JSON object", ""};
  const Fields f(value.get_object());
  Message m;
  m.key = {Scope{f.number("scope")}, ChatId{f.number("peer")}, MessageId{f.number("id")}};
  m.date = Time{f.number("date_us")};
  m.edit_date = Time::seconds(f.number("edit_date"));
  m.chat_title = f.text("chat_title");
  m.sender = f.text("sender");
  m.sender_id = f.number("sender_id");
  m.signature = f.text("signature");
  m.text = f.text("text");
  f.each("entities", [&](const Fields& e) {
    m.entities.push_back({parse_entity_type(e.text("type")), e.small("offset"), e.small("length"), e.text("value")});
  });
  if (const auto media = f.object("media")) m.media = read_media(*media);
  m.album = f.text("album");
  m.topic = MessageId{f.number("topic")};
  if (const auto r = f.object("reply")) {
    m.reply = Reply{MessageId{r->number("message")}, ChatId{r->number("peer")}, r->text("text"), r->text("sender")};
  }
  if (const auto w = f.object("forward")) {
    m.forward = Forward{w->text("name"), ChatId{w->number("peer")}, MessageId{w->number("message")},
                        Time{w->number("date_us")}};
  }
  if (const auto l = f.object("link_preview")) {
    m.link_preview = LinkPreview{l->text("url"),    l->text("title"), l->text("description"), l->text("site_name"),
                                 l->text("author"), l->text("image"), l->text("type")};
  }
  if (const auto p = f.object("poll")) {
    m.poll.emplace();
    m.poll->question = p->text("question");
    p->each("options", [&](const Fields& option) {
      m.poll->options.push_back({option.text("text"), option.number("voters")});
    });
    m.poll->total_voters = p->number("total_voters");
    m.poll->closed = p->flag("closed");
  }
  m.via_bot = f.text("via_bot");
  m.service = f.text("service");
  if (const auto c = f.object("counters")) m.counters = read_counters(*c);
  m.tags = f.texts("tags");
  m.redacted = f.flag("redacted");
  m.sanitised = f.flag("sanitised");
  m.raw = f.text("raw");
  return m;
}

}  // namespace tg::model
