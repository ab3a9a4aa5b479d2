#include "source/export_file/detail/ndjson.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "model/message_json.h"
#include "pipeline/heads.h"
#include "pipeline/manual.h"
#include "pipeline/normalise.h"
#include "source/fields.h"

namespace tg::export_file::detail {

using source::Fields;
namespace {

namespace json = boost::json;

constexpr std::string_view kBegin = R"({"v":1,"type":"export")";
constexpr std::size_t kMaxLine = 32 << 20;
constexpr std::size_t kMaxPayload = 64 << 10;
constexpr std::size_t kMaxReasons = 20;

model::MessageKey key_of(const Fields& f) {
  return {model::Scope{f.number("scope").value_or(0)}, model::ChatId{f.number("peer").value_or(0)},
          model::MessageId{f.number("id").value_or(0)}};
}

pipeline::Freshness freshness_of(const Fields& f) {
  if (f.flag("from_page")) return pipeline::Freshness::page;
  return f.flag("cached") ? pipeline::Freshness::cached : pipeline::Freshness::update;
}

bool has_content(model::Kind kind) {
  return kind == model::Kind::created || kind == model::Kind::edited || kind == model::Kind::restored ||
         kind == model::Kind::filled;
}

}  // namespace

bool is_ndjson(std::string_view first_bytes) { return first_bytes.starts_with(kBegin); }

NdjsonImporter::NdjsonImporter(const std::filesystem::path& file, const Options& options, pipeline::Intake& intake,
                               Report& report)
    : file_name_(file.filename().string()), options_(options), intake_(intake), report_(report) {}

Result<void> NdjsonImporter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == bytes.npos) {
      rest_ += bytes;
      if (rest_.size() > kMaxLine) {
        return Error{Code::invalid_input, fmt::format("line {} is longer than {} MiB", line_ + 1, kMaxLine >> 20),
                     "The file is damaged: export again"};
      }
      return {};
    }
    Result<void> taken;
    if (rest_.empty()) {
      taken = take_line(bytes.substr(0, end));
    } else {
      rest_ += bytes.substr(0, end);
      taken = take_line(rest_);
      rest_.clear();
    }
    if (!taken) return taken;
    bytes.remove_prefix(end + 1);
  }
  return {};
}

Result<void> NdjsonImporter::finish() {
  if (!rest_.empty() || !ended_) {
    return Error{Code::invalid_input, fmt::format("the file ends early, after line {}", line_),
                 "The copy or the export was cut off: copy it again, or export again; what is here already is kept"};
  }
  if (stated_ && (*stated_ < events_ || *stated_ > events_ + damaged_)) {
    return Error{Code::invalid_input, fmt::format("the file says that it has {} events, and has {}", *stated_, events_),
                 "Lines are missing or were added: copy it again, or export again; what was read is kept"};
  }
  return {};
}

std::string NdjsonImporter::last_good() const {
  return last_key_.empty() ? std::string() : fmt::format("event {} in line {}", last_key_, line_);
}

Result<void> NdjsonImporter::take_line(std::string_view line) {
  ++line_;
  if (line.find_first_not_of(" \t\r") == line.npos) return {};
  json::error_code ec;
  const auto value = json::parse({line.data(), line.size()}, ec);
  const auto* object = value.if_object();
  if (ec || !object) {
    ++damaged_;
    return refuse(line, "it is no JSON object");
  }
  const Fields f(*object);
  if (f.number("v") != 1) return refuse(line, "it was written by a newer program: import it with that one");
  const auto type = f.text("type");
  if (type == "event") {
    ++events_;
    return take_event(*object, line);
  }
  if (type == "chat") return take_chat(*object);
  if (type == "end") {
    ended_ = true;
    stated_ = f.number("events");
  } else if (type != "export") {
    ++report_.left_out;  // kinds of lines that come later are for newer programs
  }
  return {};
}

Result<void> NdjsonImporter::take_chat(const json::object& object) {
  const Fields f(object);
  pipeline::ChatSeen seen;
  seen.peer = model::ChatId{f.number("peer").value_or(0)};
  seen.scope = model::Scope{f.number("scope").value_or(0)};
  seen.title = f.text("title");
  seen.username = f.text("username");
  seen.kind = f.text("kind");
  seen.from = {model::SourceKind::export_file, model::Origin::import_, options_.account,
               model::Time{f.number("updated_us").value_or(0)}};
  if (!seen.peer) return refuse(json::serialize(object), "it names no chat");
  auto& report = chat_report(seen.peer, seen.scope);
  report.title = seen.title;
  report.kind = seen.kind;
  const auto peer = seen.peer;
  const auto scope = seen.scope;
  if (auto pushed = intake_.push(std::move(seen)); !pushed) return pushed;
  return keep_settings(f, peer, scope);
}

// What a person set there, where nothing is set here.
Result<void> NdjsonImporter::keep_settings(const Fields& f, model::ChatId peer, model::Scope scope) {
  std::string label(f.text("label"));
  std::string description(f.text("description"));
  const bool switched_off = f.all().contains("active") && !f.flag("active");
  if (label.empty() && description.empty() && !switched_off) return {};
  return intake_.write([=](journal::Connection& db) {
    return db
        .prepared(
            "UPDATE chats SET label = iif(label = '', ?3, label), description = iif(description = '', ?4, "
            "description), "
            "active = active AND NOT ?5 WHERE peer = ?1 AND scope = ?2")
        .with(peer, scope, std::string_view(label), std::string_view(description), static_cast<int>(switched_off))
        .run();
  });
}

Result<void> NdjsonImporter::take_event(const json::object& object, std::string_view line) {
  const Fields f(object);
  const auto kind = model::parse_kind(f.text("kind"));
  const auto source = model::parse_source(f.text("source"));
  if (!kind || !source) return refuse(line, "its kind or source is not known");
  pipeline::Provenance from{*source, model::Origin::import_, f.number("account").value_or(0),
                            model::Time{f.number("observed_us").value_or(0)}};
  const auto key = key_of(f);
  if (*kind == model::Kind::channel_migrated) return take_successor(f, key, from);
  if (*kind == model::Kind::channel) return take_topic(f, key, from);
  if (!key.peer || key.message.value <= 0) return refuse(line, "it names no message");
  if (!from.observed_at) return refuse(line, "it does not say when it was seen: only exports of this program do");
  auto& chat = chat_report(key.peer, key.scope);
  const auto* body = f.object("message");
  Result<void> pushed;
  if (has_content(*kind)) {
    if (!body) return refuse(line, "it has no message");
    auto message = model::message_from_json(json::serialize(*body));
    if (!message) return refuse(line, message.error().what);
    pipeline::Seen seen;
    seen.from = from;
    seen.freshness = freshness_of(f);
    seen.hidden_edit = f.flag("hidden_edit");
    seen.as_live = options_.as_live;
    seen.place = fmt::format("{}: line {}", file_name_, line_);
    seen.message = std::move(*message);
    seen.message.key = key;
    seen.message.raw = f.text("raw");
    if (const auto fault = pipeline::fault(seen.message)) return refuse(line, *fault);
    if (*kind == model::Kind::created) {
      ++report_.messages;
      ++chat.messages;
      if (!chat.first_date || seen.message.date < chat.first_date) chat.first_date = seen.message.date;
      chat.last_date = std::max(chat.last_date, seen.message.date);
    }
    pushed = intake_.push(std::move(seen));
  } else if (*kind == model::Kind::deleted) {
    pushed = f.flag("erased") ? erase(key, from.observed_at) : intake_.push(pipeline::Deleted{from, key});
  } else if (*kind == model::Kind::counters && body) {
    auto counters =
        model::counters_from_json(json::serialize(body->contains("counters") ? body->at("counters") : *body));
    if (!counters) return refuse(line, counters.error().what);
    pushed = intake_.push(pipeline::CountersSeen{from, key, std::move(*counters), {}});
  } else if (*kind == model::Kind::counters) {
    return refuse(line, "it has no counters");
  } else {
    ++report_.left_out;
  }
  if (pushed) last_key_ = f.text("key");
  return pushed;
}

Result<void> NdjsonImporter::take_successor(const Fields& f, const model::MessageKey& key,
                                            const pipeline::Provenance& from) {
  pipeline::ChatSeen seen;
  seen.from = from;
  seen.peer = key.peer;
  seen.scope = key.scope;
  if (const auto* body = f.object("message")) {
    seen.successor = model::ChatId{Fields(*body).number("migrated_to").value_or(0)};
  }
  if (!seen.peer || !seen.successor) return refuse(json::serialize(f.all()), "it does not say what became of its chat");
  return intake_.push(std::move(seen));
}

Result<void> NdjsonImporter::take_topic(const Fields& f, const model::MessageKey& key,
                                        const pipeline::Provenance& from) {
  const auto* body = f.object("message");
  pipeline::TopicSeen seen{from, key.peer, {}, "", from.observed_at};
  if (body) {
    seen.topic = model::MessageId{Fields(*body).number("topic").value_or(0)};
    seen.title = Fields(*body).text("title");
  }
  if (!seen.peer || !seen.topic || seen.title.empty()) return refuse(json::serialize(f.all()), "it names no topic");
  return intake_.push(std::move(seen));
}

// A deletion that a person asked for is no observation: nothing that is seen later undoes it.
Result<void> NdjsonImporter::erase(const model::MessageKey& key, model::Time at) {
  return intake_.write([key, at](journal::Connection& db) -> Result<void> {
    auto state = pipeline::load_state(db, key);
    if (!state) return state.error();
    if (state->erased || !state->has_content()) return {};
    auto done = pipeline::append_manual(db, key, model::Kind::deleted, at);
    return done ? Result<void>() : Result<void>(done.error());
  });
}

ChatReport& NdjsonImporter::chat_report(model::ChatId peer, model::Scope scope) {
  const auto found = std::find_if(report_.chats.rbegin(), report_.chats.rend(),
                                  [&](const ChatReport& chat) { return chat.peer == peer && chat.scope == scope; });
  if (found != report_.chats.rend()) return *found;
  report_.chats.emplace_back();
  report_.chats.back().peer = peer;
  report_.chats.back().scope = scope;
  return report_.chats.back();
}

Result<void> NdjsonImporter::refuse(std::string_view line, const std::string& reason) {
  ++report_.refused;
  pipeline::Refused refused;
  refused.from = {model::SourceKind::export_file, model::Origin::import_, options_.account, model::Time::now()};
  refused.place = fmt::format("{}: line {}", file_name_, line_);
  refused.reason = reason;
  refused.payload = line.substr(0, kMaxPayload);
  if (report_.reasons.size() < kMaxReasons) report_.reasons.push_back(refused.place + ": " + reason);
  return intake_.push(std::move(refused));
}

}  // namespace tg::export_file::detail
