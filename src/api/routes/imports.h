#pragma once
// Exports that come in through the API, one at a time: uploaded in parts, then taken in on a thread of its own.
//
//   begin() ──▶ append() … append() ──▶ the import ──▶ over: its file is gone, its job tells what came of it
//                  └── a day without one: removed      └── the gateway stops: said after the next start()
//
// Any thread.

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "api/api.h"
#include "api/routes/upload.h"

namespace tg::api {

class Imports {
 public:
  static constexpr std::int64_t kMostBytes = 2LL << 30;  // of a file; the command line takes larger ones

  struct State {
    enum class Stage : std::uint8_t { uploading, importing, done, failed, cancelled };
    Upload file;
    Stage stage = Stage::uploading;
    ImportProgress progress;
    std::string error;
    model::Time started_at, finished_at;
    bool over() const { return stage != Stage::uploading && stage != Stage::importing; }
  };

  // `wake` is called whenever something changed.
  Imports(const Parts& parts, std::function<void()> wake);
  ~Imports() { stop(); }

  struct Begun {
    State state;
    bool anew = true;
  };

  void start(model::Time now);  // with what an earlier run left
  // The upload of this file: a new one, or the one that was begun. Code::conflict: there is one of another.
  Result<Begun> begin(std::string_view name, std::int64_t size, model::Time modified);
  // A part. What is there already is passed over; Code::conflict: it does not begin where the upload stands; gapped: it
  // is over. The last one begins the import.
  Result<State> append(const std::string& id, std::int64_t offset, std::string_view bytes);
  // Ends it; what was taken in stays. Code::not_found where there is none of this id, conflict where it is over.
  Result<void> cancel(const std::string& id);
  Result<State> find(const std::string& id) const;
  std::vector<Job> jobs() const;
  void forget_abandoned(model::Time now);
  void stop();

 private:
  void work(const Upload& file, const std::stop_token& stop);
  void end(State::Stage stage, std::string error);  // under the mutex; its file, which may be large, is removed without
  std::optional<State> known(const std::string& id) const;

  const Parts& parts_;
  const std::function<void()> wake_;
  const UploadFolder folder_;
  mutable std::mutex mutex_;
  std::jthread thread_;
  bool stopping_ = false;
  std::optional<State> now_;
  std::vector<State> past_;
};

std::string_view name_of(Imports::State::Stage stage);

}  // namespace tg::api
