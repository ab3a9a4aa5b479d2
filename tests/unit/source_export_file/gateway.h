#pragma once
// A journal and an intake in a temporary folder, and short ways to look at what they hold.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "journal/journal.h"
#include "model/message_json.h"
#include "observe/metrics.h"
#include "pipeline/intake.h"
#include "source/export_file/import_file.h"
#include "support/temp_folder.h"

namespace tg::test {

inline std::filesystem::path data_file(std::string_view name) {
  return std::filesystem::path(TG_HOUSE) / "tests/data" / name;
}

class Gateway {
 public:
  explicit Gateway(const std::filesystem::path& folder, std::int64_t max_bytes = 0) {
    journal::Limits limits;
    limits.disk_reserve_bytes = 0;
    limits.max_bytes = max_bytes;
    auto opened = journal::Journal::open(folder, journal::Access::write, limits);
    if (!opened) throw std::runtime_error(opened.error().to_string());
    journal_ = std::move(*opened);
    pipeline::Intake::Options options;
    options.counters_every = std::chrono::seconds(0);
    options.give_up_on_failure = true;
    intake_ = std::make_unique<pipeline::Intake>(*journal_, metrics_, options);
  }

  pipeline::Intake& intake() { return *intake_; }
  journal::Journal& journal() { return *journal_; }

  Result<export_file::Report> import(const std::filesystem::path& file, export_file::Options options = {}) {
    return export_file::import_file(file, options, *intake_);
  }

  std::int64_t number(const std::string& sql) { return *(*journal_->read())->scalar(sql); }

  // The message as its head points to it.
  std::optional<model::Message> message(std::int64_t peer, std::int64_t id, std::int64_t scope = 0) {
    auto db = journal_->read();
    auto& row =
        (*db)
            ->prepared(
                "SELECT e.body FROM heads h JOIN events e ON e.seq = h.seq WHERE h.peer = ? AND h.message = ? AND "
                "h.scope = ?")
            .with(peer, id, scope);
    if (!*row.step()) return std::nullopt;
    auto message = *model::message_from_json(row.text(0));
    row.reset();
    return message;
  }

  // All heads in one text: equal for equal states. Journal positions and origins are left out.
  std::string state() {
    auto db = journal_->read();
    std::ostringstream out;
    auto& rows =
        (*db)
            ->prepared(
                "SELECT h.peer, h.message, h.scope, h.date, h.edit_date, h.hash, h.versions, h.deleted_at, "
                "coalesce(h.counters, ''), coalesce(e.body, '') FROM heads h LEFT JOIN events e ON e.seq = h.seq "
                "ORDER BY 1, 2, 3")
            .reset();
    while (*rows.step()) {
      for (int i = 0; i < rows.columns(); ++i) out << rows.text(i) << '|';
      out << '\n';
    }
    rows.reset();
    return out.str();
  }

 private:
  observe::Metrics metrics_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<pipeline::Intake> intake_;
};

// One public channel with these messages (JSON objects, comma-separated).
inline std::string one_channel(std::string_view messages) {
  return fmt::format(R"({{"name":"Quiet Harbour","type":"public_channel","id":9000000501,"messages":[{}]}})", messages);
}

inline constexpr std::int64_t kHarbour = -1'009'000'000'501;

inline std::string text_message(std::int64_t id, std::string_view text) {
  return fmt::format(
      R"({{"id":{},"type":"message","date":"2024-03-01T10:00:00","date_unixtime":"1709287200","from":"Quiet Harbour",)"
      R"("from_id":"channel9000000501","text":"{}","text_entities":[{{"type":"plain","text":"{}"}}]}})",
      id, text, text);
}

}  // namespace tg::test
