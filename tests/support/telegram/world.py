"""What the made-up Telegram holds: people, channels, messages, and how each change is told.

The truth that tests compare with. Nothing here knows of bytes or connections; `Server` hands changes on.
"""

import itertools
import time

CHANNEL_BASE = 1_000_000_000_000  # Bot API id of channel n: -(BASE + n)


class Person:
    def __init__(self, number, name, phone="", password=None, bot_token="", username=""):
        self.id, self.name, self.phone, self.username = number, name, phone, username
        self.password, self.bot_token = password, bot_token
        self.pts, self.log = 1, []  # of basic groups: [(pts, update)]
        self.folders = []  # dialogFilters
        self.told_too_long = set()  # channels whose hole the next updates.getDifference tells

    @property
    def is_bot(self):
        return bool(self.bot_token)

    def value(self, viewer=None):
        return {"_": "user", "self": viewer is self, "contact": False, "bot": self.is_bot, "id": self.id,
                "access_hash": self.id * 7919, "first_name": self.name, "username": self.username or None,
                "phone": self.phone or None, "bot_info_version": 1 if self.is_bot else None}


class Peer:
    """What channels and basic groups share: messages by id, newest last."""

    def __init__(self, number, title):
        self.id, self.title, self.date = number, title, int(time.time())
        self.messages, self.gone = {}, set()
        self.members = set()
        self.next_id = itertools.count(1)

    @property
    def top(self):
        return max(self.messages, default=0)


class Channel(Peer):
    def __init__(self, number, title, username="", megagroup=False, forum=False):
        super().__init__(number, title)
        self.username, self.megagroup, self.forum = username, megagroup, forum
        self.pts, self.log = 1, []  # [(pts, pts_count, kind, message ids)]
        self.hidden_before = {}  # person → the first id that this one may see
        self.banned = set()
        self.writers = set()  # administrators who may post in a channel
        self.too_long_beyond = 10_000  # more changes than this: channelDifferenceTooLong
        self.migrated_from = None
        self.topics = {}
        self.photo = {"_": "chatPhotoEmpty"}

    @property
    def chat_id(self):
        return -(CHANNEL_BASE + self.id)

    def peer(self):
        return {"_": "peerChannel", "channel_id": self.id}

    def seen_by(self, person):
        return {number: self.messages[number] for number in self.visible(person)}

    def value(self, viewer):
        if viewer in self.banned:
            return {"_": "channelForbidden", "broadcast": not self.megagroup, "megagroup": self.megagroup,
                    "id": self.id, "access_hash": self.id * 104_729, "title": self.title, "until_date": None}
        return {"_": "channel", "broadcast": not self.megagroup, "megagroup": self.megagroup, "forum": self.forum,
                "left": viewer not in self.members, "id": self.id, "access_hash": self.id * 104_729,
                "admin_rights": {"_": "chatAdminRights", "post_messages": True} if viewer in self.writers else None,
                "title": self.title, "username": self.username or None, "photo": self.photo,
                "date": self.date, "participants_count": len(self.members) + 1000,
                "default_banned_rights": {"_": "chatBannedRights", "until_date": 2**31 - 1} if self.megagroup else None}

    def may_see(self, person):
        return person not in self.banned and (person in self.members or bool(self.username))

    def visible(self, person):
        """Ids that this person sees, oldest first."""
        first = self.hidden_before.get(person, 0)
        return [number for number in sorted(self.messages) if number >= first]


class Group(Peer):
    """A basic group: each account counts its messages for itself."""

    migrated_to = None

    def __init__(self, number, title):
        super().__init__(number, title)
        self.shift = {}  # person → what this one's ids have more

    def seen_by(self, person):
        """id → message, as this account counts them."""
        shift = self.shift.get(person, 0)
        return {number + shift: {**one, "id": number + shift, "out": one["from_id"]["user_id"] == person.id}
                for number, one in self.messages.items()}

    @property
    def chat_id(self):
        return -self.id

    def peer(self):
        return {"_": "peerChat", "chat_id": self.id}

    def value(self, viewer):
        migrated = self.migrated_to and {"_": "inputChannel", "channel_id": self.migrated_to.id,
                                         "access_hash": self.migrated_to.id * 104_729}
        return {"_": "chat", "deactivated": bool(migrated), "left": viewer not in self.members, "id": self.id,
                "title": self.title, "photo": {"_": "chatPhotoEmpty"}, "participants_count": len(self.members),
                "date": self.date, "version": 1, "migrated_to": migrated or None}


class World:
    def __init__(self):
        self.people, self.channels, self.groups = {}, {}, {}
        self.files = {}  # id → bytes
        self.file_references = {}  # id → the reference that is valid now
        self.invites = {}  # the code of a t.me/+ link → (channel, whether newcomers ask)
        self._numbers = itertools.count(5_000_001)
        self.push = lambda person, updates: None  # set by the server

    def person(self, name, **more):
        person = Person(next(self._numbers), name, **more)
        self.people[person.id] = person
        return person

    def channel(self, title, *members, **more):
        channel = Channel(next(self._numbers), title, **more)
        channel.members.update(members)
        self.channels[channel.id] = channel
        self.service(channel, {"_": "messageActionChannelCreate", "title": title}, told=False)  # as every channel begins
        return channel

    def group(self, title, *members):
        group = Group(next(self._numbers), title)
        group.members.update(members)
        self.groups[group.id] = group
        return group

    def by_phone(self, phone):
        digits = "".join(filter(str.isdigit, phone))
        return next((one for one in self.people.values() if one.phone and one.phone == digits), None)

    def by_token(self, token):
        return next((one for one in self.people.values() if one.bot_token and one.bot_token == token), None)

    def by_name(self, username):
        return next((one for one in (*self.channels.values(), *self.people.values())
                     if one.username and one.username.lower() == username.lower()), None)

    # Changes. `told=False` loses the push: the client can only learn of it by asking.

    def post(self, channel, text="", told=True, when=None, **more):
        number = next(channel.next_id)
        message = {"_": "message", "post": not channel.megagroup, "id": number, "peer_id": channel.peer(),
                   "date": when or int(time.time()), "message": text, **more}
        if not channel.megagroup:
            message.setdefault("views", 1)
            message.setdefault("forwards", 0)
        channel.messages[number] = message
        self._changed(channel, "new", [number], told)
        return number

    def service(self, channel, action, told=True):
        number = next(channel.next_id)
        channel.messages[number] = {"_": "messageService", "post": not channel.megagroup, "id": number,
                                    "peer_id": channel.peer(), "date": int(time.time()), "action": action}
        self._changed(channel, "new", [number], told)
        return number

    def album(self, channel, texts, told=True):
        group = next(self._numbers) << 20
        return [self.post(channel, text, told, grouped_id=group, media=self.photo()) for text in texts]

    def edit(self, channel, number, text, told=True, hidden=False, when=None, **more):
        message = channel.messages[number]
        message.update(message=text, **more)
        message["edit_date"] = when or max(int(time.time()), message.get("edit_date") or 0)
        message["edit_hide"] = hidden
        self._changed(channel, "edit", [number], told)

    def delete(self, channel, *numbers, told=True):
        numbers = [number for number in numbers if channel.messages.pop(number, None)]
        channel.gone.update(numbers)
        if numbers:
            self._changed(channel, "delete", numbers, told)
        return numbers

    def seen(self, channel, number, views):
        channel.messages[number]["views"] = views
        update = {"_": "updateChannelMessageViews", "channel_id": channel.id, "id": number, "views": views}
        self._tell(channel, update)

    def photo(self, size=40_000):
        number = next(self._numbers)
        self.files[number] = (number.to_bytes(8, "big") * (size // 8 + 1))[:size]
        self.file_references[number] = b"first"
        return {"_": "messageMediaPhoto", "photo": {
            "_": "photo", "id": number, "access_hash": number, "file_reference": b"first", "date": int(time.time()),
            "sizes": [{"_": "photoSize", "type": "x", "w": 800, "h": 600, "size": size}], "dc_id": 1}}

    def ban(self, channel, person):
        channel.banned.add(person)
        channel.members.discard(person)
        self.push(person, self.updates(person, [{"_": "updateChannel", "channel_id": channel.id}], channel))

    def migrate(self, group):
        """A basic group becomes a supergroup; both say so."""
        channel = self.channel(group.title, *group.members, megagroup=True)
        channel.migrated_from, group.migrated_to = group, channel
        self.group_post(group, action={"_": "messageActionChatMigrateTo", "channel_id": channel.id})
        self.service(channel, {"_": "messageActionChannelMigrateFrom", "title": group.title, "chat_id": group.id})
        return channel

    def group_post(self, group, text="", action=None, told=True):
        number = next(group.next_id)
        kind = {"_": "messageService", "action": action} if action else {"_": "message", "message": text}
        group.messages[number] = {**kind, "id": number, "peer_id": group.peer(), "date": int(time.time()),
                                  "from_id": {"_": "peerUser", "user_id": min(one.id for one in group.members)}}
        for person in group.members:
            person.pts += 1
            shifted = group.seen_by(person)[number + group.shift.get(person, 0)]
            update = {"_": "updateNewMessage", "message": shifted, "pts": person.pts, "pts_count": 1}
            person.log.append((person.pts, update))
            if told:
                self.push(person, self.updates(person, [update], group))
        return number

    # How changes are told.

    def _changed(self, channel, kind, numbers, told):
        count = len(numbers)
        channel.pts += count
        channel.log.append((channel.pts, count, kind, numbers))
        if told:
            self._tell(channel, self.update_of(channel, channel.log[-1]))

    @staticmethod
    def update_of(channel, change):
        pts, count, kind, numbers = change
        if kind == "delete":
            return {"_": "updateDeleteChannelMessages", "channel_id": channel.id, "messages": numbers, "pts": pts,
                    "pts_count": count}
        name = "updateNewChannelMessage" if kind == "new" else "updateEditChannelMessage"
        return {"_": name, "message": dict(channel.messages[numbers[0]]), "pts": pts, "pts_count": count}

    def _tell(self, channel, update):
        for person in channel.members:
            self.push(person, self.updates(person, [update], channel))

    def updates(self, viewer, updates, *peers):
        return {"_": "updates", "updates": updates, "users": self.users_of(viewer, peers),
                "chats": [peer.value(viewer) for peer in peers], "date": int(time.time()), "seq": 0}

    def users_of(self, viewer, peers):
        """Who wrote there: members of groups, whom messages name by their ids alone."""
        people = {person for peer in peers if isinstance(peer, Group) or peer.megagroup for person in peer.members}
        return [person.value(viewer) for person in people]

    def difference(self, channel, pts, limit):
        """Changes after `pts`: (new messages, other updates, pts then, whether that is all), or None: too many."""
        missed = [change for change in channel.log if change[0] > pts]
        if len(missed) > channel.too_long_beyond:
            return None
        part = missed[:limit]
        new = {number for _, _, kind, numbers in part if kind == "new" for number in numbers}
        messages = [channel.messages[number] for number in sorted(new) if number in channel.messages]
        others = []
        for change in part:
            _, _, kind, numbers = change
            if kind == "delete" or (kind == "edit" and numbers[0] not in new and numbers[0] in channel.messages):
                others.append(self.update_of(channel, change))
        return messages, others, part[-1][0] if part else channel.pts, len(part) == len(missed)
