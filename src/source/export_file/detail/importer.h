#pragma once
// Takes what the stream finds into the intake and keeps the books: per chat, refused, the last good message. Used by
// one thread.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "source/export_file/detail/json_stream.h"
#include "source/export_file/detail/message_reader.h"
#include "source/export_file/detail/seen_ids.h"
#include "source/export_file/import_file.h"
#include "source/media_store.h"

namespace tg::export_file::detail {

class Importer : public Listener {
 public:
  using Settle = std::function<Result<void>()>;

  // `observed_at`: when the file was written, which is when the server's state was so. `settle` is called after each
  // 1,000 that were handed over: one piece of a file may hold a hundred thousand.
  Importer(const std::filesystem::path& file, const Options& options, model::Time observed_at, pipeline::Intake& intake,
           Report& report, Settle settle);

  Result<void> prepare();  // the time zone and the media folder

  Result<void> on_account(std::int64_t user_id) override;
  Result<void> on_chat(const ChatHead& head, std::int64_t at_byte) override;
  Result<void> on_message(const boost::json::value& message, std::int64_t at_byte) override;

  std::string last_good() const;  // for people; empty while nothing was read

 private:
  // `which` tells apart messages of one id: what is read later from the first takes nothing from the others.
  std::string place(const boost::json::value& value, std::int64_t at_byte, std::string_view which = "") const;
  std::string chat_name() const;
  Result<void> refuse(const boost::json::value& value, std::int64_t at_byte, const std::string& reason,
                      std::string_view which = "");
  Result<void> push(pipeline::Observation observation);
  Result<void> take_media(const std::string& path, model::Media& media);
  pipeline::Provenance provenance() const;

  std::string file_name_;
  std::filesystem::path folder_;
  const Options& options_;
  model::Time observed_at_;
  pipeline::Intake& intake_;
  Report& report_;
  Settle settle_;
  std::uint64_t pushed_ = 0;
  std::size_t names_ = 0;  // bytes, of all chats
  std::int64_t account_;
  std::optional<LocalTime> zone_;
  std::optional<source::MediaStore> media_;
  std::optional<ChatContext> chat_;  // nothing: the chat's type is not known
  std::string unknown_chat_;         // why there is none
  bool group_before_seen_ = false;   // the group that this supergroup was has been named
  bool skipped_ = false;             // its messages are counted, not kept
  SeenIds seen_;
  std::uint64_t ordinal_ = 0;  // of the message in its chat, as it stands in the file
  std::optional<std::int64_t> last_id_;
  std::string last_chat_;
};

}  // namespace tg::export_file::detail
