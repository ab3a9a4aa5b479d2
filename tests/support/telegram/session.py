"""MTProto messages of one connection: keys, sessions, containers, acknowledgements, queries and their answers."""

import asyncio
import struct
import time

from . import tl
from .handshake import Handshake

CONTAINER, RPC_RESULT = 0x73F1F8DC, 0xF35C6D01


class RpcError(Exception):
    def __init__(self, code, text):
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


class Authorization:
    """What one key stands for: nobody, or a user who signed in. Outlives connections."""

    def __init__(self, key, salt):
        self.key, self.salt = key, salt
        self.user = None
        self.revoked = ""  # the error that every query gets then
        self.sessions = {}  # id → Session
        self.pending = None  # a user who still owes a password
        self.login_token = None

    def push(self, updates):
        for session in list(self.sessions.values()):
            session.push(updates)


class Session:
    def __init__(self, number, authorization, server):
        self.number, self.authorization, self.server, self.schema = number, authorization, server, server.schema
        self.connection = None
        self.sequence = 0
        self.received = set()  # queries
        self.unacknowledged = {}  # message id → answer: sent again over the next connection
        self.wants_updates = False

    def send(self, body, answers=False, needs_ack=True):
        connected = self.connection is not None and not self.connection.silent
        if not connected and not (answers and needs_ack):
            return
        number = self.server.next_id(answers)
        plain = struct.pack("<QIi", number, self.sequence * 2 + needs_ack, len(body)) + body
        self.sequence += needs_ack
        if answers and needs_ack:
            self.unacknowledged[number] = plain
        if connected:
            self._write(plain)

    def take_over(self, connection):
        self.connection = connection
        for plain in self.unacknowledged.values():
            self._write(plain)

    def _write(self, plain):
        self.connection.send(self.authorization.key.encrypt(
            self.authorization.salt + struct.pack("<q", self.number) + plain))

    def push(self, updates):
        if self.wants_updates:
            self.send(self.schema.write(updates))


class Connection:
    def __init__(self, server, transport, place=""):
        self.server, self.transport = server, transport
        self.place = place  # stands for the address that it comes from
        self.authorization = None
        self.handshake = None
        self.sessions = {}
        self.silent = False  # half-open: takes what comes, says nothing
        self.tasks = set()

    async def run(self):
        while True:
            packet = await self.transport.read()
            if self.silent:
                continue
            if packet[:8] == bytes(8):
                self._plain(packet)
            else:
                self._encrypted(packet)

    def send(self, packet):
        if not self.silent:
            self.transport.write(packet)

    def ended(self):
        for session in self.sessions.values():
            if session.connection is self:
                session.connection = None

    def _plain(self, packet):
        if self.handshake is None:
            self.handshake = Handshake(self.server.protocol, self.server.key, self.server.keep_key)
        size = struct.unpack("<i", packet[16:20])[0]
        body = self.server.protocol.write(self.handshake.answer(packet[20:20 + size]))
        self.send(bytes(8) + struct.pack("<Qi", self.server.next_id(True), len(body)) + body)

    def _encrypted(self, packet):
        authorization = self.server.authorizations.get(packet[:8])
        if authorization is None:
            return self.transport.error(404)
        if self.authorization is not authorization:
            self.authorization = authorization
            self.server.used(authorization)
        plain = authorization.key.decrypt(packet)
        number = struct.unpack("<q", plain[8:16])[0]
        message, sequence, size = struct.unpack("<QIi", plain[16:32])
        session = authorization.sessions.get(number)
        if session is None:
            session = authorization.sessions[number] = Session(number, authorization, self.server)
            session.connection = self
            session.send(self.server.protocol.write({
                "_": "mt_new_session_created", "first_msg_id": message, "unique_id": number,
                "server_salt": int.from_bytes(authorization.salt, "little")}))
        if session.connection is not self:
            session.take_over(self)
        self.sessions[number] = session
        to_ack = []
        self._message(session, message, sequence, plain[32:32 + size], to_ack)
        if to_ack:
            session.send(self.server.protocol.write({"_": "mt_msgs_ack", "msg_ids": to_ack}), needs_ack=False)

    def _message(self, session, message, sequence, body, to_ack):
        reader = tl.Reader(body)
        kind = reader.uint()
        if kind == CONTAINER:
            for _ in range(reader.uint()):
                inner, inner_sequence, size = struct.unpack("<QIi", reader.take(16))
                self._message(session, inner, inner_sequence, reader.take(size), to_ack)
            return
        if kind == tl.GZIP_PACKED:
            return self._message(session, message, sequence, tl.inflated(reader.bytes()), to_ack)
        if sequence & 1:
            to_ack.append(message)
        entry = self.server.protocol.by_id.get(kind)
        if entry is not None:
            self._service(session, message, self.server.protocol.read(tl.Reader(body)))
        else:
            task = asyncio.ensure_future(self._query(session, message, body))
            self.tasks.add(task)
            session.received.add(message)
            task.add_done_callback(self.tasks.discard)

    def _service(self, session, message, value):
        protocol = self.server.protocol
        name = value["_"]
        if name == "mt_msgs_ack":
            for one in value["msg_ids"]:
                session.unacknowledged.pop(one, None)
        elif name in ("mt_ping", "mt_ping_delay_disconnect"):
            session.send(protocol.write({"_": "mt_pong", "msg_id": message, "ping_id": value["ping_id"]}), True, False)
        elif name == "mt_get_future_salts":
            now = int(time.time())
            salt = int.from_bytes(session.authorization.salt, "little", signed=True)
            body = tl.uint(0xAE500895) + tl.long(message) + tl.uint(now) + tl.uint(1)
            session.send(body + struct.pack("<iiq", now - 60, now + 86_400, salt), True, False)
        elif name == "mt_destroy_session":
            session.send(protocol.write({"_": "mt_destroy_session_ok", "session_id": value["session_id"]}), True, False)
        elif name == "mt_msgs_state_req":
            session.send(protocol.write({"_": "mt_msgs_state_info", "req_msg_id": message,
                                         "info": bytes(4 if one in session.received else 1
                                                       for one in value["msg_ids"])}), True, False)
        elif name == "mt_rpc_drop_answer":
            session.send(self._result(message, protocol.write({"_": "mt_rpc_answer_unknown"})), True)
        elif name == "mt_destroy_auth_key":
            self.server.authorizations.pop(session.authorization.key.id, None)
            session.send(protocol.write({"_": "mt_destroy_auth_key_ok"}), True, False)

    @staticmethod
    def _result(message, body):
        return tl.uint(RPC_RESULT) + tl.long(message) + body

    async def _query(self, session, message, body):
        try:
            query, updates_wanted = self._unwrapped(body)
            session.wants_updates |= updates_wanted and not query["_"].startswith("upload.")
            value = await self.server.answer(session.authorization, query)
            result = value if isinstance(value, bytes) else self.server.schema.write(value)
        except RpcError as error:
            result = self.server.protocol.write(
                {"_": "mt_rpc_error", "error_code": error.code, "error_message": error.text})
        except Exception as error:  # a fault of the server: the test that looks at `problems` says so
            self.server.problems.append(f"{type(error).__name__}: {error}")
            result = self.server.protocol.write(
                {"_": "mt_rpc_error", "error_code": 500, "error_message": "INTERNAL_SERVER_ERROR"})
        session.send(self._result(message, result), True)

    def _unwrapped(self, body):
        """The query, and whether its session wants updates."""
        kind = tl.Reader(body).uint()
        try:
            return self.server.schema.query(body)
        except tl.UnknownMethod:
            self.server.unknown[kind] = self.server.unknown.get(kind, 0) + 1
            raise RpcError(400, "INPUT_METHOD_INVALID") from None
        except tl.TLError as error:
            self.server.problems.append(str(error))
            raise RpcError(400, "INPUT_FETCH_ERROR") from error
