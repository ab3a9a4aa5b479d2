#pragma once
// TDLib hands out everything in one place, from one thread. The hub is that thread: it gives each client its updates,
// in order, and each query its answer.
//
//   td_receive ──▶ hub's thread ──▶ on_update(object) of the client it is for
//                              └──▶ the answer of the query whose number it carries
//
// on_update and on_answer run in the hub's thread: they must not wait. ask() waits, so never call it from there.

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <variant>

#include "source/tdlib/library.h"

namespace tg::tdlib {

// TDLib's error: its codes are HTTP's, its messages Telegram's (FLOOD…, PHONE_CODE_INVALID).
struct Refusal {
  static constexpr std::string_view kRetryAfter = "retry after ";  // and seconds; with code 429

  int code = 0;
  std::string message;

  // How long to wait, in seconds, where a flood limit was hit; 0 otherwise.
  std::int64_t retry_after_s() const;
};

using Answer = std::variant<boost::json::object, Refusal>;

class Hub;

class Client {
 public:
  Client(Hub& hub, int id) : hub_(hub), id_(id) {}
  ~Client();  // nothing is called any more; queries without an answer get code 499 before it returns
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Any thread. The answer comes once, in the hub's thread; never, if the hub ends before.
  void send(boost::json::object query, std::function<void(Answer)> on_answer = {});

  // Waits for the answer; code 408 when none came within `patience`, 499 when the hub ends or `stop` is requested.
  Answer ask(boost::json::object query, std::chrono::milliseconds patience, const std::stop_token& stop = {});

 private:
  Hub& hub_;
  const int id_;
};

class Hub {
 public:
  explicit Hub(const Library& library);
  ~Hub();  // ends the thread; every client must be closed before (authorizationStateClosed)
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  std::unique_ptr<Client> open(std::function<void(const boost::json::object&)> on_update);

 private:
  friend class Client;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::tdlib
