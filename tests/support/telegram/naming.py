"""Telegram's methods by which a client finds chats: invites, folders, pictures. `Methods` has them all.

    link = invite(world, channel, asks=True)       # t.me/+…; asks: an administrator lets newcomers in
    ada.folders.append(folder(2, "News", channel))
"""

import os

from .session import RpcError

# A picture of 1 × 1 pixel as Telegram packs its smallest: its size, and a JPEG without header and end.
MINIATURE = bytes((1, 1, 1)) + bytes(range(40))


def invite(world, channel, asks=False):
    code = "x" + os.urandom(8).hex()  # only digits would be a phone number
    world.invites[code] = (channel, asks)
    return f"https://t.me/+{code}"


def folder(number, title, *peers, **more):
    """`more`: groups=True, broadcasts=True for all of that kind."""
    return {"_": "dialogFilter", "id": number, "title": {"_": "textWithEntities", "text": title, "entities": []},
            "pinned_peers": [], "include_peers": [_input(peer) for peer in peers], "exclude_peers": [], **more}


def _input(peer):
    if peer.chat_id > -10**12:
        return {"_": "inputPeerChat", "chat_id": peer.id}
    return {"_": "inputPeerChannel", "channel_id": peer.id, "access_hash": peer.id * 104_729}


def picture(number=77):
    return {"_": "chatPhoto", "photo_id": number, "stripped_thumb": MINIATURE, "dc_id": 1}


class Naming:
    def _invite(self, query):
        if query["hash"] not in self.world.invites:
            raise RpcError(400, "INVITE_HASH_EXPIRED")
        return self.world.invites[query["hash"]]

    def messages_checkChatInvite(self, caller, query):
        me = self.signed_in(caller)
        channel, asks = self._invite(query)
        if me in channel.members:
            return {"_": "chatInviteAlready", "chat": channel.value(me)}
        return {"_": "chatInvite", "channel": True, "broadcast": not channel.megagroup, "public": bool(channel.username),
                "megagroup": channel.megagroup, "request_needed": asks, "title": channel.title, "about": None,
                "photo": {"_": "photoEmpty", "id": 0}, "participants_count": len(channel.members) + 1000, "color": 0}

    def messages_importChatInvite(self, caller, query):
        me = self.signed_in(caller)
        channel, asks = self._invite(query)
        if asks:
            raise RpcError(400, "INVITE_REQUEST_SENT")
        channel.members.add(me)
        return self.world.updates(me, [{"_": "updateChannel", "channel_id": channel.id}], channel)

    def messages_getDialogFilters(self, caller, query):
        me = self.signed_in(caller)
        return {"_": "messages.dialogFilters", "filters": [{"_": "dialogFilterDefault"}, *me.folders]}
