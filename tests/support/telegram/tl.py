"""TL, the wire format of MTProto: values are dicts whose "_" names their constructor.

The constructors come from a schema of one layer as JSON (entries with name, id, type, arguments); see layer.py.
"""

import gzip
import struct
import zlib

VECTOR = 0x1CB5C415
BOOL_TRUE, BOOL_FALSE = 0x997275B5, 0xBC799737
GZIP_PACKED = 0x3072CFA1
WRAPPERS = {"invokeWithLayer", "initConnection", "invokeAfterMsg", "invokeAfterMsgs", "invokeWithoutUpdates"}


class TLError(ValueError):
    """Bytes that are not of this schema, or a value that does not fit its constructor."""


class UnknownMethod(TLError):
    """A query that the schema does not have."""


def inflated(data):
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else zlib.decompress(data)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count < 0 or self.at + count > len(self.data):
            raise TLError(f"{count} bytes asked for at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count:self.at]

    def int(self):
        return struct.unpack("<i", self.take(4))[0]

    def uint(self):
        return struct.unpack("<I", self.take(4))[0]

    def long(self):
        return struct.unpack("<q", self.take(8))[0]

    def ulong(self):
        return struct.unpack("<Q", self.take(8))[0]

    def bytes(self):
        size = self.take(1)[0]
        head = 1
        if size == 254:
            size, head = int.from_bytes(self.take(3), "little"), 4
        data = self.take(size)
        self.take(-(head + size) % 4)
        return data

    def rest(self):
        return self.take(len(self.data) - self.at)


def uint(value):
    return struct.pack("<I", value & 0xFFFFFFFF)


def long(value):
    return struct.pack("<Q", value & 0xFFFFFFFFFFFFFFFF)


def packed(data):
    head = bytes([len(data)]) if len(data) < 254 else b"\xfe" + len(data).to_bytes(3, "little")
    return head + data + bytes(-(len(head) + len(data)) % 4)


class Schema:
    def __init__(self, entries, layer=0):
        self.layer = layer
        self.by_id = {entry["id"]: entry for entry in entries}
        self.by_name = {entry["name"]: entry for entry in entries}

    def write(self, value):
        """A boxed value."""
        entry = self.by_name.get(value["_"])
        if entry is None:
            raise TLError(f"the schema has no {value['_']}")
        unknown = value.keys() - {"_"} - {argument["name"] for argument in entry["arguments"]}
        if unknown:
            raise TLError(f"{value['_']} has no {sorted(unknown)}")
        return uint(entry["id"]) + self._write_arguments(entry, value)

    def _write_arguments(self, entry, value):
        out = []
        for argument in entry["arguments"]:
            name, kind, modifiers = argument["name"], argument["type"], argument.get("typeModifiers", {})
            if kind == "#":
                out.append(uint(self._flags(entry, name, value)))
                continue
            if "predicate" in modifiers and not self._present(value.get(name), kind):
                continue
            if kind == "true":
                continue
            if name not in value:
                raise TLError(f"{entry['name']} needs {name}")
            try:
                if modifiers.get("isVector"):
                    out.append(uint(VECTOR) + uint(len(value[name])))
                    out.extend(self._write_one(kind, one) for one in value[name])
                else:
                    out.append(self._write_one(kind, value[name]))
            except (struct.error, TypeError, KeyError, AttributeError) as error:
                raise TLError(f"{entry['name']}.{name}: {value[name]!r} is no {kind}") from error
        return b"".join(out)

    @staticmethod
    def _present(value, kind):
        return value is True if kind == "true" else value is not None

    def _flags(self, entry, flags, value):
        bits = 0
        for argument in entry["arguments"]:
            where, _, bit = argument.get("typeModifiers", {}).get("predicate", "").partition(".")
            if where == flags and self._present(value.get(argument["name"]), argument["type"]):
                bits |= 1 << int(bit)
        return bits

    def _write_one(self, kind, value):
        if kind == "int":
            return struct.pack("<i", value)
        if kind in ("long", "int53"):
            return long(value)
        if kind == "double":
            return struct.pack("<d", value)
        if kind == "string":
            return packed(value.encode())
        if kind == "bytes":
            return packed(bytes(value))
        if kind in ("int128", "int256"):
            return bytes(value)
        if kind == "Bool":
            return uint(BOOL_TRUE if value else BOOL_FALSE)
        return self.write(value)

    def query(self, body):
        """What is asked inside of invokeWithLayer, initConnection and the like; and whether updates are wanted."""
        updates = True
        while True:
            reader = Reader(body)
            kind = reader.uint()
            if kind == GZIP_PACKED:
                body = inflated(reader.bytes())
                continue
            name = self.by_id.get(kind, {}).get("name")
            if name is None:
                raise UnknownMethod(f"no method {kind:#010x}")
            if name not in WRAPPERS:
                return self.read(Reader(body)), updates
            entry = dict(self.by_name[name])
            entry["arguments"] = [one for one in entry["arguments"] if one["type"] != "!X"]
            wrapper, body = self.read_arguments(entry, reader), reader.rest()
            if name == "invokeWithLayer" and wrapper["layer"] != self.layer:
                raise TLError(f"the client speaks layer {wrapper['layer']}, the schema is of layer {self.layer}")
            updates = updates and name != "invokeWithoutUpdates"

    def read(self, reader):
        """A boxed value."""
        number = reader.uint()
        entry = self.by_id.get(number)
        if entry is None:
            raise TLError(f"no constructor {number:#010x}")
        return self.read_arguments(entry, reader)

    def read_arguments(self, entry, reader):
        value, flags = {"_": entry["name"]}, {}
        for argument in entry["arguments"]:
            name, kind, modifiers = argument["name"], argument["type"], argument.get("typeModifiers", {})
            if kind == "#":
                flags[name] = reader.uint()
                continue
            where, _, bit = modifiers.get("predicate", "").partition(".")
            if where:
                present = bool(flags[where] >> int(bit) & 1)
                if kind == "true":
                    value[name] = present
                    continue
                if not present:
                    continue
            if modifiers.get("isVector"):
                if reader.uint() != VECTOR:
                    raise TLError(f"{entry['name']}.{name} is no vector")
                value[name] = [self._read_one(kind, reader) for _ in range(reader.uint())]
            else:
                value[name] = self._read_one(kind, reader)
        return value

    def _read_one(self, kind, reader):
        if kind == "int":
            return reader.int()
        if kind in ("long", "int53"):
            return reader.long()
        if kind == "double":
            return struct.unpack("<d", reader.take(8))[0]
        if kind == "string":
            return reader.bytes().decode("utf-8", "replace")
        if kind == "bytes":
            return reader.bytes()
        if kind == "int128":
            return reader.take(16)
        if kind == "int256":
            return reader.take(32)
        if kind == "Bool":
            return reader.uint() == BOOL_TRUE
        return self.read(reader)
