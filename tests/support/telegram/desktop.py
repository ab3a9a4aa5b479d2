"""A channel of the world as Telegram Desktop exports it: result.json."""

import json
import time

NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"
KINDS = {"messageEntityBold": "bold", "messageEntityItalic": "italic", "messageEntityTextUrl": "text_link"}
ACTIONS = {"messageActionChannelCreate": "create_channel", "messageActionChatEditTitle": "edit_group_title"}


def write_export(channel, path, numbers=None):
    """`numbers`: these messages alone, in the place of all."""
    kind = "private_supergroup" if channel.megagroup else "public_channel" if channel.username else "private_channel"
    messages = [_message(channel, channel.messages[number]) for number in sorted(numbers or channel.messages)]
    path.write_text(json.dumps({"name": channel.title, "type": kind, "id": channel.id, "messages": messages}, indent=1),
                    encoding="utf-8")
    return path


def _message(channel, one):
    out = {"id": one["id"], "type": "message", **_time("date", one["date"])}
    if one.get("edit_date") and not one.get("edit_hide"):
        out.update(_time("edited", one["edit_date"]))
    if one["_"] == "messageService":
        return {**out, "type": "service", "actor": channel.title, "actor_id": f"channel{channel.id}",
                "action": ACTIONS[one["action"]["_"]], "title": one["action"]["title"], "text": "", "text_entities": []}
    out.update({"from": channel.title, "from_id": f"channel{channel.id}"})
    if one.get("media", {}).get("_") == "messageMediaPhoto":
        out.update({"photo": NOT_INCLUDED, "width": 800, "height": 600})
    parts = _parts(one["message"], one.get("entities") or [])
    plain = [part["text"] if part["type"] == "plain" else part for part in parts]
    return {**out, "text": plain[0] if len(plain) == 1 and isinstance(plain[0], str) else plain or "",
            "text_entities": parts}


def _time(name, seconds):
    return {name: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)), f"{name}_unixtime": str(seconds)}


def _parts(text, entities):
    """The text cut where its entities begin and end; they do not overlap here."""
    units, at, parts = text.encode("utf-16-le"), 0, []

    def cut(first, last, **more):
        piece = units[2 * first:2 * last].decode("utf-16-le")
        if piece:
            parts.append({"type": "plain", "text": piece, **more})
    for entity in sorted(entities, key=lambda one: one["offset"]):
        cut(at, entity["offset"])
        at = entity["offset"] + entity["length"]
        href = {"href": entity["url"]} if "url" in entity else {}
        cut(entity["offset"], at, type=KINDS[entity["_"]], **href)
    cut(at, len(units) // 2)
    return parts
