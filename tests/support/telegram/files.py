"""Files of the made-up Telegram: what posts carry, and how clients read them, part by part."""

import inspect
import time

from .session import RpcError

LARGEST_PART = 1 << 20


def content(number, size):
    """Bytes that no other file has."""
    block = number.to_bytes(8, "big") + bytes(range(248))
    return (block * (size // len(block) + 1))[:size]


def keep(world, size):
    number = next(world._numbers)
    world.files[number] = content(number, size)
    world.file_references[number] = b"first"
    return number


def document(world, size, name="report.pdf", mime_type="application/pdf", attributes=(), **kind):
    """A medium for a post, of any kind but photo: `attributes` say which."""
    number = keep(world, size)
    return {"_": "messageMediaDocument", **kind, "document": {
        "_": "document", "id": number, "access_hash": number, "file_reference": b"first", "date": int(time.time()),
        "mime_type": mime_type, "size": size, "dc_id": 1,
        "attributes": [{"_": "documentAttributeFilename", "file_name": name}, *attributes]}}


def voice(world, size):
    return document(world, size, "voice.ogg", "audio/ogg",
                    [{"_": "documentAttributeAudio", "voice": True, "duration": 3}], voice=True)


def number_of(medium):
    return medium.get("photo", medium.get("document"))["id"]


def expire(world, medium):
    """The reference that clients hold is no good any more; who asks for the message gets the new one."""
    inner = medium.get("photo", medium.get("document"))
    world.file_references[inner["id"]] = inner["file_reference"] = b"second"


class FileMethods:
    """Part of Methods: needs its server and world."""

    async def upload_getFile(self, caller, query):
        self.signed_in(caller)
        where, offset, limit = query["location"], query["offset"], query["limit"]
        data = self.world.files.get(where.get("id"))
        if data is None:
            raise RpcError(400, "LOCATION_INVALID")
        if limit <= 0 or limit > LARGEST_PART or offset % 1024 or limit % 1024:
            raise RpcError(400, "LIMIT_INVALID")
        if where.get("file_reference") != self.world.file_references[where["id"]]:
            raise RpcError(400, "FILE_REFERENCE_EXPIRED")
        if self.server.on_part:
            happened = self.server.on_part(where["id"], offset)
            if inspect.isawaitable(happened):
                await happened
        self.server.parts.append((where["id"], offset))
        return {"_": "upload.file", "type": {"_": "storage.fileJpeg"}, "mtime": int(time.time()),
                "bytes": data[offset:offset + limit]}
