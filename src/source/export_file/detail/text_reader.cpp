#include "source/export_file/detail/text_reader.h"

#include "model/message_json.h"
#include "model/utf16.h"
#include "source/fields.h"

namespace tg::export_file::detail {

using source::Fields;
namespace {

// The names are those of Telegram Desktop (SerializeText in export_output_json.cpp), which ours follow.
void add_part(FormattedText& out, const Fields& part, std::int32_t& offset) {
  const auto text = part.text("text");
  const auto type = part.text("type");
  const auto length = model::utf16_length(text);
  out.text += text;
  if (type != "plain" && length > 0) {
    model::Entity entity;
    entity.type = model::parse_entity_type(type);
    entity.offset = offset;
    entity.length = length;
    if (type == "text_link") entity.value = part.text("href");
    if (type == "pre") entity.value = part.text("language");
    if (type == "custom_emoji") entity.value = emoji_id(part.text("document_id"));
    if (type == "mention_name") entity.value = std::to_string(part.number("user_id").value_or(0));
    out.entities.push_back(std::move(entity));
  }
  offset += length;
}

}  // namespace

std::string_view emoji_id(std::string_view document_id) {
  return model::parse_int(document_id) ? document_id : std::string_view();
}

FormattedText read_text(const boost::json::value& value) {
  FormattedText out;
  if (const auto* s = value.if_string()) {
    out.text.assign(s->data(), s->size());
    return out;
  }
  const auto* parts = value.if_array();
  if (!parts) return out;
  std::int32_t offset = 0;
  for (const auto& part : *parts) {
    if (const auto* s = part.if_string()) {
      out.text.append(s->data(), s->size());
      offset += model::utf16_length({s->data(), s->size()});
    } else if (const auto* object = part.if_object()) {
      add_part(out, Fields(*object), offset);
    }
  }
  return out;
}

}  // namespace tg::export_file::detail
