#pragma once
// GET /api/stream: what a page that is open shows, by topic: overview, channel:{peer} (channel:* = all), destinations,
// jobs, logs (logs:QUERY with the parameters of GET …/logs), auth. Only messages have an id, so that a reconnect
// resumes them, and heartbeats among them: where nothing was posted yet, too. The rest is sent anew.

#include <optional>
#include <vector>

#include "api/http/stream.h"
#include "api/live/log_filter.h"
#include "api/live/tail.h"
#include "api/query.h"
#include "api/view/board.h"

namespace tg::api {

struct Topics {
  bool overview = false, destinations = false, jobs = false, auth = false;
  std::optional<LogFilter> logs;
  bool every_channel = false;
  std::vector<model::ChatId> channels;

  bool messages() const { return every_channel || !channels.empty(); }
  bool board() const { return overview || destinations || jobs; }
  // Whether an open page shows the event. History is shown only to who looks at its very channel.
  bool wants(const model::Event& event) const;
  static Result<Topics> from(const Query& query);
};

class DashboardStream final : public Stream {
 public:
  // `admin`: whether the reader may see what signs an account in.
  DashboardStream(Tail& tail, Board& board, const Parts& parts, Topics topics, model::Seq after, bool admin);

  Next pull(std::string& out, std::size_t budget, bool may_block) override;
  void heartbeat(std::string& out) override;

 private:
  bool pull_board(std::string& out, bool may_block);  // false: the store is needed
  void pull_failure(std::string& out);
  Next pull_messages(std::string& out, std::size_t budget, bool may_block);
  void pull_logs(std::string& out);
  void pull_auth(std::string& out);
  std::shared_ptr<const std::string> message_of(const TailEvent& event);

  Tail& tail_;
  Board& board_;
  const Parts& parts_;
  const Topics topics_;
  Tail::Follower follower_;
  Board::Watcher watcher_;
  model::Seq after_;
  const bool admin_;
  bool greeted_ = false;
  std::string auth_;  // as it was sent last
  std::shared_ptr<const Board::Snapshot> sent_;
  std::string failure_;  // as it was sent last
  std::uint64_t log_after_ = 0;
};

}  // namespace tg::api
