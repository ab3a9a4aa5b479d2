#pragma once
// The server's inside: what all loops share, one loop (a thread), one connection. A connection belongs to its loop's
// thread; only its request goes to a worker, and comes back by a post.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "api/http/parser.h"
#include "api/http/server.h"
#include "api/http/workers.h"

namespace tg::api {

using Clock = std::chrono::steady_clock;
using Socket = boost::asio::ip::tcp::socket;

// Connections an address; both counters are given back when the ticket dies.
class Admission {
 public:
  Admission(std::size_t max_all, std::size_t max_each) : max_all_(max_all), max_each_(max_each) {}

  class Ticket {
   public:
    Ticket() = default;
    Ticket(Admission& admission, std::string address) : admission_(&admission), address_(std::move(address)) {}
    Ticket(Ticket&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)), address_(std::move(other.address_)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (admission_) admission_->leave(address_);
    }
    explicit operator bool() const { return admission_ != nullptr; }

   private:
    Admission* admission_ = nullptr;
    std::string address_;
  };

  Ticket enter(const boost::asio::ip::address& address);
  std::size_t all() const { return all_.load(std::memory_order_relaxed); }

 private:
  void leave(const std::string& address);

  const std::size_t max_all_, max_each_;
  std::atomic<std::size_t> all_{0};
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> each_;
};

struct Core {
  Core(Service& s, const Limits& l, Gauges g)
      : service(s),
        limits(l),
        gauges(std::move(g)),
        admission(l.max_connections, l.max_connections_per_address),
        bodies{16 * 1'024, l.max_bodies_bytes},
        answers{64 * 1'024, l.max_answers_bytes},
        workers(l.workers, l.max_waiting_jobs) {}

  Service& service;
  const Limits limits;
  const Gauges gauges;
  Admission admission;
  Budget bodies, answers;
  std::atomic<std::size_t> streams{0};
  std::atomic<bool> stopping{false};
  Workers workers;
};

class Connection;

class Loop {
 public:
  explicit Loop(Core& core) : core_(core), timer_(io_) {}

  void run();
  void wake();   // any thread, coalesced
  void drain();  // its thread: idle connections end now, the others after their answer
  bool empty() const { return connections_.empty(); }
  Core& core() { return core_; }
  boost::asio::io_context& io() { return io_; }
  Clock::time_point now() const { return now_; }
  void touch() { now_ = Clock::now(); }
  std::string_view stamp();                       // Date and X-Gateway-Now, as header lines
  Clock::time_point ran() const { return ran_; }  // when its timer last fired; any thread

  std::function<void()> tick;  // once a second

 private:
  friend class Connection;
  void arm();

  Core& core_;
  std::unordered_set<Connection*> connections_;
  std::unordered_set<Connection*> waiting_;  // of these: streams and polls that look again when woken
  std::atomic<bool> woken_{false};
  Clock::time_point now_ = Clock::now();
  Clock::time_point ticked_ = now_;
  std::atomic<Clock::time_point> ran_{now_};
  std::int64_t stamped_ms_ = 0, stamped_s_ = 0;
  std::string stamp_;
  boost::asio::io_context io_{1};  // destroyed first: its handlers hold connections
  boost::asio::steady_timer timer_;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, Socket socket, Admission::Ticket ticket);
  ~Connection();

  void start();
  void check(Clock::time_point now);  // deadlines, heartbeats
  void woken();
  void drain();

 private:
  enum class State : std::uint8_t { idle, reading, working, writing, streaming, polling, lingering, closed };

  void read();
  void received(std::size_t size);
  void parse();
  void drop_body();
  void refuse(int status, std::string_view why);
  void dispatch();
  void answered();
  void send();
  void write();
  void sent();
  void linger();
  void too_slow();
  void close();

  void begin_stream();
  void pump();
  void pull_on_worker();
  void pulled(Stream::Next next);
  void write_chunk(bool last);
  void watch();
  void ask_poll(bool last);

  bool more_room();
  void render_head();
  bool chunked() const;  // a stream whose end is not known when it begins

  Loop& loop_;
  Core& core_;
  Socket socket_;
  Admission::Ticket ticket_;
  State state_ = State::idle;
  Clock::time_point deadline_;
  std::vector<char> in_;
  std::size_t in_begin_ = 0, in_end_ = 0;
  std::optional<Parser> parser_;
  Request request_;
  Reservation body_held_;
  Response response_;
  Reservation answer_held_;
  std::string head_;   // of an answer, or a chunk's size line
  std::string chunk_;  // a stream's bytes on their way
  std::size_t head_sent_ = 0, body_sent_ = 0;
  bool busy_ = false;       // stream: a pull or a write is under way
  bool streaming_ = false;  // counted in Core::streams
  bool ending_ = false;     // stream: close behind the bytes on their way
  bool draining_ = false;
  std::size_t lingered_ = 0;
  Clock::time_point spoke_;  // stream: last bytes
};

}  // namespace tg::api
