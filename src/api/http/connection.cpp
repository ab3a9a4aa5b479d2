#include "api/http/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>

namespace tg::api {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {
constexpr std::size_t kFirstBuffer = 2'048;
constexpr std::size_t kMaxLinger = 4 << 20;
// What the kernel may hold of an answer. Its own choice of several megabytes would also hide a slow reader's progress:
// a socket is writable again only when a third of it is free.
constexpr int kSendBuffer = 256 * 1'024;
}  // namespace

Connection::Connection(Loop& loop, Socket socket, Admission::Ticket ticket)
    : loop_(loop),
      core_(loop.core()),
      socket_(std::move(socket)),
      ticket_(std::move(ticket)),
      body_held_(core_.bodies),
      answer_held_(core_.answers) {
  loop_.connections_.insert(this);
  core_.gauges.connections(static_cast<std::int64_t>(core_.admission.all()));
}

Connection::~Connection() {
  loop_.connections_.erase(this);
  loop_.waiting_.erase(this);
  if (streaming_) core_.gauges.streams(static_cast<std::int64_t>(--core_.streams));
}

void Connection::start() {
  error_code ec;
  socket_.set_option(asio::ip::tcp::no_delay(true), ec);
  socket_.set_option(asio::socket_base::send_buffer_size(kSendBuffer), ec);
  socket_.non_blocking(true, ec);
  const auto remote = socket_.remote_endpoint(ec);
  if (ec) return;
  request_.address = remote.address().to_string();
  deadline_ = loop_.now() + core_.limits.header_timeout;
  in_.resize(kFirstBuffer);
  read();
}

void Connection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  error_code ec;
  socket_.close(ec);
}

bool Connection::more_room() {
  if (in_begin_ == in_end_) in_begin_ = in_end_ = 0;
  if (in_end_ < in_.size()) return true;
  if (in_begin_ > 0) {
    std::copy(in_.begin() + static_cast<std::ptrdiff_t>(in_begin_), in_.begin() + static_cast<std::ptrdiff_t>(in_end_),
              in_.begin());
    in_end_ -= in_begin_;
    in_begin_ = 0;
    return true;
  }
  if (in_.size() > core_.limits.max_header_bytes) return false;
  in_.resize(std::min<std::size_t>(in_.size() * 4, core_.limits.max_header_bytes + 1'024));
  return true;
}

void Connection::read() {
  if (!more_room()) return refuse(431, "the request header is too large");
  socket_.async_read_some(asio::buffer(in_.data() + in_end_, in_.size() - in_end_),
                          [self = shared_from_this()](error_code ec, std::size_t size) {
                            if (ec || self->state_ == State::closed) return self->close();
                            self->received(size);
                          });
}

void Connection::received(std::size_t size) {
  loop_.touch();
  in_end_ += size;
  if (state_ == State::lingering) {
    lingered_ += size;
    in_begin_ = in_end_ = 0;
    return lingered_ > kMaxLinger ? close() : read();
  }
  if (state_ == State::idle) {
    state_ = State::reading;
    deadline_ = loop_.now() + core_.limits.header_timeout;
  }
  parse();
}

void Connection::parse() {
  if (!parser_) {
    request_.clear();
    parser_.emplace(request_, body_held_, core_.limits.max_header_bytes, core_.limits.max_body_bytes);
  }
  while (in_begin_ < in_end_) {
    const bool header_was_done = parser_->is_header_done();
    error_code ec;
    in_begin_ += parser_->put(asio::const_buffer(in_.data() + in_begin_, in_end_ - in_begin_), ec);
    if (parser_->is_header_done() && !header_was_done) deadline_ += core_.limits.body_timeout;
    if (ec == http::error::need_more) break;
    if (ec == http::error::body_limit) {
      return parser_->out_of_budget() ? refuse(503, "too many large requests at once; try again in a moment")
                                      : refuse(413, "the request body is too large");
    }
    if (ec == http::error::header_limit) return refuse(431, "the request header is too large");
    if (ec) return refuse(400, "this is not a valid HTTP request");
    if (parser_->is_done()) {
      parser_.reset();
      return dispatch();
    }
  }
  if (parser_->is_header_done() && parser_->wants_continue()) {
    parser_->continued();
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    error_code ec;
    socket_.write_some(asio::buffer(kContinue.data(), kContinue.size()), ec);
  }
  read();
}

void Connection::drop_body() {
  request_.drop_body();
  body_held_.free();
}

void Connection::refuse(int status, std::string_view why) {
  parser_.reset();
  drop_body();
  response_.clear();
  core_.service.refuse(status, why, response_);
  response_.close = true;
  send();
}

void Connection::dispatch() {
  response_.clear();
  if (core_.service.now(request_, response_)) return answered();
  state_ = State::working;
  const bool taken = core_.workers.submit([self = shared_from_this()]() mutable {
    auto& connection = *self;
    connection.core_.service.later(connection.request_, connection.response_);
    // The last reference must not die here: a connection belongs to its loop.
    asio::post(connection.loop_.io(), [self = std::move(self)] { self->answered(); });
  });
  if (!taken) {
    core_.service.refuse(503, "too many requests wait already; try again in a moment", response_);
    answered();
  }
}

void Connection::answered() {
  drop_body();
  if (state_ == State::closed) return;
  if (response_.poll) {
    state_ = State::polling;
    loop_.waiting_.insert(this);
    watch();
    return woken();
  }
  if (response_.stream) return begin_stream();
  send();
}

bool Connection::chunked() const { return response_.stream && !response_.stream->size() && request_.version >= 11; }

void Connection::render_head() {
  head_.clear();
  head_ += "HTTP/1.1 ";
  fmt::format_to(std::back_inserter(head_), "{} {}\r\n", response_.status, reason_of(response_.status));
  head_ += loop_.stamp();
  if (chunked()) {
    head_ += "Transfer-Encoding: chunked\r\n";
  } else if (response_.stream) {
    if (const auto size = response_.stream->size())
      fmt::format_to(std::back_inserter(head_), "Content-Length: {}\r\n", *size);
  } else if (response_.status != 204 && response_.status != 304) {
    fmt::format_to(std::back_inserter(head_), "Content-Length: {}\r\n", response_.body.view.size());
  }
  head_ += response_.headers;
  if (response_.close) {
    head_ += "Connection: close\r\n";
  } else if (request_.version < 11) {
    head_ += "Connection: keep-alive\r\n";
  }
  head_ += "\r\n";
  head_sent_ = body_sent_ = 0;
}

void Connection::send() {
  state_ = State::writing;
  loop_.waiting_.erase(this);
  if (!request_.keep_alive || draining_ || core_.stopping) response_.close = true;
  const bool bodyless = request_.method == Method::head || response_.status == 204 || response_.status == 304;
  // Bytes without an owner are part of the program.
  if (!bodyless && response_.body.owner && !answer_held_.grow(response_.body.view.size())) {
    const bool close = response_.close;
    core_.service.refuse(503, "too many large answers are on their way; ask for less, or again in a moment", response_);
    response_.close = close;
  }
  render_head();
  if (bodyless) response_.body = {};
  write();
}

void Connection::write() {
  deadline_ = loop_.now() + core_.limits.stall_timeout;
  const auto body = response_.body.view;
  const std::array<asio::const_buffer, 2> buffers{
      asio::const_buffer(head_.data() + head_sent_, head_.size() - head_sent_),
      asio::const_buffer(body.data() + body_sent_, body.size() - body_sent_)};
  socket_.async_write_some(buffers, [self = shared_from_this()](error_code ec, std::size_t size) {
    if (ec || self->state_ == State::closed) return self->close();
    self->loop_.touch();
    const auto of_head = std::min(size, self->head_.size() - self->head_sent_);
    self->head_sent_ += of_head;
    self->body_sent_ += size - of_head;
    if (self->head_sent_ < self->head_.size() || self->body_sent_ < self->response_.body.view.size())
      return self->write();
    self->sent();
  });
}

void Connection::sent() {
  const bool last = response_.close;
  response_.body = {};
  answer_held_.free();
  if (last) return linger();
  if (in_begin_ < in_end_) {
    state_ = State::reading;
    deadline_ = loop_.now() + core_.limits.header_timeout;
    return parse();
  }
  state_ = State::idle;
  deadline_ = loop_.now() + core_.limits.idle_timeout;
  if (in_.size() > kFirstBuffer) {
    in_.resize(kFirstBuffer);
    in_.shrink_to_fit();
  }
  in_begin_ = in_end_ = 0;
  read();
}

// Closing while the caller still sends would reset the connection, and with it the answer it has not read yet.
void Connection::linger() {
  error_code ec;
  socket_.shutdown(Socket::shutdown_send, ec);
  if (ec) return close();
  state_ = State::lingering;
  deadline_ = loop_.now() + std::chrono::seconds(2);
  in_begin_ = in_end_ = 0;
  read();
}

// A read is under way and stays so: the answer is written at once, as far as the socket takes it.
void Connection::too_slow() {
  core_.gauges.cut();
  response_.clear();
  core_.service.refuse(408, "the request did not arrive in time", response_);
  response_.close = true;
  render_head();
  head_ += response_.body.view;
  error_code ec;
  socket_.write_some(asio::buffer(head_), ec);
  socket_.shutdown(Socket::shutdown_send, ec);
  close();
}

void Connection::drain() {
  draining_ = true;
  if (state_ == State::idle || state_ == State::reading || state_ == State::streaming || state_ == State::lingering ||
      state_ == State::polling) {
    close();
  }
}

void Connection::check(Clock::time_point now) {
  switch (state_) {
    case State::idle:
    case State::lingering:
      if (now >= deadline_) close();
      break;
    case State::reading:
      if (now >= deadline_) too_slow();
      break;
    case State::writing:
      if (now >= deadline_) {
        core_.gauges.cut();
        close();
      }
      break;
    case State::streaming:
      if (busy_) {
        if (now >= deadline_) {
          core_.gauges.cut();
          close();
        }
      } else {
        pump();
        if (!busy_ && state_ == State::streaming && now - spoke_ >= core_.limits.heartbeat) {
          response_.stream->heartbeat(chunk_);
          write_chunk(false);
        }
      }
      break;
    case State::polling:
      if (!busy_ && now >= response_.poll->until) ask_poll(true);
      break;
    case State::working:
    case State::closed: break;
  }
}

}  // namespace tg::api
