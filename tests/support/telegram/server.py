"""A Telegram of one's own on loopback, for tests: the real TDLib, Telethon and others sign in to it.

    with Server() as server:                      # a thread of its own; every method here may be called from any
        channel = server.world.channel("News", ada)
        server.do(lambda world: world.post(channel, "hello"))
"""

import asyncio
import collections
import inspect
import threading
import time

from . import tl
from .crypto import ServerKey
from .methods import Methods
from .schema import load
from .session import Authorization, Connection, RpcError
from .transport import Refused, Transport, socks5
from .world import World


class Server:
    dc = 1
    code_lifetime_s, qr_lifetime_s = 120, 30
    difference_timeout_s = 5  # after so long clients ask again for the difference of a chat that is open

    def __init__(self, schema=None):
        api, self.protocol = load()
        self.schema = schema or api
        self.key = ServerKey()
        self.world = World()
        self.world.push = self._push
        self.methods = Methods(self)
        self.authorizations = {}  # key id → Authorization
        self.codes = {}
        self.calls = collections.Counter()  # method → how often it was called
        self.unknown, self.problems = {}, []
        self.faults = collections.defaultdict(collections.deque)  # method → errors that its next calls get
        self.delays = {}  # method, or "" for all → seconds
        self.sent, self.lost_answers = {}, 0  # sending.py: (person, random id) → (message, change)
        self.parts = []  # (file, offset) of every part that was given
        self.on_part = None  # called with these before, on the server's thread; what it returns is awaited
        self.connections = set()
        self.refusing = False
        self._last_id = 0

    # A thread with the loop.

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="telegram", daemon=True)
        self.thread.start()
        self._listeners = [self._wait(asyncio.start_server(self._accept, "127.0.0.1", 0))]
        self.port = self._listeners[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self._wait(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _end(self):
        for listener in self._listeners:
            listener.close()
        for connection in list(self.connections):
            connection.transport.abort()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wait(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def do(self, change):
        """Runs change(world) on the server's thread and returns what it returns."""
        async def run():
            return change(self.world)
        return self._wait(run())

    # What scenarios set.

    def fail(self, method, *errors):
        """Its next calls get these: (code, text)."""
        self.do(lambda _: self.faults[method].extend(errors))

    def drop(self, silent=False):
        """Ends every connection; `silent`: they stay open and dead."""
        def run(_):
            for connection in list(self.connections):
                if silent:
                    connection.silent = True
                else:
                    connection.transport.abort()
        self.do(run)

    def revoke(self, person, error="AUTH_KEY_UNREGISTERED"):
        def run(_):
            for authorization in self.authorizations.values():
                if authorization.user is person:
                    authorization.revoked = error
        self.do(run)

    def elsewhere(self):
        """A port whose connections come from another address than the others', for a key that is used from two."""
        listener = self._wait(asyncio.start_server(
            lambda reader, writer: self._accept(reader, writer, "elsewhere"), "127.0.0.1", 0))
        self._listeners.append(listener)
        return listener.sockets[0].getsockname()[1]

    def approve_login(self, person):
        """As if `person` had scanned the code that is shown now."""
        def run(_):
            waiting = [one for one in self.authorizations.values()
                       if one.login_token and not one.user and one.login_token.until > time.time()]
            for authorization in waiting:
                authorization.login_token.approved_by = person
                authorization.push({"_": "updateShort", "update": {"_": "updateLoginToken"}, "date": int(time.time())})
            return len(waiting)
        return self.do(run)

    # What connections use.

    def next_id(self, answers):
        """A message id: unix time × 2³², odd; 1 modulo 4 for an answer."""
        self._last_id = max(self._last_id + 4, int(time.time() * 2**32) & ~3)
        return self._last_id | (1 if answers else 3)

    def keep_key(self, key, salt):
        self.authorizations[key.id] = Authorization(key, salt)

    def vector(self, values):
        return tl.uint(tl.VECTOR) + tl.uint(len(values)) + b"".join(self.schema.write(value) for value in values)

    def _push(self, person, updates):
        for authorization in self.authorizations.values():
            if authorization.user is person and not authorization.revoked:
                authorization.push(updates)

    def used(self, authorization):
        """Telegram allows a key many connections, but of one address; then it is of no use any more, to nobody."""
        if len({one.place for one in self.connections if one.authorization is authorization}) > 1:
            authorization.revoked = "AUTH_KEY_DUPLICATED"

    async def answer(self, caller, query):
        name = query["_"]
        self.calls[name] += 1
        delay = self.delays.get(name, self.delays.get("", 0))
        if delay:
            await asyncio.sleep(delay)
        if self.faults[name]:
            raise RpcError(*self.faults[name].popleft())
        if caller.revoked:
            raise RpcError(406 if caller.revoked == "AUTH_KEY_DUPLICATED" else 401, caller.revoked)
        method = self.methods.find(name)
        if method is None:
            raise RpcError(400, "METHOD_NOT_HERE")
        value = method(caller, query)
        value = await value if inspect.isawaitable(value) else value
        if isinstance(value, bool):
            return tl.uint(tl.BOOL_TRUE if value else tl.BOOL_FALSE)
        return value

    async def _accept(self, reader, writer, place=""):
        if self.refusing:
            return writer.close()
        connection = Connection(self, Transport(reader, writer), place)
        self.connections.add(connection)
        try:
            await socks5(reader, writer)
            await connection.transport.open()
            await connection.run()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except (Refused, ValueError, KeyError) as error:
            self.problems.append(f"{type(error).__name__}: {error}")
        finally:
            self.connections.discard(connection)
            connection.ended()
            writer.close()
