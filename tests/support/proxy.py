"""A TCP proxy on loopback between a client and a real server, which can be slow, refuse, cut or fall silent."""

import socket
import struct
import threading
import time


class Proxy:
    """`port` leads to `target`, a port on loopback. The knobs act at once, on open connections as well:

    delay_s  each piece of data waits so long, in both directions
    silent   data is taken, and goes nowhere while this is set
    """

    def __init__(self, target):
        self.target = target
        self.delay_s = 0.0
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._open = set()
        self._listener = None
        self.port = None
        self.accept()

    @property
    def silent(self):
        return not self._flowing.is_set()

    @silent.setter
    def silent(self, value):
        if value:
            self._flowing.clear()
        else:
            self._flowing.set()

    def accept(self):
        """Takes connections (again), on the same port."""
        if self._listener:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port or 0))
        listener.listen(128)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def refuse(self):
        """New connections are refused from now on; open ones stay."""
        if self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)  # ends accept() in the other thread
            self._listener.close()
            self._listener = None

    def cut(self):
        """Ends the open connections with a reset, as a machine does that has forgotten them."""
        with self._lock:
            pairs = list(self._open)
        for pair in pairs:
            pair.cut()

    @property
    def connections(self):
        with self._lock:
            return len(self._open)

    def close(self):
        self.refuse()
        self.cut()
        self._flowing.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _serve(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()  # the server is gone: so is the way to it
                continue
            pair = _Pair(client, server)
            with self._lock:
                self._open.add(pair)
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(pair, source, sink), daemon=True).start()

    def _pump(self, pair, source, sink):
        try:
            while data := source.recv(65536):
                if self.delay_s:
                    time.sleep(self.delay_s)  # the slowness that is asked for
                self._flowing.wait()
                sink.sendall(data)
            if not pair.was_cut:
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            pair.cut()
        if pair.direction_ended():
            with self._lock:
                self._open.discard(pair)


class _Pair:
    """The two ends of one connection; closed when both directions have ended."""

    def __init__(self, client, server):
        self.ends = (client, server)
        self.was_cut = False
        self._directions = 2
        self._lock = threading.Lock()
        for end in self.ends:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def cut(self):
        self.was_cut = True
        for end in self.ends:
            try:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
                end.shutdown(socket.SHUT_RD)  # wakes the thread that reads
            except OSError:
                pass

    def direction_ended(self):
        with self._lock:
            self._directions -= 1
            if self._directions:
                return False
        for end in self.ends:
            end.close()
        return True
