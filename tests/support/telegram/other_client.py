"""Telethon's layer for the server: its own classes write and read, so that an independent client checks the rest.

That client knows an older layer; what its constructors do not have is left out.
"""

import datetime
import inspect

from telethon.extensions import BinaryReader
from telethon.tl import functions, types
from telethon.tl.alltlobjects import LAYER, tlobjects
from telethon.tl.tlobject import TLObject

from .tl import TLError, UnknownMethod

RENAMED = {"self": "is_self"}
WRAPPERS = (functions.InvokeWithLayerRequest, functions.InitConnectionRequest, functions.InvokeAfterMsgRequest)


class TelethonSchema:
    layer = LAYER

    def write(self, value):
        return bytes(self._object(value))

    def _object(self, value):
        if isinstance(value, list):
            return [self._object(one) for one in value]
        if not isinstance(value, dict):
            return value
        *space, name = value["_"].split(".")
        module = getattr(types, space[0]) if space else types
        made = getattr(module, name[0].upper() + name[1:], None)
        if made is None:
            raise TLError(f"{value['_']} is not of layer {LAYER}")
        known = {key: one for key, one in inspect.signature(made.__init__).parameters.items()
                 if one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD}
        given = {RENAMED.get(key, key): self._object(one) for key, one in value.items() if key != "_"}
        missing = {key: [] if key in ("about", "emoticons") else 0 for key, one in known.items()
                   if one.default is inspect.Parameter.empty and key not in given and key != "self"}
        return made(**{key: one for key, one in given.items() if key in known}, **missing)

    def query(self, body):
        if int.from_bytes(body[:4], "little") not in tlobjects:
            raise UnknownMethod("no method of that number")
        asked = BinaryReader(body).tgread_object()
        while isinstance(asked, WRAPPERS):
            asked = asked.query
        return self._value(asked), True

    def _value(self, given):
        if isinstance(given, list):
            return [self._value(one) for one in given]
        if isinstance(given, datetime.datetime):
            return int(given.timestamp())
        if not isinstance(given, TLObject):
            return given
        kind = type(given)
        name = kind.__name__.removesuffix("Request")
        space = kind.__module__.split(".")[3:]
        fields = {key: self._value(one) for key, one in vars(given).items() if one is not None}
        return {"_": ".".join([*space, name[0].lower() + name[1:]]), **fields}
