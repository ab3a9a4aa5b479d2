#pragma once
// One request and one answer, without the network library. A Request belongs to its connection and is reused for the
// next one; its text lies in one buffer. An answer's bytes are shared, never copied.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/stream.h"

namespace tg::api {

enum class Method : std::uint8_t { get, head, post, put, delete_, options, other };

struct Request {
  Method method = Method::other;
  int version = 11;  // 10 or 11
  bool keep_alive = true;
  std::string body;
  std::string address;  // the caller's, as text; stays over the connection's requests

  // Set by the router.
  std::size_t route = 0;
  std::array<std::string_view, 3> parameters;  // what the pattern's {names} matched, still escaped
  unsigned scopes = 0;                         // of the caller, as bits of config::Scope
  bool by_cookie = false;
  std::uint64_t token = 0;  // number of the caller's token; 0 = none

  std::string_view target() const { return {text_.data(), target_size_}; }
  std::string_view path() const { return target().substr(0, path_size_); }
  std::string_view query() const;  // behind the question mark, still escaped
  // Nothing where it is absent; the first of several. `name` in lower case.
  std::string_view header(std::string_view name) const;

  // For the parser.
  void clear();
  void drop_body();  // a connection that once sent a large one does not keep its memory
  void set_target(std::string_view target);
  void set_query(std::string_view query);  // not longer than the one that was sent
  void add_header(std::string_view name, std::string_view value);
  std::size_t memory() const { return text_.capacity() + body.capacity() + fields_.capacity() * sizeof(Field); }

 private:
  struct Field {
    std::uint32_t name, name_size, value, value_size;
  };
  std::string text_;
  std::vector<Field> fields_;
  std::size_t target_size_ = 0, path_size_ = 0;
};

// Bytes and whoever keeps them alive (nobody: they are part of the program).
struct Bytes {
  std::string_view view;
  std::shared_ptr<const void> owner;

  Bytes() = default;
  explicit Bytes(std::string text) {
    auto kept = std::make_shared<const std::string>(std::move(text));
    view = *kept;
    owner = std::move(kept);
  }
  static Bytes constant(std::string_view bytes) {
    Bytes result;
    result.view = bytes;
    return result;
  }
};

// How long an encoded answer may be given again from memory.
struct Validity {
  enum class Until : std::uint8_t { never, commit, moment } until = Until::never;
  std::int64_t chat = 0;          // commit: of this chat; 0 = any
  std::uint64_t generation = 0;   // commit: as read before the answer was made
  std::int64_t milliseconds = 0;  // moment
};

struct Response {
  int status = 200;
  std::string headers;  // whole lines, each with its CR LF
  Bytes body;
  bool close = false;  // end the connection behind it
  Validity validity;
  bool counted = false;            // whether it came from memory: the store has counted it already
  std::unique_ptr<Stream> stream;  // the body comes from here
  std::unique_ptr<LongPoll> poll;  // the answer comes later

  void clear();
  // Line breaks in a value are dropped: no caller can smuggle in a header.
  Response& add(std::string_view name, std::string_view value);
};

std::string_view reason_of(int status);

}  // namespace tg::api
