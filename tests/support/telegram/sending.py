"""Telegram's methods by which an account writes: forwards, and copies, which are forwards without their author or
messages of its own. `Methods` has them.

Who may: members of a supergroup, and of a channel those in `writers`. `lost_answers`: so many of the next ones are done
and never answered, as when the line breaks at the wrong moment.
"""

import asyncio
import time

from .session import RpcError
from .world import Channel


class Sending:
    def _may_write(self, me, channel):
        if not isinstance(channel, Channel) or me not in channel.members or (
                not channel.megagroup and me not in channel.writers):
            raise RpcError(403, "CHAT_WRITE_FORBIDDEN")

    async def _sent(self, me, channel, messages):
        """[(random id, message)] → the answer; what was sent before under its random id is told, not sent again
        (core.telegram.org/constructor/updateMessageID)."""
        self._may_write(me, channel)
        updates = []
        for random, message in messages:
            if (me.id, random) not in self.server.sent:
                number = self.world.post(channel, message.pop("message", ""), told=False, out=True, **message)
                self.server.sent[me.id, random] = (number, channel.log[-1])
            number, change = self.server.sent[me.id, random]
            updates += [{"_": "updateMessageID", "id": number, "random_id": random},
                        self.world.update_of(channel, change)]
        if self.server.lost_answers > 0:
            self.server.lost_answers -= 1
            await asyncio.sleep(3_600)
        return self.world.updates(me, updates, channel)

    async def messages_forwardMessages(self, caller, query):
        me = self.signed_in(caller)
        source, channel = self._peer(me, query["from_peer"]), self._peer(me, query["to_peer"])
        seen, messages = source.seen_by(me), []
        for number, random in zip(query["id"], query["random_id"]):
            if number not in seen:
                raise RpcError(400, "MESSAGE_ID_INVALID")
            one = seen[number]
            header = one.get("fwd_from") or {"_": "messageFwdHeader", "from_id": source.peer(), "channel_post": number,
                                             "date": one["date"]}
            kept = {key: one[key] for key in ("message", "media", "entities") if one.get(key)}
            messages.append((random, kept if query.get("drop_author") else {**kept, "fwd_from": header}))
        return await self._sent(me, channel, messages)

    async def messages_sendMessage(self, caller, query):
        me = self.signed_in(caller)
        channel = self._peer(me, query["peer"])
        message = {"message": query["message"], "entities": query.get("entities") or []}
        return await self._sent(me, channel, [(query["random_id"], message)])
