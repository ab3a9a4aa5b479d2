#include "legacy/detail/state.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "backup/snapshot.h"
#include "source/fields.h"

namespace tg::legacy::detail {
namespace fs = std::filesystem;
namespace {

namespace json = boost::json;

constexpr std::array kPhases = {std::string_view("taking"), std::string_view("done"), std::string_view("rolling back")};

Error cannot(std::string_view doing, const fs::path& file, int why) {
  return {why == ENOSPC ? Code::out_of_space : Code::permission,
          fmt::format("{} {}: {}", doing, file.string(), std::generic_category().message(why)),
          "Free some space, and check owner and mode of the data folder"};
}

Result<void> on_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot("opening", path, errno);
  const int done = ::fsync(descriptor);
  const int why = errno;
  ::close(descriptor);
  return done == 0 ? Result<void>() : Result<void>(cannot("writing", path, why));
}

Result<void> replace(const fs::path& made, const fs::path& file) {
  if (auto flushed = on_disk(made); !flushed) return flushed;
  if (::rename(made.c_str(), file.c_str()) != 0) return cannot("replacing", file, errno);
  return on_disk(file.parent_path());
}

fs::path beside(const fs::path& file) { return file.string() + ".new"; }

}  // namespace

fs::path folder_of(const fs::path& data) { return data / "legacy"; }
fs::path backup_of(const fs::path& data) { return folder_of(data) / "before.db"; }

Result<std::optional<State>> load(const fs::path& data) {
  const auto file = folder_of(data) / "state.json";
  if (::access(file.c_str(), R_OK) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<State>();
    return Error{Code::permission, fmt::format("reading {}: {}", file.string(), std::generic_category().message(errno)),
                 "Run this as the user that the gateway runs as, e.g. with sudo -u"};
  }
  std::ifstream in(file);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  json::error_code failed;
  const auto value = json::parse(text, failed);
  const auto* object = value.if_object();
  const source::Fields f(object ? *object : json::object());
  const auto phase = std::find(kPhases.begin(), kPhases.end(), object ? source::Fields(*object).text("phase") : "");
  if (failed || !object || phase == kPhases.end()) {
    return Error{Code::corrupt, fmt::format("{} cannot be read", file.string()),
                 "Move it away to migrate anew; what is in the journal already is recognised"};
  }
  const source::Fields fields(*object);
  State state;
  state.phase = static_cast<Phase>(phase - kPhases.begin());
  state.source = fields.text("source");
  state.fresh = fields.flag("fresh");
  state.before = model::Seq{fields.number("before").value_or(0)};
  state.started_at = model::Time{fields.number("started_us").value_or(0)};
  state.finished_at = model::Time{fields.number("finished_us").value_or(0)};
  if (fields.has("peer")) {
    state.after = Predecessor::Place{fields.number("peer").value_or(0), fields.number("message").value_or(0)};
  }
  return std::optional(state);
}

Result<void> save(const fs::path& data, const State& state) {
  json::object object{{"phase", kPhases.at(static_cast<std::size_t>(state.phase))},
                      {"source", state.source},
                      {"fresh", state.fresh},
                      {"before", state.before.value},
                      {"started_us", state.started_at.us},
                      {"finished_us", state.finished_at.us}};
  if (state.after) {
    object["peer"] = state.after->peer;
    object["message"] = state.after->message;
  }
  return write_file(folder_of(data) / "state.json", json::serialize(object) + "\n");
}

void forget(const fs::path& data) {
  std::error_code ignored;
  fs::remove(folder_of(data) / "state.json", ignored);
  remove_database(backup_of(data));
}

// A name that is gone already is no error: an earlier call was killed behind it.
void remove_log(const fs::path& file) {
  std::error_code ignored;
  for (const auto* end : {"-wal", "-shm"}) fs::remove(file.string() + end, ignored);
}

void remove_database(const fs::path& file) {
  std::error_code ignored;
  remove_log(file);
  fs::remove(file, ignored);
}

Result<void> write_file(const fs::path& file, const std::string& content) {
  std::error_code failed;
  const bool made = fs::create_directories(file.parent_path(), failed);
  if (failed) return cannot("making", file.parent_path(), failed.value());
  if (made) fs::permissions(file.parent_path(), fs::perms::owner_all, failed);
  const auto beside_it = beside(file);
  const int descriptor = ::open(beside_it.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return cannot("writing", beside_it, errno);
  const auto written = ::write(descriptor, content.data(), content.size());
  const int why = errno;
  ::close(descriptor);
  if (written != static_cast<ssize_t>(content.size())) return cannot("writing", beside_it, written < 0 ? why : ENOSPC);
  return replace(beside_it, file);
}

Result<void> copy_database(const fs::path& from, const fs::path& to) {
  const auto beside_it = beside(to);
  remove_database(beside_it);
  auto copied = backup::copy_journal(from, beside_it, [](std::int64_t, std::int64_t) { return Result<void>(); });
  auto proven = copied ? backup::prove_journal(beside_it) : Result<backup::Counts>(copied.error());
  if (proven) {
    remove_log(beside_it);
    return replace(beside_it, to);
  }
  remove_database(beside_it);
  return proven.error();
}

Result<std::int64_t> newer_than(journal::Connection& db, const State& state) {
  // While one is not at its end, its own are known by what they are.
  const auto others = state.finished_at
                          ? fmt::format("recorded_at > {}", state.finished_at.us)
                          : fmt::format("NOT (origin = {} AND source = {})", static_cast<int>(model::Origin::import_),
                                        static_cast<int>(model::SourceKind::export_file));
  auto events = db.scalar(fmt::format("SELECT count(*) FROM events WHERE seq > {} AND {}", state.before.value, others));
  if (!events || !state.finished_at) return events;
  auto marks = db.scalar(fmt::format("SELECT count(*) FROM acks WHERE at > {}", state.finished_at.us));
  if (!marks) return marks;
  return *events + *marks;
}

}  // namespace tg::legacy::detail
