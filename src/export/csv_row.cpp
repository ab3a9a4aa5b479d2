#include "export/csv_row.h"

#include "export/detail/csv.h"
#include "model/message_json.h"

namespace tg::exporting {
namespace {

constexpr std::string_view kColumns =
    "id,channelId,channelTitle,messageId,date,editDate,sender,senderId,text,mediaType,fileName,mimeType,replyTo,"
    "forwardedFrom,album,topic,views,forwards,reactions,service,link,status,source,versions,receivedAt,deletedAt\r\n";

class Line {
 public:
  explicit Line(bool guard) : guard_(guard) {}
  Line& text(std::string_view value) { return raw(detail::csv_cell(value, guard_)); }
  Line& number(std::int64_t value) { return raw(value == 0 ? "" : std::to_string(value)); }
  Line& time(model::Time value) { return raw(value ? model::to_rfc3339(value) : ""); }
  Line& raw(std::string_view value) {
    if (!first_) line_ += ',';
    first_ = false;
    line_ += value;
    return *this;
  }
  std::string finish() { return line_ + "\r\n"; }

 private:
  bool guard_, first_ = true;
  std::string line_;
};

std::string reactions_of(const model::Counters& counters) {
  std::string out;
  for (const auto& reaction : counters.reactions) {
    if (!out.empty()) out += ' ';
    out += fmt::format("{}{}", reaction.emoji, reaction.count);
  }
  return out;
}

}  // namespace

std::string_view csv_columns() { return kColumns; }

std::string csv_row(const store::Row& row, bool guard) {
  const auto& m = row.message;
  Line line(guard);
  line.raw(model::to_api_id(m.key)).number(m.key.peer.value);
  line.text(row.chat_title.empty() ? m.chat_title : row.chat_title);
  line.number(m.key.message.value).time(m.date).time(m.edit_date).text(m.sender).number(m.sender_id).text(m.text);
  line.raw(model::name_of(m.media.type)).text(m.media.file_name).text(m.media.mime_type);
  line.number(m.reply ? m.reply->message.value : 0)
      .text(m.forward ? m.forward->name : "")
      .raw(m.album)
      .number(m.topic.value);
  line.number(m.counters.views).number(m.counters.forwards).text(reactions_of(m.counters)).text(m.service);
  line.text(m.link_preview ? m.link_preview->url : "").raw(store::name_of(row.status)).raw(model::name_of(row.source));
  return line.number(row.versions).time(row.received_at).time(row.deleted_at).finish();
}

}  // namespace tg::exporting
