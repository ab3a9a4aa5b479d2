#pragma once
// Imports what `export --format ndjson` wrote: the events of a journal, one a line, and the facts of its chats. Each
// event becomes the observation that it was, with its source, its time and its freshness, so that the same rules give
// the same state: text, versions, tombstones, counters, dates. Its origin is `import`, and nothing of it is offered to
// consumers (unless as_live): what they had is not in the file, and they would get all of it again. For the same reason
// a person's order to deliver a message again (reprocess) is left out, and counted. The lines:
//
//   {"v":1,"type":"export", …}   first: what the file is
//   {"v":1,"type":"chat",  …}    peer, scope, title, username, kind, label, description, active
//   {"v":1,"type":"event", …}    the event as readers get it, and observed_us, hidden_edit, from_page, cached, erased
//   {"v":1,"type":"end",   …}    last: without it the file was cut off

#include <boost/json/object.hpp>
#include <filesystem>
#include <string>
#include <string_view>

#include "source/export_file/import_file.h"
#include "source/fields.h"

namespace tg::export_file::detail {

using source::Fields;

bool is_ndjson(std::string_view first_bytes);

class NdjsonImporter {
 public:
  NdjsonImporter(const std::filesystem::path& file, const Options& options, pipeline::Intake& intake, Report& report);

  Result<void> write(std::string_view bytes);
  Result<void> finish();
  std::string last_good() const;

 private:
  Result<void> take_line(std::string_view line);
  Result<void> take_chat(const boost::json::object& chat);
  Result<void> keep_settings(const Fields& chat, model::ChatId peer, model::Scope scope);
  Result<void> take_event(const boost::json::object& event, std::string_view line);
  Result<void> take_successor(const source::Fields& event, const model::MessageKey& key,
                              const pipeline::Provenance& from);
  Result<void> take_topic(const Fields& f, const model::MessageKey& key, const pipeline::Provenance& from);
  Result<void> erase(const model::MessageKey& key, model::Time at);
  Result<void> refuse(std::string_view line, const std::string& reason);
  ChatReport& chat_report(model::ChatId peer, model::Scope scope);

  std::string file_name_;
  const Options& options_;
  pipeline::Intake& intake_;
  Report& report_;
  std::string rest_;  // of a line whose end has not come yet
  std::int64_t line_ = 0;
  std::string last_key_;
  bool ended_ = false;
  std::int64_t events_ = 0;                  // lines with one, those that were set aside included
  std::int64_t damaged_ = 0;                 // lines that may have been one
  std::optional<std::int64_t> stated_ = {};  // how many the file says that it has
};

}  // namespace tg::export_file::detail
