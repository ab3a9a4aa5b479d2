#include "legacy/detail/failure_queue.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "source/fields.h"

namespace tg::legacy::detail {
namespace {

namespace json = boost::json;
using source::Fields;

constexpr std::size_t kLongestLine = 1 << 20;

// One line without its end; false where there is none. What is beyond the bound is read and dropped.
bool read_line(std::istream& in, std::string& line) {
  line.clear();
  int c = in.get();
  if (c == std::istream::traits_type::eof()) return false;
  for (; c != std::istream::traits_type::eof() && c != '\n'; c = in.get()) {
    if (line.size() <= kLongestLine) line += static_cast<char>(c);
  }
  return true;
}

// A number or a text, as JavaScript wrote it.
std::string word(const Fields& f, std::string_view name) {
  const auto* value = f.value(name);
  if (!value || value->is_null()) return "";
  if (value->is_string()) return std::string(f.text(name));
  return json::serialize(*value);
}

model::Time time(const Fields& f, std::string_view name) {
  return model::parse_time(f.text(name)).value_or(model::Time());
}

std::optional<std::string> inner(const Fields& f, std::string_view name) {
  const auto* value = f.value(name);
  return value ? std::optional(json::serialize(*value)) : std::nullopt;
}

Row row_of(const json::object& object) {
  const Fields f(object);
  Row row;
  row.channel_id = word(f, "channelId");
  row.message_id = word(f, "messageId");
  row.peer = peer_of(row.channel_id);
  row.message = model::parse_int(row.message_id);
  row.thread = f.number("threadId");
  row.source = f.text("source");
  row.type = f.text("messageType");
  row.text = f.text("text");
  row.caption = f.text("caption");
  row.media_type = f.text("mediaType");
  row.status = "failed";
  row.media_refs = inner(f, "mediaRefs");
  row.metadata = inner(f, "metadata");
  row.telegram_date = time(f, "telegramDate");
  if (!row.telegram_date) row.telegram_date = time(f, "timestamp");
  row.received_at = time(f, "receivedAt");
  row.created_at = time(f, "failedAt");
  return row;
}

}  // namespace

Result<FailureQueue> FailureQueue::open(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file)) {
    return Error{Code::not_found, fmt::format("{} cannot be read", file.string()),
                 "Name the predecessor's data/failure-queue.jsonl with --failure-queue, or leave the option out"};
  }
  return FailureQueue(std::move(in), file.filename().string());
}

std::optional<Row> FailureQueue::next() {
  std::string line;
  while (read_line(in_, line)) {
    ++line_;
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    Row row;
    json::error_code failed;
    const auto value = json::parse({line.data(), line.size()}, failed);
    if (const auto* object = value.if_object(); object && !failed) {
      row = row_of(*object);
    } else {
      row.text = line;
    }
    row.place = fmt::format("{} line {}", name_, line_);
    return row;
  }
  return std::nullopt;
}

}  // namespace tg::legacy::detail
