#include "source/tdlib/detail/topic_reader.h"

#include "source/fields.h"

namespace tg::tdlib {

std::optional<pipeline::TopicSeen> read_topic_info(const boost::json::object& info, const pipeline::Provenance& from) {
  const source::Fields f(info);
  pipeline::TopicSeen topic;
  topic.from = from;
  topic.peer = model::ChatId{f.number("chat_id").value_or(0)};
  topic.topic = model::MessageId{f.number("forum_topic_id").value_or(0)};
  topic.title = f.text("name");
  topic.at = from.observed_at;
  if (!model::is_channel(topic.peer) || topic.topic.value <= 0 || topic.title.empty()) return std::nullopt;
  return topic;
}

}  // namespace tg::tdlib
