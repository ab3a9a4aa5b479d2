"""One message of every kind, as Telegram sends it."""

import time


class Media:
    """Makes media whose files are in the world."""

    def __init__(self, world):
        self.world = world

    def document(self, *attributes, mime="application/octet-stream", size=12_345, **more):
        number = next(self.world._numbers)
        self.world.files[number], self.world.file_references[number] = bytes(size), b"first"
        document = {"_": "document", "id": number, "access_hash": number, "file_reference": b"first",
                    "date": int(time.time()), "mime_type": mime, "size": size, "dc_id": 1,
                    "attributes": list(attributes)}
        return {"_": "messageMediaDocument", "document": document, **more}

    def named(self, name, mime):
        return self.document(name_of(name), mime=mime)

    def video(self, **more):
        return self.document(moving(12, 640, 480), name_of("clip.mp4"), mime="video/mp4", video=True, **more)

    def video_note(self):
        return self.document(moving(5, 240, 240, round_message=True), mime="video/mp4", round=True)

    def animation(self):
        return self.document({"_": "documentAttributeAnimated"}, moving(2, 100, 50), name_of("laugh.mp4"),
                             mime="video/mp4")

    def audio(self):
        return self.document({"_": "documentAttributeAudio", "duration": 180, "title": "Tide", "performer": "The Moles"},
                             name_of("tide.mp3"), mime="audio/mpeg")

    def voice(self):
        return self.document({"_": "documentAttributeAudio", "voice": True, "duration": 4, "waveform": bytes(5)},
                             mime="audio/ogg", voice=True)

    def sticker(self):
        return self.document({"_": "documentAttributeImageSize", "w": 512, "h": 400},
                             {"_": "documentAttributeSticker", "alt": "⚓",
                              "stickerset": {"_": "inputStickerSetEmpty"}}, name_of("sticker.webp"), mime="image/webp")

    def poll(self, question, *answers):
        poll = {"_": "poll", "id": next(self.world._numbers), "question": words(question), "answers": [
            {"_": "pollAnswer", "text": words(answer), "option": bytes([n])} for n, answer in enumerate(answers)]}
        return {"_": "messageMediaPoll", "poll": poll, "results": results([0] * len(answers))}


def moving(duration, w, h, **more):
    return {"_": "documentAttributeVideo", "duration": float(duration), "w": w, "h": h, **more}


def name_of(name):
    return {"_": "documentAttributeFilename", "file_name": name}


def words(text):
    return {"_": "textWithEntities", "text": text, "entities": []}


def results(votes):
    return {"_": "pollResults", "total_voters": sum(votes), "results": [
        {"_": "pollAnswerVoters", "option": bytes([n]), "voters": count} for n, count in enumerate(votes)]}


def vote(world, channel, number, votes, closed=False):
    """The votes of a poll as they are now. Who has not voted is shown their sum alone, until it is closed."""
    media = channel.messages[number]["media"]
    media["results"] = results(votes)
    media["poll"]["closed"] = closed
    world._tell(channel, {"_": "updateMessagePoll", "poll_id": media["poll"]["id"], "results": media["results"],
                          "poll": media["poll"] if closed else None})


def react(world, channel, number, **counts):
    reactions = {"_": "messageReactions", "results": [
        {"_": "reactionCount", "reaction": {"_": "reactionEmoji", "emoticon": emoji}, "count": count}
        for emoji, count in counts.items()]}
    channel.messages[number]["reactions"] = reactions
    world._tell(channel, {"_": "updateMessageReactions", "peer": channel.peer(), "msg_id": number,
                          "reactions": reactions})


def entities(text, *parts):
    """(kind, words of the text, more fields): offsets are in UTF-16 units."""
    def units(piece):
        return len(piece.encode("utf-16-le")) // 2
    return [{"_": f"messageEntity{kind}", "offset": units(text[:text.index(piece)]), "length": units(piece), **more}
            for kind, piece, more in parts]


def geo():
    return {"_": "geoPoint", "lat": -23.95, "long": -46.33, "access_hash": 1}


def preview(number):
    return {"_": "messageMediaWebPage", "webpage": {
        "_": "webPage", "id": number, "url": "https://harbour.example/news", "display_url": "harbour.example/news",
        "hash": 0, "type": "article", "site_name": "Harbour", "title": "Gates open", "description": "From six on.",
        "author": "Ilse"}}


def user(person):
    return {"_": "peerUser", "user_id": person.id}


def forwarded(channel, number, when):
    return {"_": "messageFwdHeader", "from_id": channel.peer(), "channel_post": number, "date": when}


def quoting(number, text):
    return {"_": "messageReplyHeader", "reply_to_msg_id": number, "quote": True, "quote_text": text, "quote_offset": 0}
