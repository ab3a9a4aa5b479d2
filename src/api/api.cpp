#include "api/api.h"

#include "api/context.h"
#include "api/http/server.h"
#include "api/route.h"
#include "api/router.h"
#include "api/routes/imports.h"
#include "api/routes/sync.h"
#include "api/routes/trials.h"
#include "api/view/board.h"
#include "observe/log.h"

namespace tg::api {
namespace {

constexpr unsigned kLagsEvery = 15;  // seconds; as often it is looked for uploads that nobody goes on with
constexpr std::string_view kBeat = "http";
constexpr auto kLongestTurn = std::chrono::seconds(30);  // of a network thread, then it counts as stalled

Limits limits_of(const Options& options) {
  const auto& server = options.server;
  const auto size = [](std::int64_t value) { return static_cast<std::size_t>(std::max<std::int64_t>(value, 1)); };
  Limits limits;
  limits.threads = size(server.threads);
  limits.workers = options.workers;
  limits.max_waiting_jobs = options.max_waiting_jobs;
  limits.max_connections = size(server.max_connections);
  limits.max_connections_per_address = size(server.max_connections_per_address);
  limits.max_streams = size(server.max_streams);
  limits.max_header_bytes = static_cast<std::uint32_t>(size(server.max_header_bytes));
  limits.max_body_bytes = static_cast<std::uint64_t>(size(server.max_body_bytes));
  limits.header_timeout = std::chrono::seconds(server.request_timeout_s);
  limits.body_timeout = std::chrono::seconds(2 * server.request_timeout_s);
  limits.idle_timeout = std::chrono::seconds(server.idle_timeout_s);
  limits.stall_timeout = std::chrono::seconds(server.stream_timeout_s);
  limits.heartbeat = std::chrono::seconds(server.stream_heartbeat_s);
  return limits;
}

Gauges gauges_of(observe::Metrics& metrics) {
  Gauges gauges;
  gauges.connections = [&metrics](std::int64_t count) { metrics.connections.Set(static_cast<double>(count)); };
  gauges.streams = [&metrics](std::int64_t count) { metrics.streams.Set(static_cast<double>(count)); };
  gauges.refused = [&metrics] { metrics.connections_refused.Increment(); };
  gauges.cut = [&metrics] { metrics.streams_cut.Increment(); };
  return gauges;
}

}  // namespace

struct Api::Impl {
  Impl(Options o, Parts p)
      : options(std::move(o)),
        parts(std::move(p)),
        vitals(parts.metrics, parts.metrics.request_seconds("unprocessed")),
        tokens(options.auth, options.data_dir),
        guard(options),
        links(options.data_dir),
        routes(all_routes()),
        tail(parts.journal, options.tail_events, options.tail_bytes, [this] { wake(); }),
        board(options, parts, started, [this] { return context.all_jobs(); }),
        syncs(parts, options.sync_quiet, [this] { wake(); }),
        imports(parts, [this] { wake(); }),
        router(context),
        server(router, limits_of(options), gauges_of(parts.metrics)) {
    server.every_second([this] { tick(); });
    awake = true;
  }
  ~Impl() { stop(); }

  // Commits come while this is still being made.
  void wake() {
    if (awake) server.wake();
  }

  // On a network thread: what follows may not block.
  void tick() {
    const auto now = model::Time::now();
    vitals.look(parts.health.captures(), now);
    if (server.loops_run(kLongestTurn / 2)) parts.health.beat(kBeat, now);
    if (board.watched() && !refreshing.exchange(true)) {
      const bool taken = server.submit([this] {
        (void)board.fresh();
        refreshing = false;
        wake();
      });
      if (!taken) refreshing = false;
    }
    if (++ticks % kLagsEvery == 0) {
      (void)server.submit([this] { imports.forget_abandoned(model::Time::now()); });
    }
    if (!board.watched() && ticks % kLagsEvery == 0 && !refreshing.exchange(true)) {
      const bool taken = server.submit([this] {
        board.note_lags();
        refreshing = false;
      });
      if (!taken) refreshing = false;
    }
    wake();  // logs have no other signal
  }

  void stop() {
    awake = false;
    parts.health.retire(kBeat);
    tail.detach();
    syncs.stop();
    imports.stop();
    server.stop();
  }

  const Options options;
  const Parts parts;
  observe::Vitals vitals;
  const model::Time started = model::Time::now();
  Tokens tokens;
  const Guard guard;
  const SignedLinks links;
  const RouteTable routes;
  Sessions sessions;
  std::atomic<std::uint64_t> writes{0};
  Trials trials;
  std::atomic<bool> awake{false};
  std::atomic<bool> refreshing{false};
  unsigned ticks = 0;  // of tick() alone
  Tail tail;
  Board board;
  Syncs syncs;
  Imports imports;
  Context context{options, parts,   tokens, guard,  links,   sessions, tail,  board,
                  syncs,   imports, routes, writes, started, trials,   vitals};
  Router router;
  Server server;
};

Api::Api(Options options, Parts parts) : impl_(std::make_unique<Impl>(std::move(options), std::move(parts))) {}

Api::~Api() = default;

Result<void> Api::listen() {
  const auto& server = impl_->options.server;
  if (auto tokens = impl_->tokens.load(); !tokens) return tokens;
  return impl_->server.listen(server.host, static_cast<std::uint16_t>(server.port));
}

void Api::start() {
  impl_->parts.health.expect_beats(kBeat, kLongestTurn, model::Time::now());
  impl_->imports.start(model::Time::now());
  impl_->server.start();
  observe::info("api_started",
                {{"host", impl_->options.server.host}, {"port", static_cast<std::int64_t>(impl_->server.port())}});
}

void Api::stop() { impl_->stop(); }

std::uint16_t Api::port() const { return impl_->server.port(); }

void Api::wake() { impl_->wake(); }

}  // namespace tg::api
