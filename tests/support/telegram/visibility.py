"""Changes of who may see what."""


def readmit(world, channel, person):
    """Let in again after a ban, or for the first time."""
    channel.banned.discard(person)
    channel.members.add(person)
    _tell(world, channel, person)


def remove(world, channel, person):
    """Kicked, but not banned: a private channel cannot be seen from outside."""
    channel.members.discard(person)
    _tell(world, channel, person)


def hide_history(world, channel, person, first):
    """`person` sees nothing before `first` from now on, as who joins a group with hidden history."""
    channel.hidden_before[person] = first
    _tell(world, channel, person,
          {"_": "updateChannelAvailableMessages", "channel_id": channel.id, "available_min_id": first - 1})


def _tell(world, channel, person, *more):
    world.push(person, world.updates(person, [{"_": "updateChannel", "channel_id": channel.id}, *more], channel))
