#include "source/export_file/detail/importer.h"

#include <boost/json/serialize.hpp>

#include "pipeline/normalise.h"
#include "source/fields.h"

namespace tg::export_file::detail {

using source::Fields;
namespace {

constexpr std::size_t kMaxPayload = 64 << 10;
constexpr std::size_t kMaxReasons = 20;
constexpr std::size_t kMaxChats = 100'000;  // no account is in so many
constexpr std::size_t kMaxName = 1'024;     // bytes; Telegram takes 128 characters
constexpr std::size_t kMaxNames = 8 << 20;  // bytes, of all chats
constexpr std::uint64_t kSettledEach = 1'000;
constexpr std::int64_t kDayUs = 86'400'000'000;

std::uint32_t content_of(const model::Message& m) {
  const std::hash<std::string_view> hash;
  std::size_t h = hash(m.text);
  const auto mix = [&h](std::size_t value) { h = (h ^ value) * 0x9E3779B97F4A7C15ULL + (h >> 29); };
  mix(static_cast<std::size_t>(m.date.us));
  mix(static_cast<std::size_t>(m.edit_date.us));
  mix(static_cast<std::size_t>(m.media.type));
  mix(hash(m.service));
  mix(hash(m.raw));
  for (const auto& entity : m.entities) {
    mix(static_cast<std::size_t>(entity.type) << 48 | static_cast<std::size_t>(entity.offset) << 16 |
        static_cast<std::size_t>(entity.length));
  }
  return static_cast<std::uint32_t>(h >> 32);
}

}  // namespace

Importer::Importer(const std::filesystem::path& file, const Options& options, model::Time observed_at,
                   pipeline::Intake& intake, Report& report, Settle settle)
    : file_name_(file.filename().string()),
      folder_(file.parent_path()),
      options_(options),
      observed_at_(observed_at),
      intake_(intake),
      report_(report),
      settle_(std::move(settle)),
      account_(options.account) {}

Result<void> Importer::prepare() {
  if (!options_.time_zone.empty()) {
    auto zone = LocalTime::open(options_.time_zone);
    if (!zone) return zone.error();
    zone_.emplace(std::move(*zone));
  }
  if (!options_.media_folder.empty()) {
    auto media =
        source::MediaStore::open(folder_, options_.media_folder, options_.max_media_bytes, source::Keep::for_ever);
    if (!media) return media.error();
    media_.emplace(std::move(*media));
  }
  return {};
}

pipeline::Provenance Importer::provenance() const {
  return {model::SourceKind::export_file, model::Origin::import_, account_, observed_at_};
}

Result<void> Importer::push(pipeline::Observation observation) {
  if (auto pushed = intake_.push(std::move(observation)); !pushed) return pushed;
  return ++pushed_ % kSettledEach == 0 ? settle_() : Result<void>();
}

Result<void> Importer::on_account(std::int64_t user_id) {
  if (account_ == 0 && user_id > 0) account_ = user_id;
  return {};
}

Result<void> Importer::on_chat(const ChatHead& head, std::int64_t at_byte) {
  seen_ = {};
  ordinal_ = 0;
  chat_.reset();
  skipped_ = group_before_seen_ = false;
  names_ += head.name.size();
  std::string beyond;
  if (report_.chats.size() >= kMaxChats) beyond = fmt::format("more than {} chats", kMaxChats);
  if (names_ > kMaxNames) beyond = fmt::format("names of chats of more than {} MB in all", kMaxNames >> 20);
  if (std::max(head.name.size(), head.type.size()) > kMaxName) {
    beyond = fmt::format("the name or type of a chat is longer than {} bytes", kMaxName);
  }
  if (!beyond.empty()) {
    return Error{Code::invalid_input, fmt::format("{}, before byte {}", beyond, at_byte),
                 "No account has this: the file is damaged or not an export"};
  }
  if (!head.id) {
    return Error{Code::invalid_input,
                 fmt::format("chat \"{}\": its messages begin at byte {}, before its id", head.name, at_byte),
                 "Put name, type and id before messages, as Telegram Desktop writes them: "
                 "jq '{name, type, id, messages}' result.json"};
  }
  ChatReport entry;
  entry.title = head.name;
  if (head.type == "saved_messages" && entry.title.empty()) entry.title = "Saved Messages";
  const auto identity = identify(head.type, *head.id);
  if (!identity) {
    unknown_chat_ =
        fmt::format("its chat has the type \"{}\" and the id {}, which are not understood", head.type, *head.id);
    report_.chats.push_back(std::move(entry));
    return {};
  }
  if (identity->personal && account_ == 0) {
    const auto reason = fmt::format(
        "chat \"{}\" ({}): its messages are numbered by the account that made the export, which the file does not name",
        head.name, head.type);
    const std::string fix = "Import with --account and your numeric user id";
    if (!head.of_account) return Error{Code::invalid_input, reason, fix};
    skipped_ = true;
    if (report_.reasons.size() < kMaxReasons) report_.reasons.push_back(reason + ". " + fix);
    report_.chats.push_back(std::move(entry));
    return {};
  }
  entry.peer = identity->peer;
  entry.scope = identity->personal ? model::Scope{account_} : model::Scope{};
  entry.kind = identity->kind;
  chat_ = ChatContext{*identity, entry.scope, account_, entry.title};
  pipeline::ChatSeen seen;
  seen.from = provenance();
  seen.peer = entry.peer;
  seen.scope = entry.scope;
  seen.title = entry.title;
  seen.kind = entry.kind;
  report_.chats.push_back(std::move(entry));
  return push(std::move(seen));
}

Result<void> Importer::on_message(const boost::json::value& value, std::int64_t at_byte) {
  ++ordinal_;
  if (skipped_) {
    ++report_.refused;
    ++report_.chats.back().refused;
    return {};
  }
  if (!chat_) return refuse(value, at_byte, unknown_chat_);
  auto outcome = read_message(value, *chat_, zone_ ? &*zone_ : nullptr);
  if (const auto* fault = std::get_if<Fault>(&outcome)) return refuse(value, at_byte, fault->reason);
  auto& read = std::get<ReadMessage>(outcome);
  auto& message = read.message;
  if (const auto fault = pipeline::fault(message)) return refuse(value, at_byte, *fault);
  if (std::max(message.date, message.edit_date).us > observed_at_.us + kDayUs) {
    return refuse(
        value, at_byte,
        fmt::format("it is of {}, and its file of {}: where the file has lost its own time, touch it",
                    model::to_rfc3339(std::max(message.date, message.edit_date)), model::to_rfc3339(observed_at_)));
  }

  const bool migrated = message.key.scope != chat_->scope;
  const auto exported_id = message.key.message.value - (migrated ? kMigratedShift : 0);
  if (migrated && !std::exchange(group_before_seen_, true)) {
    pipeline::ChatSeen before;
    before.from = provenance();
    before.peer = message.key.peer;
    before.scope = message.key.scope;
    before.title = chat_->title;
    before.kind = "group";
    if (auto pushed = push(std::move(before)); !pushed) return pushed;
  }
  if (seen_.see(exported_id, content_of(message)) == SeenIds::Answer::other_content) {
    return refuse(value, at_byte, "the same id stands in this file before, with other content", " again");
  }
  if (!read.media_path.empty() && media_) {
    if (auto taken = take_media(read.media_path, message.media); !taken) return taken;
  }
  auto& entry = report_.chats.back();
  if (!entry.first_date || message.date < entry.first_date) entry.first_date = message.date;
  entry.last_date = std::max(entry.last_date, message.date);
  last_id_ = exported_id;
  last_chat_ = entry.title;

  if (!read.topic_title.empty()) {
    pipeline::TopicSeen topic{provenance(), message.key.peer, message.key.message, read.topic_title, message.date};
    if (auto pushed = push(std::move(topic)); !pushed) return pushed;
  }
  pipeline::Seen seen;
  seen.from = provenance();
  seen.freshness = pipeline::Freshness::cached;
  seen.as_live = options_.as_live;
  seen.uploaded = options_.beside != nullptr;
  seen.place = place(value, at_byte);
  seen.message = std::move(message);
  if (auto pushed = push(std::move(seen)); !pushed) return pushed;
  ++entry.messages;
  ++report_.messages;
  return {};
}

// What the export does not hold, or may not be taken, is said in the message; only a fault of our own folder ends it.
Result<void> Importer::take_media(const std::string& path, model::Media& media) {
  auto taken = media_->take(path);
  if (taken) {
    media.blob = taken->sha256;
    media.size = taken->size;
    media.absent.clear();
    ++report_.media_files;
    report_.media_bytes += static_cast<std::uint64_t>(taken->size);
    return {};
  }
  switch (taken.error().code) {
    case Code::not_found:
    case Code::permission:
      media.absent = "not_in_export";
      ++report_.media_missing;
      return {};
    case Code::unsupported: media.absent = "too_large"; return {};
    default: return taken.error();
  }
}

std::string Importer::chat_name() const { return report_.chats.empty() ? "" : report_.chats.back().title; }

// The chat's id stands in it: every export is a result.json, and chats share their titles.
std::string Importer::place(const boost::json::value& value, std::int64_t at_byte, std::string_view which) const {
  std::string id = fmt::format("number {} without id", ordinal_);
  if (const auto* object = value.if_object()) {
    if (const auto number = Fields(*object).number("id")) id = std::to_string(*number);
  }
  const auto peer = report_.chats.empty() ? model::ChatId{} : report_.chats.back().peer;
  return fmt::format("{}: chat \"{}\"{}, message {}{}{}{}", file_name_, chat_name(),
                     peer ? fmt::format(" ({})", peer.value) : "", id, which, pipeline::kPlaceByte, at_byte);
}

Result<void> Importer::refuse(const boost::json::value& value, std::int64_t at_byte, const std::string& reason,
                              std::string_view which) {
  ++report_.refused;
  if (!report_.chats.empty()) ++report_.chats.back().refused;
  pipeline::Refused refused;
  refused.from = provenance();
  refused.place = place(value, at_byte, which);
  refused.reason = reason;
  refused.payload = boost::json::serialize(value);
  if (refused.payload.size() > kMaxPayload) refused.payload = refused.payload.substr(0, kMaxPayload);
  if (report_.reasons.size() < kMaxReasons) report_.reasons.push_back(refused.place + ": " + reason);
  return push(std::move(refused));
}

std::string Importer::last_good() const {
  return last_id_ ? fmt::format("chat \"{}\", message {}", last_chat_, *last_id_) : std::string();
}

}  // namespace tg::export_file::detail
