"""How bytes come in: a SOCKS5 proxy that answers every CONNECT itself, and the obfuscated intermediate transport.

Clients believe that they talk through a proxy to Telegram's data centres; nothing leaves the machine.
"""

import asyncio
import struct

from .crypto import ctr

INTERMEDIATE, PADDED = 0xEEEEEEEE, 0xDDDDDDDD
LARGEST = 16 << 20


class Refused(Exception):
    """The peer does not speak what is spoken here."""


async def socks5(reader, writer):
    """The greeting and a CONNECT, agreed to. Returns the (host, port) that was asked for."""
    version, methods = await reader.readexactly(2)
    if version != 5:
        raise Refused(f"SOCKS version {version}")
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    version, command, _, kind = await reader.readexactly(4)
    if command != 1:
        raise Refused(f"SOCKS command {command}")
    if kind == 3:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii", "replace")
    else:
        host = ".".join(map(str, await reader.readexactly(4 if kind == 1 else 16)))
    port = struct.unpack(">H", await reader.readexactly(2))[0]
    writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    return host, port


class Transport:
    """Packets over one connection, after its 64 bytes of header."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def open(self):
        header = await self.reader.readexactly(64)
        self._in = ctr(header[8:40], header[40:56])
        back = header[8:56][::-1]
        self._out = ctr(back[:32], back[32:48])
        tag = struct.unpack("<I", self._in.update(header)[56:60])[0]
        if tag not in (INTERMEDIATE, PADDED):
            raise Refused(f"transport {tag:#010x}")

    async def _take(self, count):
        return self._in.update(await self.reader.readexactly(count))

    async def read(self):
        size = struct.unpack("<I", await self._take(4))[0] & 0x7FFFFFFF  # the high bit asks for a quick ack
        if size > LARGEST:
            raise Refused(f"a packet of {size} bytes")
        return await self._take(size)

    def write(self, packet):
        if not self.writer.is_closing():
            self.writer.write(self._out.update(struct.pack("<I", len(packet)) + packet))

    def error(self, code):
        self.write(struct.pack("<i", -code))

    def close(self):
        self.writer.close()

    def abort(self):
        """Without a word, as a network does that went away."""
        self.writer.transport.abort()
