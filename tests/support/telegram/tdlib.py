"""The real TDLib from Python: what the gateway's C++ does with it, in a few lines, to check the server by itself."""

import ctypes
import json
import pathlib
import queue
import threading

NPM = pathlib.Path(__file__).resolve().parents[3] / "tdlib/node_modules/@prebuilt-tdlib/linux-x64-glibc/libtdjson.so"


class TDLib:
    """One client. `updates` holds what came, in order; ask() waits for an answer."""

    def __init__(self, library, server, folder):
        self.td = ctypes.CDLL(str(library))
        self.td.td_receive.restype = self.td.td_execute.restype = ctypes.c_char_p
        self.td.td_receive.argtypes = [ctypes.c_double]
        self.td.td_send.argtypes = [ctypes.c_int, ctypes.c_char_p]
        self.td.td_execute(b'{"@type":"setLogVerbosityLevel","new_verbosity_level":0}')
        self.client = self.td.td_create_client_id()
        self.updates, self.answers, self.next = queue.Queue(), {}, 0
        self.state, self.changed = "", threading.Condition()
        self.thread = threading.Thread(target=self._receive, daemon=True)
        self.thread.start()
        # Not waited for: TDLib answers it only once it has its parameters, and must not connect before it.
        self.send("addProxy", enable=True, proxy={
            "@type": "proxy", "server": "127.0.0.1", "port": server.port, "type": {"@type": "proxyTypeSocks5"}})
        self.ask("setTdlibParameters", use_test_dc=True, database_directory=str(folder), use_message_database=True,
                 use_chat_info_database=True, use_file_database=True, api_id=1, api_hash="0" * 32,
                 system_language_code="en", device_model="test", application_version="1")

    def _receive(self):
        while self.state != "authorizationStateClosed":
            text = self.td.td_receive(0.2)
            if not text:
                continue
            value = json.loads(text)
            with self.changed:
                if "@extra" in value:
                    self.answers[value["@extra"]] = value
                elif value["@type"] == "updateAuthorizationState":
                    self.state = value["authorization_state"]["@type"]
                else:
                    self.updates.put(value)
                self.changed.notify_all()

    def send(self, kind, **fields):
        self.next += 1
        self.td.td_send(self.client, json.dumps({"@type": kind, "@extra": self.next, **fields}).encode())
        return self.next

    def ask(self, kind, **fields):
        number = self.send(kind, **fields)
        return self._wait(lambda: self.answers.pop(number, None), kind)

    def reach(self, state):
        self._wait(lambda: self.state == state, state)

    def _wait(self, condition, what, patience=30):
        with self.changed:
            found = self.changed.wait_for(condition, patience)
        if not found:
            raise AssertionError(f"waited {patience} s for {what}; the state is {self.state}")
        return found

    def until(self, kind, patience=30):
        """The next update of this kind."""
        while True:
            update = self.updates.get(timeout=patience)
            if update["@type"] == kind:
                return update

    def close(self):
        self.send("close")
        self.reach("authorizationStateClosed")
        self.thread.join()
