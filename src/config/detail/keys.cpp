#include "config/detail/keys.h"

#include <unicode/timezone.h>

#include <cctype>
#include <charconv>

#include "config/nearest.h"
#include "model/ids.h"

namespace tg::config::detail {
namespace {

constexpr double kDayS = 86'400;

std::string not_empty(const std::string& text) { return text.empty() ? "is empty" : ""; }

std::string time_zone_complaint(const std::string& text) {
  if (text.empty()) return "";
  icu::UnicodeString canonical;
  UBool known = 0;
  auto status = U_ZERO_ERROR;
  icu::TimeZone::getCanonicalID(icu::UnicodeString::fromUTF8(text), canonical, known, status);
  return U_SUCCESS(status) && known ? "" : "is no time zone; write it as America/Sao_Paulo or UTC";
}

std::string web_origin_complaint(const std::string& text) {
  if (text == "*") return "would let every page in the world read this gateway; name the origins";
  const auto scheme = text.find("://");
  const bool http = text.starts_with("http://") || text.starts_with("https://");
  if (!http || scheme + 3 >= text.size()) return "is no web origin; write it as https://desk.example.org";
  if (text.find('/', scheme + 3) != std::string::npos) return "must end after the host and port, without a path";
  return "";
}

std::string host_name_complaint(const std::string& text) {
  if (text == "*") return "would let every page in the world reach this gateway; name the hosts, or require a token";
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == '_';
  });
  return plain ? "" : "is no host name; write it as gateway.example.org, without scheme and port";
}

std::string proxy_complaint(const std::string& text) {
  if (text.empty()) return "";
  constexpr std::string_view kScheme = "socks5://";
  const auto colon = text.rfind(':');
  const bool right = text.starts_with(kScheme) && colon > kScheme.size() && colon != std::string::npos;
  int port = 0;
  if (right) std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  return port > 0 && port < 65'536 ? "" : "is no proxy; write it as socks5://127.0.0.1:9050";
}

std::string media_kind_complaint(const std::string& text) {
  static constexpr std::string_view kKinds[] = {"photo", "video",     "document", "voice",
                                                "audio", "animation", "sticker",  "video_note"};
  const bool known = std::find(std::begin(kKinds), std::end(kKinds), text) != std::end(kKinds);
  return known ? "" : "is no kind of file; use photo, video, document, voice, audio, animation, sticker or video_note";
}

std::string one_of(const std::string& text, std::initializer_list<std::string_view> known) {
  if (std::find(known.begin(), known.end(), text) != known.end()) return "";
  return fmt::format("is none of {}", fmt::join(known, ", "));
}

std::string profile_complaint(const std::string& text) { return one_of(text, {"embedded", "hybrid"}); }
std::string store_complaint(const std::string& text) { return one_of(text, {"local", "postgres"}); }
std::string sslmode_complaint(const std::string& text) {
  return one_of(text, {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"});
}
std::string keep_by_complaint(const std::string& text) { return one_of(text, {"date", "stored"}); }
std::string queue_type_complaint(const std::string& text) { return one_of(text, {"quorum", "classic"}); }

std::string address_complaint(const std::string& text) {
  const auto colon = text.rfind(':');
  int port = 0;
  if (colon != std::string::npos && colon > 0) {
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  }
  return port > 0 && port < 65'536 ? "" : "is no address; write it as 127.0.0.1:26379";
}

std::string queue_name_complaint(const std::string& text) {
  const bool plain = !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
  return plain ? "" : "is no name for a queue; take 1 to 100 of a-z A-Z 0-9 - _";
}

std::string smtp_tls_complaint(const std::string& text) { return one_of(text, {"starttls", "tls", "none"}); }
std::string mail_address_complaint(const std::string& text) {
  return text.empty() || is_mail_address(text) ? "" : "is no mail address; write it as gateway@example.org";
}

const std::vector<Key>& table() {
  static const std::vector<Key> all{
      {"data_dir", "",
       "Folder of the journal, the media and everything else this program keeps; created with mode 0700.",
       [](Config& c) -> Place { return &c.data_dir; }, 0, 0, "", not_empty},

      {"profile", "",
       "embedded: one process, one file. hybrid: postgres, redis and rabbitmq are used as well, each unless its "
       "`enabled` says otherwise.",
       [](Config& c) -> Place { return &c.profile; }, 0, 0, "", profile_complaint},
      {"store", "",
       "Where messages are read and consumers' marks are kept: local (the journal's own file) or postgres, which needs "
       "postgres.enabled. Answers of local do not depend on the database; with postgres programs may mark in SQL as "
       "well, and the journal is trimmed (journal.keep_days). Marks do not go over from one to the other.",
       [](Config& c) -> Place { return &c.store; }, 0, 0, "", store_complaint},
      {"webhooks", "",
       "Where news is sent by HTTP: [[webhooks]] with name, url and secret_file (a path, or the name of a systemd "
       "credential); format (events, or flat: one message a request in the predecessor's form), batch (1 to 100 "
       "events a request, 20), channels (ids) and kinds to send fewer, allow_private (also to addresses of this "
       "machine and of private networks), tls_ca_file. See docs/webhooks.md.",
       [](Config& c) -> Place { return &c.webhooks; }},

      {"server.host", "",
       "Address to listen on. Anything but loopback needs a token (auth), or the program does not start.",
       [](Config& c) -> Place { return &c.server.host; }, 0, 0, "", not_empty},
      {"server.port", "", "Port of the API and the dashboard; 0 lets the system choose one.",
       [](Config& c) -> Place { return &c.server.port; }, 0, 65'535, "TELEGRAM_GATEWAY_PORT"},
      {"server.threads", "threads", "Threads that answer requests. Streams cost no thread.",
       [](Config& c) -> Place { return &c.server.threads; }, 1, 256},
      {"server.max_connections", "connections", "Open connections at once; further ones are closed on arrival.",
       [](Config& c) -> Place { return &c.server.max_connections; }, 1, 60'000},
      {"server.max_connections_per_address", "connections",
       "The same for one client address, so that one client cannot take all. Behind a proxy all clients are one.",
       [](Config& c) -> Place { return &c.server.max_connections_per_address; }, 1, 60'000},
      {"server.max_streams", "streams", "Live streams and long polls at once; further ones get 503 with Retry-After.",
       [](Config& c) -> Place { return &c.server.max_streams; }, 1, 60'000},
      {"server.max_header_bytes", "bytes", "Longest request head; a longer one gets 431.",
       [](Config& c) -> Place { return &c.server.max_header_bytes; }, 1'024, 1'048'576},
      {"server.max_body_bytes", "bytes", "Longest request body; a longer one gets 413.",
       [](Config& c) -> Place { return &c.server.max_body_bytes; }, 1'024, 1'073'741'824},
      {"server.request_timeout_s", "seconds", "A request that has not arrived whole by then is cut.",
       [](Config& c) -> Place { return &c.server.request_timeout_s; }, 1, 3'600},
      {"server.idle_timeout_s", "seconds", "A connection without a request for so long is closed.",
       [](Config& c) -> Place { return &c.server.idle_timeout_s; }, 1, kDayS},
      {"server.stream_timeout_s", "seconds",
       "A stream whose reader takes nothing for so long is cut; it resumes where it was.",
       [](Config& c) -> Place { return &c.server.stream_timeout_s; }, 1, kDayS},
      {"server.stream_heartbeat_s", "seconds", "A silent stream says that it lives this often.",
       [](Config& c) -> Place { return &c.server.stream_heartbeat_s; }, 1, 3'600},
      {"server.rate_limit_per_minute", "requests",
       "Requests a minute for one token (without tokens: one address); more get 429. 0 = no limit. "
       "Probes (/health, /metrics) are counted apart.",
       [](Config& c) -> Place { return &c.server.rate_limit_per_minute; }, 0, 100'000'000},
      {"server.cors_origins", "", "Web origins whose pages may read the API. None by default.",
       [](Config& c) -> Place { return &c.server.cors_origins; }, 0, 0, "", web_origin_complaint},
      {"server.allowed_hosts", "",
       "Names under which a gateway that needs no token is served, beside loopback and server.host; any other gets "
       "421, "
       "so that a web page cannot reach it under a foreign name.",
       [](Config& c) -> Place { return &c.server.allowed_hosts; }, 0, 0, "", host_name_complaint},

      {"auth.require_token", "",
       "Whether every request needs a token. True by itself as soon as auth.tokens has an entry; keys that come from "
       "TELEGRAM_GATEWAY_API_KEY or API_SECRET_TOKEN are accepted but, as before, enforced only when this is true.",
       [](Config& c) -> Place { return &c.auth.require_token; }, 0, 0, "TELEGRAM_GATEWAY_REQUIRE_TOKEN"},
      {"auth.tokens", "",
       "Who may call: [[auth.tokens]] with name, scopes (read, consume, admin; each includes the ones before it) and "
       "either token_file (a path, or the name of a systemd credential) or sha256 of the token in hex.",
       [](Config& c) -> Place { return &c.auth.tokens; }},

      {"journal.keep_days", "days",
       "With store = postgres, events that the database has leave the journal at this age; how each message stands is "
       "never trimmed. With store = local nothing is.",
       [](Config& c) -> Place { return &c.journal.keep_days; }, 1, 36'500},
      {"journal.max_bytes", "bytes",
       "Size of the journal's file at which capture pauses (/health/capture says 503) until there is room.",
       [](Config& c) -> Place { return &c.journal.max_bytes; }, 16'777'216, kUnbounded},

      {"disk.reserve_bytes", "bytes",
       "Free space below which capture pauses; what is missed meanwhile is fetched later.",
       [](Config& c) -> Place { return &c.disk.reserve_bytes; }, 0, kUnbounded},

      {"backup.folder", "",
       "Where telegram-gateway backup writes; best on another disk. Empty = only where --to says so.",
       [](Config& c) -> Place { return &c.backup.folder; }},
      {"backup.recipients_file", "",
       "Backups are encrypted for the age recipients in this file, one a line. Empty = they are not encrypted.",
       [](Config& c) -> Place { return &c.backup.recipients_file; }},
      {"backup.keep_daily", "backups", "The newest backup of so many days stays.",
       [](Config& c) -> Place { return &c.backup.keep_daily; }, 0, 36'500},
      {"backup.keep_weekly", "backups", "And of so many weeks.",
       [](Config& c) -> Place { return &c.backup.keep_weekly; }, 0, 5'000},
      {"backup.keep_monthly", "backups", "And of so many months; the newest of all always stays.",
       [](Config& c) -> Place { return &c.backup.keep_monthly; }, 0, 1'200},

      {"deliver.max_age_s", "seconds",
       "Consumers get what was missed and caught up only while it is younger than this, unless they ask for more.",
       [](Config& c) -> Place { return &c.deliver.max_age_s; }, 0, 365 * kDayS},

      {"media.folder", "", "Where files of messages are kept, by content. Empty = media in data_dir.",
       [](Config& c) -> Place { return &c.media.folder; }},
      {"media.kinds", "",
       "Which files of Telegram's messages are fetched by themselves: photo, video, document, voice, audio, animation, "
       "sticker, video_note. None by default: a file is fetched when somebody asks for it.",
       [](Config& c) -> Place { return &c.media.kinds; }, 0, 0, "", media_kind_complaint},
      {"media.channels", "",
       "Ids of the channels whose files are fetched by themselves. Empty = all that are captured.",
       [](Config& c) -> Place { return &c.media.channels; }, 0, 0, "", chat_id_complaint},
      {"media.max_file_bytes", "bytes", "Larger files are fetched only when somebody asks for them.",
       [](Config& c) -> Place { return &c.media.max_file_bytes; }, 0, kUnbounded},
      {"media.max_bytes", "bytes",
       "Disk for downloaded files. When it is full the files of the oldest messages are removed (what was asked for "
       "counts from then on); imported ones never. 0 = no bound but disk.reserve_bytes.",
       [](Config& c) -> Place { return &c.media.max_bytes; }, 0, kUnbounded},
      {"media.parallel", "files", "How many files are fetched at once.",
       [](Config& c) -> Place { return &c.media.parallel; }, 1, 16},

      {"telegram.library", "", "TDLib: the path of libtdjson.so, or a name that the system's loader finds.",
       [](Config& c) -> Place { return &c.telegram.library; }, 0, 0, "", not_empty},
      {"telegram.api_id", "number",
       "Of your application at my.telegram.org (API development tools). 0 = no Telegram account.",
       [](Config& c) -> Place { return &c.telegram.api_id; }, 0, 2'147'483'647},
      {"telegram.api_hash_file", "",
       "File with the api_hash that belongs to api_id, mode 0600; or the name of a systemd credential.",
       [](Config& c) -> Place { return &c.telegram.api_hash_file; }},
      {"telegram.database_key_file", "",
       "File with the key that encrypts TDLib's database, mode 0600; or the name of a systemd credential. Empty = it "
       "is "
       "protected by the folder's rights only.",
       [](Config& c) -> Place { return &c.telegram.database_key_file; }},
      {"telegram.capture_all", "", "Whether every channel and group of an account is captured, not only added ones.",
       [](Config& c) -> Place { return &c.telegram.capture_all; }},
      {"telegram.test_dc", "", "Whether Telegram's test servers are used, where nothing real is.",
       [](Config& c) -> Place { return &c.telegram.test_dc; }},
      {"telegram.proxy", "", "SOCKS5 proxy to reach Telegram through, as socks5://HOST:PORT. Empty = none.",
       [](Config& c) -> Place { return &c.telegram.proxy; }, 0, 0, "", proxy_complaint},
      {"telegram.rewalk_messages", "messages",
       "So many of a channel's newest messages are looked at again by every walk, for edits and deletions that were "
       "missed.",
       [](Config& c) -> Place { return &c.telegram.rewalk_messages; }, 0, 1'000'000},
      {"telegram.reconcile_every_s", "seconds", "A channel is proven again at the server after so long.",
       [](Config& c) -> Place { return &c.telegram.reconcile_every_s; }, 10, 30 * kDayS},
      {"telegram.request_every_ms", "milliseconds", "Least time between two requests of a walk, for each account.",
       [](Config& c) -> Place { return &c.telegram.request_every_ms; }, 0, 60'000},
      {"telegram.reopen_above_mib", "MiB",
       "TDLib's memory grows with the days. When the whole program takes more than this, its accounts are closed and "
       "opened anew, one by one and at most once an hour, and what came meanwhile is caught up. 0 = never.",
       [](Config& c) -> Place { return &c.telegram.reopen_above_mib; }, 0, 1'000'000},
      {"telegram.lag_alarm_s", "seconds",
       "A channel whose message was on disk later than this after its date, although the connection was there all the "
       "while, is called late for 15 minutes: /health is degraded. A channel that the account is no member of is asked "
       "for what is new about once a minute.",
       [](Config& c) -> Place { return &c.telegram.lag_alarm_s; }, 2, kDayS},
      {"telegram.may_write", "",
       "Accounts that rules may forward messages by. None by default: nothing is ever written to Telegram.",
       [](Config& c) -> Place { return &c.telegram.may_write; }, 0, 0, "", not_empty},

      {"postgres.enabled", "",
       "Whether stored messages also go to PostgreSQL or TimescaleDB. On with profile = hybrid.",
       [](Config& c) -> Place { return &c.postgres.enabled; }},
      {"postgres.host", "", "Where PgBouncer (or PostgreSQL) listens: a host name, an address or a socket's folder.",
       [](Config& c) -> Place { return &c.postgres.host; }, 0, 0, "", not_empty},
      {"postgres.port", "", "PgBouncer's port, in transaction pooling; PostgreSQL's own where there is no PgBouncer.",
       [](Config& c) -> Place { return &c.postgres.port; }, 1, 65'535},
      {"postgres.direct_port", "", "PostgreSQL's own port on the same host, for migrations. 0 = postgres.port.",
       [](Config& c) -> Place { return &c.postgres.direct_port; }, 0, 65'535},
      {"postgres.database", "", "Name of the database; the schema in it is telegram_gateway.",
       [](Config& c) -> Place { return &c.postgres.database; }, 0, 0, "", not_empty},
      {"postgres.user", "", "Role to sign in as; it owns the schema.",
       [](Config& c) -> Place { return &c.postgres.user; }, 0, 0, "", not_empty},
      {"postgres.password_file", "", "File with its password, mode 0600; or the name of a systemd credential.",
       [](Config& c) -> Place { return &c.postgres.password_file; }},
      {"postgres.tls", "", "disable, allow, prefer, require, verify-ca or verify-full, as libpq's sslmode.",
       [](Config& c) -> Place { return &c.postgres.tls; }, 0, 0, "", sslmode_complaint},
      {"postgres.tls_ca_file", "", "Certificate authority for verify-ca and verify-full. Empty = the system's.",
       [](Config& c) -> Place { return &c.postgres.tls_ca_file; }},
      {"postgres.connections", "connections", "At most so many for reading; writing has one of its own.",
       [](Config& c) -> Place { return &c.postgres.connections; }, 1, 100},
      {"postgres.chunk_days", "days", "Messages are partitioned by their date; one part spans this. 7 suits archives.",
       [](Config& c) -> Place { return &c.postgres.chunk_days; }, 1, 366},
      {"postgres.compress_after_days", "days", "Older parts are compressed where TimescaleDB Community is. 0 = never.",
       [](Config& c) -> Place { return &c.postgres.compress_after_days; }, 0, 36'500},
      {"postgres.keep_days", "days", "Older messages are dropped from the database. 0 = never.",
       [](Config& c) -> Place { return &c.postgres.keep_days; }, 0, 36'500},
      {"postgres.keep_by", "", "Their age is counted from Telegram's date (date) or from when they came (stored).",
       [](Config& c) -> Place { return &c.postgres.keep_by; }, 0, 0, "", keep_by_complaint},

      {"redis.enabled", "", "Whether the newest messages also go to Redis, as a cache. On with profile = hybrid.",
       [](Config& c) -> Place { return &c.redis.enabled; }},
      {"redis.sentinels", "", "HOST:PORT of each Sentinel; they say which server is the master. None = redis.address.",
       [](Config& c) -> Place { return &c.redis.sentinels; }, 0, 0, "", address_complaint},
      {"redis.master", "", "Under which name the Sentinels know it.",
       [](Config& c) -> Place { return &c.redis.master; }, 0, 0, "", not_empty},
      {"redis.address", "", "HOST:PORT of the server, where there are no Sentinels.",
       [](Config& c) -> Place { return &c.redis.address; }, 0, 0, "", address_complaint},
      {"redis.user", "", "User to sign in as; empty = the default one.",
       [](Config& c) -> Place { return &c.redis.user; }},
      {"redis.password_file", "", "File with its password, mode 0600; or the name of a systemd credential.",
       [](Config& c) -> Place { return &c.redis.password_file; }},
      {"redis.sentinel_password_file", "", "The same for the Sentinels, where they ask for one.",
       [](Config& c) -> Place { return &c.redis.sentinel_password_file; }},
      {"redis.message_ttl_s", "seconds", "How long a message stays there.",
       [](Config& c) -> Place { return &c.redis.message_ttl_s; }, 10, 7 * kDayS},

      {"rabbitmq.enabled", "", "Whether news is published to RabbitMQ. On with profile = hybrid.",
       [](Config& c) -> Place { return &c.rabbitmq.enabled; }},
      {"rabbitmq.host", "", "Where RabbitMQ listens.", [](Config& c) -> Place { return &c.rabbitmq.host; }, 0, 0, "",
       not_empty},
      {"rabbitmq.port", "", "Its AMQP port; 5671 is usual with TLS.",
       [](Config& c) -> Place { return &c.rabbitmq.port; }, 1, 65'535},
      {"rabbitmq.vhost", "", "Virtual host.", [](Config& c) -> Place { return &c.rabbitmq.vhost; }, 0, 0, "",
       not_empty},
      {"rabbitmq.user", "", "User to sign in as.", [](Config& c) -> Place { return &c.rabbitmq.user; }, 0, 0, "",
       not_empty},
      {"rabbitmq.password_file", "", "File with its password, mode 0600; or the name of a systemd credential.",
       [](Config& c) -> Place { return &c.rabbitmq.password_file; }},
      {"rabbitmq.tls", "", "Whether the connection is encrypted; the server's certificate is checked then.",
       [](Config& c) -> Place { return &c.rabbitmq.tls; }},
      {"rabbitmq.tls_ca_file", "", "Certificate authority of the server's certificate. Empty = the system's.",
       [](Config& c) -> Place { return &c.rabbitmq.tls_ca_file; }},
      {"rabbitmq.exchange", "", "Topic exchange to publish to; it and its queues are made by this program.",
       [](Config& c) -> Place { return &c.rabbitmq.exchange; }, 0, 0, "", not_empty},
      {"rabbitmq.queue_type", "",
       "quorum or classic, for consumers' queues: the first survives a broken disk of one "
       "server of a cluster, the second is lighter.",
       [](Config& c) -> Place { return &c.rabbitmq.queue_type; }, 0, 0, "", queue_type_complaint},
      {"rabbitmq.consumers", "",
       "Names of consumers: each gets a queue for every channel, with retries and dead letters.",
       [](Config& c) -> Place { return &c.rabbitmq.consumers; }, 0, 0, "", queue_name_complaint},
      {"rabbitmq.window", "messages", "So many may be published and not confirmed yet.",
       [](Config& c) -> Place { return &c.rabbitmq.window; }, 1, 65'535},

      {"rabbitmq.management_url", "",
       "RabbitMQ's management API, as http://127.0.0.1:15672, which backup asks for the definitions and doctor for "
       "alarms. Empty = they do not ask.",
       [](Config& c) -> Place { return &c.rabbitmq.management_url; }},
      {"rabbitmq.management_user", "", "Who may read them: a user with the tag administrator.",
       [](Config& c) -> Place { return &c.rabbitmq.management_user; }, 0, 0, "", not_empty},
      {"rabbitmq.management_password_file", "",
       "File with its password, mode 0600; or the name of a systemd credential.",
       [](Config& c) -> Place { return &c.rabbitmq.management_password_file; }},

      {"smtp.host", "", "Server that takes the mail of rules with an alert by e-mail. Empty = none is sent.",
       [](Config& c) -> Place { return &c.smtp.host; }},
      {"smtp.port", "", "Its port: 587 with starttls, 465 with tls, 25 with none are usual.",
       [](Config& c) -> Place { return &c.smtp.port; }, 1, 65'535},
      {"smtp.user", "", "User to sign in as; empty = without signing in.",
       [](Config& c) -> Place { return &c.smtp.user; }},
      {"smtp.password_file", "", "File with its password, mode 0600; or the name of a systemd credential.",
       [](Config& c) -> Place { return &c.smtp.password_file; }},
      {"smtp.from", "", "Address that the mail is from.", [](Config& c) -> Place { return &c.smtp.from; }, 0, 0, "",
       mail_address_complaint},
      {"smtp.tls", "",
       "starttls, tls (from the first byte on) or none (on this machine only). The certificate is checked.",
       [](Config& c) -> Place { return &c.smtp.tls; }, 0, 0, "", smtp_tls_complaint},
      {"smtp.tls_ca_file", "", "Certificate authority of the server's certificate. Empty = the system's.",
       [](Config& c) -> Place { return &c.smtp.tls_ca_file; }},

      {"alerts.allow_private", "", "Whether the alerts of rules may be sent to private and loopback addresses.",
       [](Config& c) -> Place { return &c.alerts.allow_private; }},
      {"alerts.every_s", "seconds", "A rule sends at most one mail so often; it holds all that matched since.",
       [](Config& c) -> Place { return &c.alerts.every_s; }, 1, kDayS},

      {"demo.enabled", "", "Whether made-up channels post made-up messages, to see everything without an account.",
       [](Config& c) -> Place { return &c.demo.enabled; }},
      {"demo.rate", "messages a second", "How fast they post, all channels together.",
       [](Config& c) -> Place { return &c.demo.rate; }, 0.001, 100'000},
      {"demo.channels", "channels", "How many there are.", [](Config& c) -> Place { return &c.demo.channels; }, 1, 42},
      {"demo.history", "messages a channel", "How much history each has at the first start.",
       [](Config& c) -> Place { return &c.demo.history; }, 0, 100'000},
      {"demo.seed", "", "Another number makes other channels' messages.",
       [](Config& c) -> Place { return &c.demo.seed; }, 0, 1'000'000'000},
      {"demo.gaps", "", "Whether some messages are lost on the way and found later, to see a hole and its filling.",
       [](Config& c) -> Place { return &c.demo.gaps; }},

      {"log.level", "", "Least level that is written: debug, info, warn or error.",
       [](Config& c) -> Place { return &c.log.level; }},
      {"log.target", "",
       "console (standard error), journald, or auto: journald where systemd connected standard error to it.",
       [](Config& c) -> Place { return &c.log.target; }},

      {"ui.time_zone", "", "Time zone of the dashboard, e.g. America/Sao_Paulo. Empty = the browser's.",
       [](Config& c) -> Place { return &c.ui.time_zone; }, 0, 0, "", time_zone_complaint},
  };
  return all;
}

std::string_view leaf(std::string_view key) { return key.substr(key.rfind('.') + 1); }

}  // namespace

std::span<const Key> keys() { return table(); }

std::string chat_id_complaint(const std::string& text) {
  const auto number = model::parse_int(text);
  return number && *number != 0 ? "" : "is no chat id; use the number that GET /api/channels lists, in quotes";
}

const Key* find_key(std::string_view name) {
  const auto found = std::find_if(table().begin(), table().end(), [&](const Key& key) { return key.name == name; });
  return found == table().end() ? nullptr : &*found;
}

std::string variable_of(std::string_view key) {
  std::string variable = "TELEGRAM_GATEWAY_";
  for (const char c : key) {
    if (c == '.') {
      variable += "__";
    } else {
      variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return variable;
}

std::span<const std::string_view> token_keys() {
  static constexpr std::array<std::string_view, 4> kKeys{"name", "scopes", "token_file", "sha256"};
  return kKeys;
}

std::span<const std::string_view> webhook_keys() {
  static constexpr std::array<std::string_view, 9> kKeys{"name",     "url",   "secret_file",   "format",     "batch",
                                                         "channels", "kinds", "allow_private", "tls_ca_file"};
  return kKeys;
}

std::string nearest_key(std::string_view unknown) {
  std::string_view best;
  std::size_t fewest = SIZE_MAX;
  for (const Key& key : table()) {
    if (!is_near(leaf(unknown), leaf(key.name))) continue;
    // Half a step for the wrong section, so that a right name in a wrong place wins over two typing errors.
    const std::size_t whole = 2 * edit_distance(unknown, key.name);
    const std::size_t by_leaf = 2 * edit_distance(leaf(unknown), leaf(key.name)) + 1;
    const std::size_t distance = std::min(whole, by_leaf);
    if (distance < fewest) {
      fewest = distance;
      best = key.name;
    }
  }
  return std::string(best);
}

}  // namespace tg::config::detail
