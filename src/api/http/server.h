#pragma once
// A bounded HTTP/1.1 server that knows nothing of messages.
//
//   accept ──▶ loop 0…n, a thread each:  read ▶ parse ▶ Service::now ──────────────▶ one write ▶ read …
//                                                          └▶ workers: Service::later ─┘
//
// A loop never blocks. What may block runs on a few workers behind a bounded queue; when that is full the answer is
// 503 with Retry-After. Slow, idle, stalled and too many callers are cut by the limits below.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/http/message.h"
#include "model/result.h"

namespace tg::api {

struct Limits {
  std::size_t threads = 2;
  std::size_t workers = 4;
  std::size_t max_waiting_jobs = 1'024;
  std::size_t max_connections = 4'096;
  std::size_t max_connections_per_address = 1'000;
  std::size_t max_streams = 2'048;
  std::uint32_t max_header_bytes = 16 * 1'024;
  std::uint64_t max_body_bytes = 1'024 * 1'024;
  std::int64_t max_bodies_bytes = 64LL << 20;   // of all that wait for their answer, above 16 KiB each
  std::int64_t max_answers_bytes = 96LL << 20;  // of all that are on their way, above 64 KiB each
  std::chrono::seconds header_timeout{10};
  std::chrono::seconds body_timeout{30};  // beside the header's
  std::chrono::seconds idle_timeout{75};
  std::chrono::seconds stall_timeout{30};  // a write that moves nothing
  std::chrono::seconds heartbeat{10};
};

// Told by the server, on its own threads; must be quick.
struct Gauges {
  std::function<void(std::int64_t)> connections = [](std::int64_t) {};
  std::function<void(std::int64_t)> streams = [](std::int64_t) {};
  std::function<void()> refused = [] {};
  std::function<void()> cut = [] {};
};

class Service {
 public:
  virtual ~Service() = default;
  // Network thread: the answer, or false when a worker must make it. Must not block.
  virtual bool now(Request& request, Response& response) = 0;
  // Worker.
  virtual void later(Request& request, Response& response) = 0;
  // Errors the server itself finds (400, 408, 413, 431, 503).
  virtual void refuse(int status, std::string_view why, Response& response) = 0;
};

class Server {
 public:
  Server(Service& service, Limits limits, Gauges gauges = {});
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Result<void> listen(const std::string& host, std::uint16_t port);  // port 0: any free one
  std::uint16_t port() const;
  void start();
  // Nothing new is accepted; what is being answered is finished within `grace`, streams end at once.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds(3));

  void wake();                                        // any thread: streams and polls look again
  bool submit(std::function<void()> job);             // onto the workers
  void every_second(std::function<void()> tick);      // before start(); on a loop's thread
  bool loops_run(std::chrono::seconds within) const;  // each came round so lately; any thread
  std::size_t streams() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::api
