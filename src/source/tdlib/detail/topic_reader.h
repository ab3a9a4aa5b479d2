#pragma once
// TDLib's forumTopicInfo: what a topic is called.

#include <boost/json/object.hpp>
#include <optional>

#include "pipeline/observation.h"

namespace tg::tdlib {

// Nothing where it names no topic.
std::optional<pipeline::TopicSeen> read_topic_info(const boost::json::object& info, const pipeline::Provenance& from);

}  // namespace tg::tdlib
