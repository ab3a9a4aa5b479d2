#include "model/event.h"

#include "model/message_json.h"
#include "model/names.h"

namespace tg::model {
namespace {

template <class Enum>
using Pair = std::pair<Enum, std::string_view>;

constexpr auto kKinds =
    names(Pair<Kind>{Kind::created, "new"}, Pair<Kind>{Kind::edited, "edited"}, Pair<Kind>{Kind::deleted, "deleted"},
          Pair<Kind>{Kind::restored, "restored"}, Pair<Kind>{Kind::counters, "counters"},
          Pair<Kind>{Kind::channel, "channel"}, Pair<Kind>{Kind::channel_migrated, "channel_migrated"},
          Pair<Kind>{Kind::reprocess, "reprocess"}, Pair<Kind>{Kind::filled, "filled"});
constexpr auto kOrigins = names(Pair<Origin>{Origin::live, "live"}, Pair<Origin>{Origin::catchup, "catchup"},
                                Pair<Origin>{Origin::backfill, "backfill"}, Pair<Origin>{Origin::import_, "import"});
constexpr auto kSources =
    names(Pair<SourceKind>{SourceKind::tdlib, "tdlib"}, Pair<SourceKind>{SourceKind::export_file, "export_file"},
          Pair<SourceKind>{SourceKind::demo, "demo"});

}  // namespace

std::string_view name_of(Kind kind) { return kKinds.of(kind); }
std::string_view name_of(Origin origin) { return kOrigins.of(origin); }
std::string_view name_of(SourceKind kind) { return kSources.of(kind); }
std::optional<Kind> parse_kind(std::string_view name) { return kKinds.parse(name); }
std::optional<Origin> parse_origin(std::string_view name) { return kOrigins.parse(name); }
std::optional<SourceKind> parse_source(std::string_view name) { return kSources.parse(name); }

std::string event_key(const Event& event) {
  return fmt::format("{}:{}:{}:{}:{}:{}", event.key.scope.value, event.key.peer.value, event.key.message.value,
                     name_of(event.kind), event.edit_date.to_seconds(), event.n);
}

std::string to_json(const Event& event) {
  std::string out;
  out.reserve(event.message.size() + 320);
  fmt::format_to(std::back_inserter(out),
                 R"({{"v":1,"seq":{},"key":"{}","kind":"{}","origin":"{}","source":"{}","account":{},)"
                 R"("scope":{},"peer":{},"id":{},"edit_date":{},"n":{},"observed_at":"{}","recorded_at":"{}")",
                 event.seq.value, event_key(event), name_of(event.kind), name_of(event.origin), name_of(event.source),
                 event.account, event.key.scope.value, event.key.peer.value, event.key.message.value,
                 event.edit_date.to_seconds(), event.n, to_rfc3339(event.observed_at), to_rfc3339(event.recorded_at));
  if (event.superseded) out += R"(,"superseded":true)";
  if (!event.message.empty()) {
    out += R"(,"message":)";
    out += event.message;
  }
  out += '}';
  return out;
}

}  // namespace tg::model
