#include "api/routes/imports.h"

#include "observe/log.h"

namespace tg::api {
namespace {

constexpr std::size_t kImportsKept = 20;
constexpr std::int64_t kForgottenAfterUs = 24LL * 3'600 * 1'000'000;  // without a part

std::string detail_of(const Imports::State& state) {
  if (state.stage == Imports::State::Stage::uploading) {
    return fmt::format("{} of {} bytes uploaded", state.file.received, state.file.size);
  }
  const auto& c = state.progress.counts;
  return fmt::format("{} messages read: {} new, {} changed, {} here already, {} set aside", c.messages, c.created,
                     c.changed, c.known, c.refused);
}

}  // namespace

std::string_view name_of(Imports::State::Stage stage) {
  switch (stage) {
    case Imports::State::Stage::uploading: return "uploading";
    case Imports::State::Stage::importing: return "importing";
    case Imports::State::Stage::done: return "done";
    case Imports::State::Stage::failed: return "failed";
    case Imports::State::Stage::cancelled: return "cancelled";
  }
  return "";
}

Imports::Imports(const Parts& parts, std::function<void()> wake)
    : parts_(parts), wake_(std::move(wake)), folder_(parts.journal.folder() / "uploads") {}

// An import is not begun again by itself: if the file was what stopped the gateway, it would do so at every start.
void Imports::start(model::Time now) {
  const std::lock_guard lock(mutex_);
  for (auto& file : folder_.left_behind()) {
    const bool keep = !file.whole() && now.us - file.touched.us < kForgottenAfterUs && !now_;
    State state;
    state.started_at = file.touched;
    state.file = std::move(file);
    if (keep) {
      now_ = std::move(state);
      continue;
    }
    folder_.remove(state.file.id);
    if (!state.file.whole()) continue;
    state.stage = State::Stage::failed;
    state.finished_at = state.started_at = now;
    state.error =
        "the gateway stopped in the middle of this import. What was taken in stays; import the file again: nothing is "
        "stored twice";
    past_.push_back(std::move(state));
  }
}

Result<Imports::Begun> Imports::begin(std::string_view name, std::int64_t size, model::Time modified) {
  const std::lock_guard lock(mutex_);
  if (!parts_.import_file || stopping_) {
    return Error{Code::unavailable, stopping_ ? "the gateway is stopping" : "nothing can be imported here", ""};
  }
  if (now_) {
    const auto& file = now_->file;
    if (file.size == size && file.modified == modified && file.name == name_of_upload(name)) {
      return Begun{*now_, false};
    }
    return Error{Code::conflict, fmt::format("another file is {}: {}, {}", name_of(now_->stage), file.name, file.id),
                 "Wait for its end, or cancel it first"};
  }
  // As much again for what is taken in from it.
  if (auto room = parts_.journal.room(2 * size + pipeline::kLeftToCapture); !room) return room.error();
  auto file = folder_.begin(name, size, modified);
  if (!file) return file.error();
  if (thread_.joinable()) thread_.join();  // ended already
  now_.emplace();
  now_->file = std::move(*file);
  now_->started_at = model::Time::now();
  observe::info("upload_begun", {{"import", now_->file.id}, {"bytes", size}});
  wake_();
  return Begun{*now_};
}

Result<Imports::State> Imports::append(const std::string& id, std::int64_t offset, std::string_view bytes) {
  std::unique_lock lock(mutex_);
  auto state = known(id);
  if (!state) return Error{Code::not_found, fmt::format("there is no import '{}'", id), "Begin it again"};
  const auto received = state->file.received;
  const auto until = offset + static_cast<std::int64_t>(bytes.size());
  if (until > state->file.size) {
    return Error{Code::invalid_input,
                 fmt::format("the file was said to have {} bytes, and this part ends at {}", state->file.size, until),
                 "Begin with its true size"};
  }
  if (until <= received) return std::move(*state);
  if (state->over()) return Error{Code::gapped, fmt::format("the import {} is over", id), "Begin it again"};
  if (offset != received) {
    return Error{Code::conflict, fmt::format("the upload stands at byte {}, not at {}", received, offset),
                 fmt::format("Go on at offset {}", received)};
  }
  const auto needed = static_cast<std::int64_t>(bytes.size()) + pipeline::kLeftToCapture;
  if (auto room = parts_.journal.room(needed); !room) return room.error();
  if (auto written = folder_.append(now_->file, bytes); !written) return written.error();
  if (now_->file.whole() && !stopping_) {
    folder_.finish(now_->file);
    now_->stage = State::Stage::importing;
    try {
      thread_ = std::jthread([this, file = now_->file](const std::stop_token& stop) { work(file, stop); });
    } catch (const std::exception& failed) {  // no more threads
      end(State::Stage::failed, fmt::format("the import cannot begin: {}. Import the file again later", failed.what()));
      lock.unlock();
      folder_.remove(id);
      return find(id);
    }
  }
  wake_();
  return *now_;
}

void Imports::work(const Upload& file, const std::stop_token& stop) {
  observe::info("import_begun", {{"import", file.id}, {"bytes", file.size}});
  const auto tell = [this](const ImportProgress& progress) {
    {
      const std::lock_guard lock(mutex_);
      now_->progress = progress;
    }
    wake_();
  };
  Result<bool> done = false;
  try {
    done = parts_.import_file({folder_.data(file.id), file.name, stop}, tell);
  } catch (const std::exception& failed) {  // whatever was in the file, capture goes on
    done = Error{Code::internal, fmt::format("{}: {}", file.name, failed.what()), "What was taken in stays"};
  }
  const bool cut_short = done && !*done;
  {
    const std::lock_guard lock(mutex_);
    if (cut_short && stopping_) return;  // its file stays, and the next start tells
  }
  folder_.remove(file.id);
  const std::lock_guard lock(mutex_);
  end(cut_short ? State::Stage::cancelled
      : done    ? State::Stage::done
                : State::Stage::failed,
      done ? "" : done.error().to_string());
}

void Imports::end(State::Stage stage, std::string error) {
  now_->stage = stage;
  now_->error = std::move(error);
  now_->finished_at = model::Time::now();
  observe::info("upload_over", {{"import", now_->file.id}, {"state", name_of(stage)}});
  past_.push_back(std::move(*now_));
  now_.reset();
  if (past_.size() > kImportsKept) past_.erase(past_.begin());
  wake_();
}

Result<void> Imports::cancel(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    const auto state = known(id);
    if (!state) return Error{Code::not_found, fmt::format("there is no import '{}'", id), ""};
    if (state->over()) return Error{Code::conflict, fmt::format("the import {} is over", id), ""};
    if (state->stage == State::Stage::importing) {
      thread_.request_stop();
      return {};
    }
    end(State::Stage::cancelled, "");
  }
  folder_.remove(id);
  return {};
}

void Imports::forget_abandoned(model::Time now) {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    if (!now_ || now_->stage != State::Stage::uploading || now.us - now_->file.touched.us < kForgottenAfterUs) return;
    id = now_->file.id;
    end(State::Stage::cancelled, "nobody went on with the upload for a day");
  }
  folder_.remove(id);
}

std::optional<Imports::State> Imports::known(const std::string& id) const {
  if (now_ && now_->file.id == id) return now_;
  const auto past = std::find_if(past_.begin(), past_.end(), [&](const State& one) { return one.file.id == id; });
  return past == past_.end() ? std::nullopt : std::optional(*past);
}

Result<Imports::State> Imports::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  auto state = known(id);
  if (state) return std::move(*state);
  return Error{Code::not_found, fmt::format("there is no import '{}'; those of an earlier run are forgotten", id), ""};
}

std::vector<Job> Imports::jobs() const {
  const std::lock_guard lock(mutex_);
  std::vector<Job> all;
  const auto add = [&](const State& state) {
    Job job;
    job.id = state.file.id;
    job.kind = "import";
    job.title = state.file.name;
    job.state = state.over() ? name_of(state.stage) : "running";
    job.started_at = state.started_at;
    job.finished_at = state.finished_at;
    job.detail = detail_of(state);
    job.error = state.error;
    if (state.stage == State::Stage::uploading) {
      job.progress = static_cast<double>(state.file.received) / static_cast<double>(state.file.size);
    } else {
      job.progress = state.progress.fraction;
      job.seconds_left = state.progress.seconds_left;
      job.imported = state.progress.counts;
    }
    all.push_back(std::move(job));
  };
  if (now_) add(*now_);
  for (auto past = past_.rbegin(); past != past_.rend(); ++past) add(*past);
  return all;
}

void Imports::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace tg::api
