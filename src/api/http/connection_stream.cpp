// A connection whose answer never ends (Server-Sent Events), is too large to be held (files), or comes later (long
// poll).
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "api/http/connection.h"

namespace tg::api {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr std::size_t kBudget = 64 * 1'024;  // bytes a pull
constexpr int kStreamBuffer = 128 * 1'024;   // what the kernel may hold for a reader that stands still
constexpr std::size_t kKeptWhileIdle = 4 * 1'024;
}  // namespace

void Connection::begin_stream() {
  if (core_.streams.fetch_add(1) >= core_.limits.max_streams) {
    --core_.streams;
    response_.stream.reset();
    response_.headers.clear();
    core_.service.refuse(503, "too many streams are open; close some, or poll", response_);
    return send();
  }
  streaming_ = true;
  core_.gauges.streams(static_cast<std::int64_t>(core_.streams.load()));
  error_code ec;
  socket_.set_option(asio::socket_base::send_buffer_size(kStreamBuffer), ec);
  state_ = State::streaming;
  response_.close = true;
  render_head();
  busy_ = true;
  deadline_ = loop_.now() + core_.limits.stall_timeout;
  in_.resize(64);
  in_.shrink_to_fit();
  in_begin_ = in_end_ = 0;
  loop_.waiting_.insert(this);
  watch();
  chunk_.clear();
  if (request_.method == Method::head) {
    ending_ = true;
    return write_chunk(true);
  }
  // The head goes out with the first bytes, which every stream has at once.
  head_sent_ = 0;
  const auto size = head_.size();
  socket_.async_write_some(asio::buffer(head_), [self = shared_from_this(), size](error_code failed, std::size_t sent) {
    self->busy_ = false;
    // A head is far smaller than an empty send buffer.
    if (failed || sent < size) return self->close();
    self->loop_.touch();
    self->spoke_ = self->loop_.now();
    self->pump();
  });
}

void Connection::pump() {
  if (busy_ || state_ != State::streaming) return;
  chunk_.clear();
  pulled(response_.stream->pull(chunk_, kBudget, false));
}

void Connection::pull_on_worker() {
  busy_ = true;
  deadline_ = loop_.now() + core_.limits.stall_timeout;
  const bool taken = core_.workers.submit([self = shared_from_this()]() mutable {
    auto& connection = *self;
    const auto next = connection.response_.stream->pull(connection.chunk_, kBudget, true);
    asio::post(connection.loop_.io(), [self = std::move(self), next] {
      self->busy_ = false;
      self->loop_.touch();
      if (self->state_ == State::streaming) self->pulled(next);
    });
  });
  if (!taken) busy_ = false;  // the next tick tries again
}

void Connection::pulled(Stream::Next next) {
  switch (next) {
    case Stream::Next::written: return write_chunk(false);
    case Stream::Next::ended: return write_chunk(true);
    case Stream::Next::blocked:
      // What a non-blocking pull has appended before it met the store goes out first.
      return chunk_.empty() ? pull_on_worker() : write_chunk(false);
    case Stream::Next::idle:
      if (!chunk_.empty()) return write_chunk(false);
      if (chunk_.capacity() > kKeptWhileIdle) std::string{}.swap(chunk_);
      return;
  }
}

void Connection::write_chunk(bool last) {
  busy_ = true;
  ending_ = ending_ || last;
  if (!chunk_.empty() && chunked()) {
    const auto size_line = fmt::format("{:x}\r\n", chunk_.size());
    chunk_.insert(0, size_line);
    chunk_ += "\r\n";
  }
  if (ending_ && chunked() && request_.method != Method::head) chunk_ += "0\r\n\r\n";
  if (request_.method == Method::head) chunk_ = head_;
  body_sent_ = 0;
  deadline_ = loop_.now() + core_.limits.stall_timeout;
  struct Writer {
    std::shared_ptr<Connection> self;
    void operator()(error_code ec, std::size_t size) {
      auto& connection = *self;
      if (ec || connection.state_ != State::streaming) return connection.close();
      connection.loop_.touch();
      connection.body_sent_ += size;
      connection.spoke_ = connection.loop_.now();
      if (size > 0) connection.deadline_ = connection.loop_.now() + connection.core_.limits.stall_timeout;
      if (connection.body_sent_ < connection.chunk_.size()) return go();
      connection.busy_ = false;
      if (connection.ending_) return connection.linger();
      connection.pump();
    }
    void go() {
      auto& connection = *self;
      const auto rest = asio::buffer(connection.chunk_) + connection.body_sent_;
      connection.socket_.async_write_some(rest, std::move(*this));
    }
  };
  Writer{shared_from_this()}.go();
}

// Notices that the reader has gone, and drops what it may still say.
void Connection::watch() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code ec) {
    if (ec || (self->state_ != State::streaming && self->state_ != State::polling)) return;
    error_code failed;
    const auto waiting = self->socket_.available(failed);
    if (failed || waiting == 0) return self->close();
    if (self->state_ == State::polling) return;  // the next request, already; it is read after this answer
    char dropped[256];
    self->socket_.read_some(asio::buffer(dropped), failed);
    self->lingered_ += waiting;
    if (failed || self->lingered_ > 64 * 1'024) return self->close();
    self->watch();
  });
}

void Connection::woken() {
  if (busy_) return;
  if (state_ == State::streaming) return pump();
  if (state_ == State::polling && response_.poll->ready()) ask_poll(loop_.now() >= response_.poll->until);
}

void Connection::ask_poll(bool last) {
  busy_ = true;
  const bool taken = core_.workers.submit([self = shared_from_this(), last]() mutable {
    auto& connection = *self;
    // The answer replaces the response that holds the poll, so the poll is taken out first.
    auto poll = std::move(connection.response_.poll);
    const bool done = poll->answer(connection.response_, last);
    if (!done) connection.response_.poll = std::move(poll);
    asio::post(connection.loop_.io(), [self = std::move(self), done] {
      self->busy_ = false;
      self->loop_.touch();
      if (self->state_ != State::polling) return;
      if (!done) return self->woken();
      error_code ec;
      self->socket_.cancel(ec);  // the watch
      self->send();
    });
  });
  if (!taken) busy_ = false;
}

}  // namespace tg::api
