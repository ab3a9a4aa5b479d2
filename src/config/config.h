#pragma once
// Everything that can be set, typed, with its default: the only place where a default stands.
// Built once at start by load() (load.h), handed down by const reference, never changed afterwards.
//
// A new key is a member here and one line in keys.cpp, which gives it its name, unit, bounds and effect; the file,
// the environment, `config show`, `config reference` and docs/configuration.md follow from that line.

#include <cstdint>
#include <string>
#include <vector>

namespace tg::config {

enum class Scope : std::uint8_t { read, consume, admin };
enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogTarget : std::uint8_t { automatic, console, journald };

// The secret itself is never kept: a caller's token is hashed and compared in constant time.
struct Token {
  std::string name;
  std::vector<Scope> scopes;
  std::string sha256;  // of the secret, 64 lower-case hex digits
  std::string hint;    // its first four characters, for people
  std::string origin;  // where it came from: the token file, "sha256" or the environment variable

  // admin may do all; who may consume may read.
  bool may(Scope scope) const;
};

struct Server {
  std::string host = "127.0.0.1";
  std::int64_t port = 4010;
  std::int64_t threads = 2;
  std::int64_t max_connections = 4'096;
  std::int64_t max_connections_per_address = 1'536;
  std::int64_t max_streams = 2'048;
  std::int64_t max_header_bytes = 16 * 1'024;
  std::int64_t max_body_bytes = 1'024 * 1'024;
  std::int64_t request_timeout_s = 15;
  std::int64_t idle_timeout_s = 60;
  std::int64_t stream_timeout_s = 20;
  std::int64_t stream_heartbeat_s = 10;
  std::int64_t rate_limit_per_minute = 12'000;
  std::vector<std::string> cors_origins;
  std::vector<std::string> allowed_hosts;  // names, without a port
};

struct Auth {
  bool require_token = false;  // load() turns it on when auth.tokens has an entry and nothing else was said
  std::vector<Token> tokens;
};

struct Journal {
  std::int64_t keep_days = 8;
  std::int64_t max_bytes = 100LL * 1'024 * 1'024 * 1'024;
};

struct Disk {
  std::int64_t reserve_bytes = 512LL * 1'024 * 1'024;
};

struct Backup {
  std::string folder;           // empty = only where --to names one
  std::string recipients_file;  // of age; empty = not encrypted
  std::int64_t keep_daily = 7;
  std::int64_t keep_weekly = 4;
  std::int64_t keep_monthly = 12;
};

struct Deliver {
  std::int64_t max_age_s = 600;
};

struct Media {
  std::string folder;                 // load() fills an empty one with DATA_DIR/media
  std::vector<std::string> kinds;     // model::MediaType by name; none: only what is asked for
  std::vector<std::string> channels;  // ids; none: all that are captured
  std::int64_t max_file_bytes = 20LL * 1'024 * 1'024;
  std::int64_t max_bytes = 10LL * 1'024 * 1'024 * 1'024;
  std::int64_t parallel = 2;
};

struct Postgres {
  bool enabled = false;
  std::string host = "127.0.0.1";
  std::int64_t port = 6'434;         // PgBouncer's
  std::int64_t direct_port = 5'434;  // PostgreSQL's own, for migrations; 0 = port
  std::string database = "telegram_gateway";
  std::string user = "telegram_gateway";
  std::string password_file;
  std::string tls = "prefer";  // libpq's sslmode
  std::string tls_ca_file;
  std::int64_t connections = 4;  // for reading
  std::int64_t chunk_days = 1;
  std::int64_t compress_after_days = 14;  // 0 = never
  std::int64_t keep_days = 90;            // 0 = for ever
  std::string keep_by = "date";           // date, stored
};

struct Redis {
  bool enabled = false;
  std::vector<std::string> sentinels;  // HOST:PORT; none = address is the master
  std::string master = "telegram-redis";
  std::string address = "127.0.0.1:6379";
  std::string user;
  std::string password_file;
  std::string sentinel_password_file;
  std::int64_t message_ttl_s = 3'600;
};

struct Rabbitmq {
  bool enabled = false;
  std::string host = "127.0.0.1";
  std::int64_t port = 5'672;
  std::string vhost = "telegram";
  std::string user = "telegram";
  std::string password_file;
  bool tls = false;
  std::string tls_ca_file;
  std::string exchange = "telegram.messages";
  std::string queue_type = "quorum";   // of consumers' queues: quorum, classic
  std::vector<std::string> consumers;  // whose queues are declared, one a channel that is known
  std::int64_t window = 1'000;
  std::string management_url;  // http://HOST:PORT; empty = not asked
  std::string management_user = "admin";
  std::string management_password_file;
};

// A receiver of news by HTTP. Its secret is read from the file when it is used.
struct Webhook {
  std::string name;  // a-z A-Z 0-9 - _
  std::string url;
  std::string secret_file;            // absolute
  std::string format = "events";      // events, flat
  std::int64_t batch = 20;            // events a request
  std::vector<std::string> channels;  // ids; none = all
  std::vector<std::string> kinds;     // model::Kind by name; none = all that are told
  bool allow_private = false;
  std::string tls_ca_file;  // empty = the system's

  std::string shown_url() const;  // without its query, which may hold a secret
};

// Mail that rules send.
struct Smtp {
  std::string host;  // empty = no mail
  std::int64_t port = 587;
  std::string user;  // empty = without signing in
  std::string password_file;
  std::string from;
  std::string tls = "starttls";  // starttls, tls, none
  std::string tls_ca_file;
};

struct Alerts {
  bool allow_private = false;  // web hooks of rules may be at private addresses
  std::int64_t every_s = 60;   // a mail a rule
};

struct Demo {
  bool enabled = false;
  double rate = 1.0;  // messages a second
  std::int64_t channels = 12;
  std::int64_t history = 200;  // messages a channel, before the first start
  std::int64_t seed = 1;
  bool gaps = false;
};

struct Telegram {
  std::string library = "libtdjson.so";
  std::int64_t api_id = 0;  // 0 = no account
  std::string api_hash_file;
  std::string database_key_file;
  bool capture_all = false;
  bool test_dc = false;
  std::string proxy;  // socks5://HOST:PORT; empty = none
  std::int64_t rewalk_messages = 300;
  std::int64_t reconcile_every_s = 3'600;
  std::int64_t request_every_ms = 200;
  std::int64_t reopen_above_mib = 320;  // 0 = never
  std::int64_t lag_alarm_s = 120;
  std::vector<std::string> may_write;  // accounts that rules may forward by
};

struct Log {
  LogLevel level = LogLevel::info;
  LogTarget target = LogTarget::automatic;
};

struct Ui {
  std::string time_zone;  // IANA name; empty = the browser's
};

struct Config {
  std::string data_dir = "/var/lib/telegram-gateway";
  std::string profile = "embedded";  // embedded, hybrid
  std::string store = "local";       // local, postgres
  Server server;
  Auth auth;
  Journal journal;
  Disk disk;
  Backup backup;
  Deliver deliver;
  Media media;
  Telegram telegram;
  Postgres postgres;
  Redis redis;
  Rabbitmq rabbitmq;
  std::vector<Webhook> webhooks;
  Smtp smtp;
  Alerts alerts;
  Demo demo;
  Log log;
  Ui ui;
};

std::string_view name_of(Scope scope);       // "read", "consume", "admin"
std::string_view name_of(LogLevel level);    // "debug", "info", "warn", "error"
std::string_view name_of(LogTarget target);  // "auto", "console", "journald"

// One address without a name, as in an envelope: user@example.org.
bool is_mail_address(std::string_view text);

// 127.0.0.0/8, ::1 or localhost.
bool is_loopback(std::string_view host);

// SHA-256 in lower-case hex, as Token::sha256 holds it.
std::string sha256_hex(std::string_view secret);

}  // namespace tg::config
