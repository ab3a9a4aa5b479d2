// What the three servers take from loops that do nothing else: rows into PostgreSQL (500 a statement, by unnest), SETEX
// and ZADD into Redis (500 a round trip), persistent messages into RabbitMQ (1,000 may wait for their confirm), all
// three at once, each by a thread and a connection of its own. The rows are those that the gateway left behind, their
// table has the gateway's columns and indexes; the messages, with their headers, are those that it left in a queue, and
// go back there. Prints one line of JSON.
//
// Passwords come in the environment (PGPASSWORD, REDIS_PASSWORD, AMQP_PASSWORD, AMQP_ADMIN_PASSWORD of who may
// read), never in arguments.

#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 500;
constexpr std::uint64_t kWindow = 1'000;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

double since(Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); }

std::string password(const char* variable) {
  const char* value = std::getenv(variable);
  return value ? value : "";
}

std::string_view text(amqp_bytes_t bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

// ---- PostgreSQL

struct Postgres {
  PGconn* connection;

  explicit Postgres(const std::string& conninfo) : connection(PQconnectdb(conninfo.c_str())) {
    if (PQstatus(connection) != CONNECTION_OK) fail(PQerrorMessage(connection));
  }
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;
  ~Postgres() { PQfinish(connection); }

  PGresult* run(const std::string& sql, const std::vector<std::string>& values = {}) const {
    std::vector<const char*> pointers;
    for (const auto& value : values) pointers.push_back(value.c_str());
    PGresult* result = PQexecParams(connection, sql.c_str(), static_cast<int>(pointers.size()), nullptr,
                                    pointers.data(), nullptr, nullptr, 0);
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(PQerrorMessage(connection));
    return result;
  }
  void execute(const std::string& sql, const std::vector<std::string>& values = {}) const { PQclear(run(sql, values)); }
};

struct Rows {
  std::vector<std::string> columns, types;
  std::vector<std::vector<std::optional<std::string>>> values;
};

Rows read_rows(const Postgres& db, std::size_t limit) {
  Rows rows;
  PGresult* columns = db.run(
      "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = "
      "'telegram_gateway.messages'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY "
      "attnum");
  std::string list;
  for (int i = 0; i < PQntuples(columns); ++i) {
    rows.columns.emplace_back(PQgetvalue(columns, i, 0));
    rows.types.emplace_back(PQgetvalue(columns, i, 1));
    list += (i ? ", " : "") + rows.columns.back() + "::text";
  }
  PQclear(columns);
  PGresult* all = db.run("SELECT " + list + " FROM telegram_gateway.messages LIMIT " + std::to_string(limit));
  for (int r = 0; r < PQntuples(all); ++r) {
    auto& row = rows.values.emplace_back();
    for (int c = 0; c < PQnfields(all); ++c) {
      if (PQgetisnull(all, r, c)) {
        row.emplace_back();
      } else {
        row.emplace_back(std::string(PQgetvalue(all, r, c), static_cast<std::size_t>(PQgetlength(all, r, c))));
      }
    }
  }
  PQclear(all);
  return rows;
}

void append_element(std::string& array, const std::optional<std::string>& value) {
  array += array.size() > 1 ? "," : "";
  if (!value) {
    array += "NULL";
    return;
  }
  array += '"';
  for (const char c : *value) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

double insert(const Postgres& db, const Rows& rows) {
  std::string columns, arrays;
  for (std::size_t c = 0; c < rows.columns.size(); ++c) {
    columns += (c ? ", " : "") + rows.columns[c];
    arrays += (c ? ", $" : "$") + std::to_string(c + 1) + "::" + rows.types[c] + "[]";
  }
  const std::string sql =
      "INSERT INTO bench_bare.messages (" + columns + ") SELECT * FROM unnest(" + arrays + ") ON CONFLICT DO NOTHING";
  const auto began = Clock::now();
  for (std::size_t at = 0; at < rows.values.size(); at += kBatch) {
    std::vector<std::string> parameters(rows.columns.size(), "{");
    for (std::size_t r = at; r < std::min(at + kBatch, rows.values.size()); ++r) {
      for (std::size_t c = 0; c < rows.columns.size(); ++c) append_element(parameters[c], rows.values[r][c]);
    }
    for (auto& parameter : parameters) parameter += '}';
    db.execute(sql, parameters);
  }
  return since(began);
}

// ---- Redis

double cache(const std::string& host, int port, const std::vector<amqp_envelope_t>& messages) {
  redisContext* redis = redisConnect(host.c_str(), port);
  if (!redis || redis->err) fail("redis does not answer");
  const auto take = [&] {
    void* reply = nullptr;
    if (redisGetReply(redis, &reply) != REDIS_OK) fail(redis->errstr);
    freeReplyObject(reply);
  };
  redisAppendCommand(redis, "AUTH %s", password("REDIS_PASSWORD").c_str());
  take();
  const auto began = Clock::now();
  for (std::size_t at = 0; at < messages.size(); at += kBatch) {
    const auto end = std::min(at + kBatch, messages.size());
    for (std::size_t i = at; i < end; ++i) {
      const auto& m = messages[i].message;
      const std::string id(text(m.properties.message_id)), channel(text(messages[i].routing_key));
      redisAppendCommand(redis, "SETEX bench:msg:%s 3600 %b", id.c_str(), m.body.bytes, m.body.len);
      redisAppendCommand(redis, "ZADD bench:%s:recent %s %s", channel.c_str(), std::to_string(i).c_str(), id.c_str());
    }
    for (std::size_t i = at; i < end; ++i) {
      take();
      take();
    }
  }
  const auto took = since(began);
  redisFree(redis);
  return took;
}

// ---- RabbitMQ

struct Broker {
  amqp_connection_state_t connection = amqp_new_connection();

  Broker(const std::string& host, int port, const char* user, const char* password_in) {
    auto* socket = amqp_tcp_socket_new(connection);
    if (amqp_socket_open(socket, host.c_str(), port) != AMQP_STATUS_OK) fail("rabbitmq does not answer");
    const auto login =
        amqp_login(connection, "telegram", 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN, user, password(password_in).c_str());
    if (login.reply_type != AMQP_RESPONSE_NORMAL) fail("rabbitmq refuses the user");
    amqp_channel_open(connection, 1);
    amqp_confirm_select(connection, 1);
    if (amqp_get_rpc_reply(connection).reply_type != AMQP_RESPONSE_NORMAL) fail("rabbitmq gives no channel");
  }
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  ~Broker() { amqp_destroy_connection(connection); }

  // The highest tag that was confirmed.
  std::uint64_t confirmed() const {
    amqp_frame_t frame;
    if (amqp_simple_wait_frame(connection, &frame) != AMQP_STATUS_OK) fail("rabbitmq went away");
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD) return 0;
    return static_cast<amqp_basic_ack_t*>(frame.payload.method.decoded)->delivery_tag;
  }
};

// What waits in the queue, taken from it; to be kept until the program ends.
std::vector<amqp_envelope_t> take_all(const Broker& broker, const std::string& queue, std::size_t most) {
  const amqp_bytes_t name = amqp_cstring_bytes(queue.c_str());
  const auto* found = amqp_queue_declare(broker.connection, 1, name, 1, 0, 0, 0, amqp_empty_table);
  if (!found) fail("rabbitmq has no queue " + queue);
  std::vector<amqp_envelope_t> all(std::min<std::size_t>(found->message_count, most));
  amqp_basic_qos(broker.connection, 1, 0, 1'000, 0);
  amqp_basic_consume(broker.connection, 1, name, amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  if (amqp_get_rpc_reply(broker.connection).reply_type != AMQP_RESPONSE_NORMAL) fail(queue + " may not be read");
  const timeval patience{10, 0};
  for (auto& envelope : all) {
    const auto came = amqp_consume_message(broker.connection, &envelope, &patience, 0);
    if (came.reply_type != AMQP_RESPONSE_NORMAL) {
      fail(fmt::format("{} ended after {} of {}: {}", queue, &envelope - all.data(), all.size(),
                       amqp_error_string2(came.library_error)));
    }
    amqp_basic_ack(broker.connection, 1, envelope.delivery_tag, 0);
  }
  return all;
}

double publish(const Broker& broker, const std::string& exchange, const std::vector<amqp_envelope_t>& messages) {
  std::uint64_t sent = 0, confirmed = 0;
  const auto began = Clock::now();
  for (const auto& m : messages) {
    while (sent - confirmed >= kWindow) confirmed = std::max(confirmed, broker.confirmed());
    if (amqp_basic_publish(broker.connection, 1, amqp_cstring_bytes(exchange.c_str()), m.routing_key, 0, 0,
                           &m.message.properties, m.message.body) != AMQP_STATUS_OK) {
      fail("rabbitmq takes nothing");
    }
    ++sent;
  }
  while (confirmed < sent) confirmed = std::max(confirmed, broker.confirmed());
  return since(began);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The bare loops that bench/hybrid compares with");
  std::string conninfo, host = "127.0.0.1", exchange = "telegram.messages", queue;
  int redis_port = 0, amqp_port = 0;
  std::size_t limit = 1'000'000;
  app.add_option("--postgres", conninfo, "conninfo without the password")->required();
  app.add_option("--redis-port", redis_port)->required();
  app.add_option("--amqp-port", amqp_port)->required();
  app.add_option("--queue", queue, "with the messages, bound to the exchange")->required();
  app.add_option("--messages", limit);
  CLI11_PARSE(app, argc, argv);
  try {
    const Postgres db(conninfo);
    const auto rows = read_rows(db, limit);
    const auto messages = take_all(Broker(host, amqp_port, "admin", "AMQP_ADMIN_PASSWORD"), queue, limit);
    db.execute("CREATE SCHEMA IF NOT EXISTS bench_bare");
    db.execute("DROP TABLE IF EXISTS bench_bare.messages");
    db.execute("CREATE TABLE bench_bare.messages (LIKE telegram_gateway.messages INCLUDING ALL)");
    const Broker broker(host, amqp_port, "telegram", "AMQP_PASSWORD");
    double postgres = 0, redis = 0, amqp = 0;
    const auto began = Clock::now();
    std::thread a([&] { postgres = insert(db, rows); });
    std::thread b([&] { redis = cache(host, redis_port, messages); });
    std::thread c([&] { amqp = publish(broker, exchange, messages); });
    a.join();
    b.join();
    c.join();
    const auto all = since(began);
    db.execute("DROP SCHEMA bench_bare CASCADE");
    std::cout << boost::json::serialize(boost::json::object{{"messages", messages.size()},
                                                            {"rows", rows.values.size()},
                                                            {"seconds", all},
                                                            {"postgres_seconds", postgres},
                                                            {"redis_seconds", redis},
                                                            {"rabbitmq_seconds", amqp}})
              << "\n";
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << "\n";
    return 1;
  }
  return 0;
}
