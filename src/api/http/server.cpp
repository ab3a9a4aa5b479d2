#include "api/http/server.h"

#include <boost/asio/post.hpp>
#include <ctime>
#include <thread>

#include "api/http/connection.h"
#include "model/ids.h"

namespace tg::api {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Admission::Ticket Admission::enter(const asio::ip::address& address) {
  // One household of IPv6 is a /64.
  std::string key;
  if (address.is_v6() && !address.to_v6().is_v4_mapped()) {
    const auto bytes = address.to_v6().to_bytes();
    key.assign(reinterpret_cast<const char*>(bytes.data()), 8);
  } else {
    key = address.is_v4() ? address.to_string()
                          : asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  std::lock_guard lock(mutex_);
  if (all_ >= max_all_) return {};
  auto& count = each_[key];
  if (count >= max_each_) return {};
  ++count;
  ++all_;
  return {*this, std::move(key)};
}

void Admission::leave(const std::string& address) {
  std::lock_guard lock(mutex_);
  --all_;
  const auto found = each_.find(address);
  if (found != each_.end() && --found->second == 0) each_.erase(found);
}

void Loop::run() {
  arm();
  io_.run();
}

void Loop::arm() {
  timer_.expires_after(std::chrono::milliseconds(250));
  timer_.async_wait([this](error_code ec) {
    if (ec) return;
    touch();
    ran_ = now_;
    const std::vector<Connection*> all(connections_.begin(), connections_.end());
    for (auto* connection : all) {
      if (connections_.contains(connection)) connection->check(now_);
    }
    if (tick && now_ - ticked_ >= std::chrono::seconds(1)) {
      ticked_ = now_;
      tick();
    }
    arm();
  });
}

void Loop::wake() {
  if (woken_.exchange(true)) return;
  asio::post(io_, [this] {
    woken_ = false;
    touch();
    const std::vector<Connection*> all(waiting_.begin(), waiting_.end());
    for (auto* connection : all) {
      if (waiting_.contains(connection)) connection->woken();
    }
  });
}

void Loop::drain() {
  const std::vector<Connection*> all(connections_.begin(), connections_.end());
  for (auto* connection : all) {
    if (connections_.contains(connection)) connection->drain();
  }
}

std::string_view Loop::stamp() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME_COARSE, &time);
  const std::int64_t ms = time.tv_sec * 1'000 + time.tv_nsec / 1'000'000;
  if (ms == stamped_ms_) return stamp_;
  if (time.tv_sec != stamped_s_) {
    std::tm parts{};
    gmtime_r(&time.tv_sec, &parts);
    char date[64];
    const auto size = std::strftime(date, sizeof(date), "Date: %a, %d %b %Y %H:%M:%S GMT\r\nX-Gateway-Now: ", &parts);
    stamp_.assign(date, size);
    stamp_ += model::to_rfc3339(model::Time{ms * 1'000});
    stamp_ += "\r\n";
    stamped_s_ = time.tv_sec;
  }
  // …:SS.mmmZ CR LF
  const auto at = stamp_.size() - 6;
  const auto part = static_cast<int>(ms % 1'000);
  stamp_[at] = static_cast<char>('0' + part / 100);
  stamp_[at + 1] = static_cast<char>('0' + part / 10 % 10);
  stamp_[at + 2] = static_cast<char>('0' + part % 10);
  stamped_ms_ = ms;
  return stamp_;
}

struct Server::Impl {
  Impl(Service& service, const Limits& limits, Gauges gauges) : core(service, limits, std::move(gauges)) {
    for (std::size_t i = 0; i < std::max<std::size_t>(limits.threads, 1); ++i)
      loops.push_back(std::make_unique<Loop>(core));
  }

  void accept();
  void admit(tcp::socket socket, Loop& loop);

  Core core;
  std::vector<std::unique_ptr<Loop>> loops;
  std::optional<tcp::acceptor> acceptor;
  std::optional<asio::steady_timer> pause;
  std::size_t next = 0;
  std::vector<std::thread> threads;
  std::uint16_t port = 0;
};

void Server::Impl::accept() {
  Loop& loop = *loops[next++ % loops.size()];
  acceptor->async_accept(loop.io(), [this, &loop](error_code ec, tcp::socket socket) {
    if (ec == asio::error::operation_aborted || core.stopping) return;
    if (ec) {
      // Out of descriptors: the caller stays in the kernel's queue until one is free.
      pause->expires_after(std::chrono::milliseconds(100));
      pause->async_wait([this](error_code stopped) {
        if (!stopped) accept();
      });
      return;
    }
    admit(std::move(socket), loop);
    accept();
  });
}

void Server::Impl::admit(tcp::socket socket, Loop& loop) {
  error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return;
  auto ticket = core.admission.enter(remote.address());
  if (!ticket) {
    core.gauges.refused();
    Response response;
    core.service.refuse(503, "too many connections; close some, or try again in a moment", response);
    const auto text =
        fmt::format("HTTP/1.1 503 Service Unavailable\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{}",
                    response.body.view.size(), response.headers, response.body.view);
    socket.non_blocking(true, ec);
    socket.write_some(asio::buffer(text), ec);
    socket.shutdown(tcp::socket::shutdown_both, ec);
    return;
  }
  auto shared = std::make_shared<std::pair<tcp::socket, Admission::Ticket>>(std::move(socket), std::move(ticket));
  asio::post(loop.io(), [&loop, shared] {
    loop.touch();
    std::make_shared<Connection>(loop, std::move(shared->first), std::move(shared->second))->start();
  });
}

Server::Server(Service& service, Limits limits, Gauges gauges)
    : impl_(std::make_unique<Impl>(service, limits, std::move(gauges))) {}

Server::~Server() { stop(); }

Result<void> Server::listen(const std::string& host, std::uint16_t port) {
  auto& impl = *impl_;
  error_code ec;
  auto& io = impl.loops.front()->io();
  const auto place = fmt::format("{}:{}", host, port);
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, ec);
  if (ec || found.empty()) {
    return Error{Code::invalid_input, fmt::format("listening on {}: the host is not known ({})", place, ec.message()),
                 "Set server.host to an address of this machine"};
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  impl.acceptor.emplace(io);
  impl.acceptor->open(endpoint.protocol(), ec);
  if (!ec) impl.acceptor->set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) impl.acceptor->bind(endpoint, ec);
  if (!ec) impl.acceptor->listen(1'024, ec);
  if (ec) {
    impl.acceptor.reset();
    const bool taken = ec == asio::error::address_in_use;
    return Error{
        taken ? Code::conflict : Code::unavailable, fmt::format("listening on {}: {}", place, ec.message()),
        taken ? "Stop the program that holds the port, or set server.port" : "Set server.host and server.port"};
  }
  impl.port = impl.acceptor->local_endpoint(ec).port();
  impl.pause.emplace(io);
  return {};
}

std::uint16_t Server::port() const { return impl_->port; }

void Server::start() {
  auto& impl = *impl_;
  impl.accept();
  for (auto& loop : impl.loops) impl.threads.emplace_back([&loop] { loop->run(); });
}

void Server::stop(std::chrono::milliseconds grace) {
  auto& impl = *impl_;
  if (impl.core.stopping.exchange(true) || impl.threads.empty()) {
    impl.core.workers.stop();
    return;
  }
  asio::post(impl.loops.front()->io(), [&impl] {
    error_code ec;
    if (impl.acceptor) impl.acceptor->close(ec);
    impl.pause->cancel();
  });
  for (auto& loop : impl.loops) asio::post(loop->io(), [&loop] { loop->drain(); });
  const auto until = Clock::now() + grace;
  while (impl.core.admission.all() > 0 && Clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  impl.core.workers.stop();
  for (auto& loop : impl.loops) loop->io().stop();
  for (auto& thread : impl.threads) thread.join();
  impl.threads.clear();
}

void Server::wake() {
  for (auto& loop : impl_->loops) loop->wake();
}

bool Server::submit(std::function<void()> job) { return impl_->core.workers.submit(std::move(job)); }

void Server::every_second(std::function<void()> tick) { impl_->loops.front()->tick = std::move(tick); }

bool Server::loops_run(std::chrono::seconds within) const {
  return std::all_of(impl_->loops.begin(), impl_->loops.end(),
                     [since = Clock::now() - within](const auto& loop) { return loop->ran() >= since; });
}

std::size_t Server::streams() const { return impl_->core.streams; }

}  // namespace tg::api
