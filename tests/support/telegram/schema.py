"""The layer's constructors, from the npm package @mtcute/tl that the lock file pins beside TDLib's own layer."""

import json
import os
import pathlib

from .tl import Schema

FOLDER = pathlib.Path(os.environ.get(
    "TG_TL_SCHEMA", pathlib.Path(__file__).resolve().parents[3] / "tdlib/node_modules/@mtcute/tl"))

# What clients sent before there was p_q_inner_data_dc.
OLD_INNER_DATA = {"name": "mt_p_q_inner_data", "id": 0x83C95AEC, "type": "P_Q_inner_data", "arguments": [
    {"name": name, "type": kind} for name, kind in (
        ("pq", "bytes"), ("p", "bytes"), ("q", "bytes"), ("nonce", "int128"), ("server_nonce", "int128"),
        ("new_nonce", "int256"))]}


def load():
    """(Telegram's schema, MTProto's own)."""
    api = json.loads((FOLDER / "api-schema.json").read_text(encoding="utf-8"))
    protocol = json.loads((FOLDER / "mtp-schema.json").read_text(encoding="utf-8"))
    return Schema(api["e"], api["l"]), Schema([*protocol, OLD_INNER_DATA])
