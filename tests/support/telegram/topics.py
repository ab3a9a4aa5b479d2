"""Topics of a forum: a supergroup made with `forum=True`."""

import time

ICON = 0x6FB9F0
PAGE = 100  # the most that Telegram gives


def create(world, forum, title, told=True):
    number = world.service(forum, {"_": "messageActionTopicCreate", "title": title, "icon_color": ICON}, told)
    forum.topics[number] = {
        "_": "forumTopic", "id": number, "date": int(time.time()), "peer": forum.peer(), "title": title,
        "icon_color": ICON, "top_message": number, "read_inbox_max_id": 0, "read_outbox_max_id": 0, "unread_count": 0,
        "unread_mentions_count": 0, "unread_reactions_count": 0,
        "from_id": {"_": "peerUser", "user_id": min(one.id for one in forum.members)},
        "notify_settings": {"_": "peerNotifySettings"}}
    return number


def rename(world, forum, topic, title, told=True):
    number = next(forum.next_id)
    forum.messages[number] = {"_": "messageService", "id": number, "peer_id": forum.peer(), "date": int(time.time()),
                              "action": {"_": "messageActionTopicEdit", "title": title}, "reply_to": within(topic)}
    forum.topics[topic]["title"] = title
    world._changed(forum, "new", [number], told)
    return number


def within(topic):
    """What a message of the topic replies to."""
    return {"_": "messageReplyHeader", "forum_topic": True, "reply_to_msg_id": topic}


def listed(forum, query):
    """A page of messages.getForumTopics: newest first, below the topic that the last page ended with."""
    numbers = sorted(forum.topics, reverse=True)
    below = [one for one in numbers if not query["offset_topic"] or one < query["offset_topic"]]
    page = below[:min(query["limit"], PAGE)]
    return {"_": "messages.forumTopics", "count": len(numbers), "topics": [forum.topics[one] for one in page],
            "messages": [forum.messages[one] for one in page], "pts": forum.pts}
