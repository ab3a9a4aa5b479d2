"""Who listens to a gateway in tests: each collects the journal's events (seq, key, kind, message, …) as they come.

`events` holds them in the order of arrival, `doubles` counts keys that came more than once; `states()` is what such a
reader knows of the messages: the newest content of each, and whether it was deleted.
"""

import http.client
import http.server
import json
import threading


def api_id(event):
    return f"{event['peer']}:{event['id']}" + (f":{event['scope']}" if event.get("scope") else "")


class Collected:
    def __init__(self):
        self.lock = threading.Lock()
        self.events = []
        self.keys = set()
        self.doubles = 0

    def take(self, event):
        with self.lock:
            if event["key"] in self.keys:
                self.doubles += 1
            self.keys.add(event["key"])
            self.events.append(event)

    def states(self):
        """API id → (text, deleted), by the order of seq whatever the order of arrival."""
        with self.lock:
            events = sorted({event["key"]: event for event in self.events}.values(), key=lambda event: event["seq"])
        known = {}
        for event in events:
            if "id" not in event or not event["id"]:
                continue
            text, _ = known.get(api_id(event), ("", False))
            if event["kind"] != "deleted":
                text = event.get("message", {}).get("text", "")
            known[api_id(event)] = (text, event["kind"] == "deleted")
        return known

    def out_of_order(self):
        """Events that came after a newer one of their channel, doubles aside."""
        newest, wrong, seen = {}, [], set()
        with self.lock:
            events = list(self.events)
        for event in events:
            if event["key"] in seen:
                continue
            seen.add(event["key"])
            if event["seq"] < newest.get(event["peer"], 0):
                wrong.append(event["key"])
            newest[event["peer"]] = max(newest.get(event["peer"], 0), event["seq"])
        return wrong


class StreamReader(Collected):
    """GET /api/events; connects again where it was."""

    def __init__(self, port, query="", begin="oldest"):
        super().__init__()
        self.port, self.query, self.last, self.stopping = port, f"from={begin}{query}", 0, False
        self.connection = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.stopping:
            try:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                headers = {"Last-Event-ID": str(self.last)} if self.last else {}
                self.connection.request("GET", f"/api/events?{self.query}", headers=headers)
                for line in self.connection.getresponse():
                    if line.startswith(b"data: {"):
                        event = json.loads(line[6:])
                        self.last = event["seq"]
                        self.take(event)
            except (OSError, http.client.HTTPException, ValueError, AttributeError):
                pass
            finally:
                if self.connection:
                    self.connection.close()
            if not self.stopping:
                threading.Event().wait(0.1)  # between two tries to connect

    def stop(self):
        self.stopping = True
        if self.connection and self.connection.sock:
            try:
                self.connection.sock.shutdown(2)
            except OSError:
                pass
        self.thread.join(10)


class QueueReader(Collected):
    """A queue of its own, bound to every channel of the exchange; it outlives the broker's restarts."""

    def __init__(self, stack, queue="test.everything", exchange="telegram.messages"):
        super().__init__()
        self.stack, self.queue, self.exchange, self.stopping = stack, queue, exchange, False
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.stopping:
            try:
                self._consume()
            except Exception:  # pika has many for "the broker is gone"
                threading.Event().wait(0.1)  # between two tries to connect

    def _consume(self):
        connection = self.stack.amqp("admin")
        try:
            channel = connection.channel()
            channel.exchange_declare(self.exchange, "topic", passive=True)
            channel.queue_declare(self.queue, durable=True)
            channel.queue_bind(self.queue, self.exchange, "telegram.channel.#")
            channel.basic_qos(prefetch_count=200)
            self.ready.set()
            for method, properties, body in channel.consume(self.queue, inactivity_timeout=0.2):
                if self.stopping:
                    return
                if method is None:
                    continue
                event = json.loads(body)
                event["message_id"] = properties.message_id
                event["headers"] = dict(properties.headers or {})
                self.take(event)
                channel.basic_ack(method.delivery_tag)
        finally:
            if connection.is_open:
                connection.close()

    def stop(self):
        self.stopping = True
        self.thread.join(15)


class HookReader(Collected):
    """A webhook's receiver in the format `events`; `answer` is the status that it gives from now on."""

    def __init__(self, port=0):
        super().__init__()
        self.answer = 200
        reader = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = reader.answer
                if status == 200:
                    for event in json.loads(body)["events"]:
                        reader.take(event)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/events"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
