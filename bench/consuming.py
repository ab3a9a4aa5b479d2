"""What consumers do to a gateway whose store is PostgreSQL: marking messages, and polling for new ones."""

import contextlib
import http.client
import json
import time

CHANNELS = 40
POLLERS = 5
POLL_RATE = 5  # messages/s of all channels
UPDATES = 400


class Client:
    """One keep-alive connection."""

    def __init__(self, gateway):
        self.connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)

    def ask(self, method, path, body=None):
        try:
            answer = self.answer(method, path, body)
        except http.client.RemoteDisconnected:  # it was idle for long
            self.connection.close()
            answer = self.answer(method, path, body)
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)

    def answer(self, method, path, body):
        self.connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        return self.connection.getresponse()

    def poll(self, channel, consumer):
        return self.ask("GET", f"/api/messages/unprocessed?channel={channel}&excludeProcessedBy={consumer}&limit=100")["data"]

    def mark(self, ids, consumer):
        self.ask("POST", "/api/messages/mark-processed", {"messageIds": ids, "processedBy": consumer})


def channels_of(stack):
    with contextlib.closing(stack.direct()) as db, db.cursor() as cursor:
        cursor.execute("SELECT channel_id FROM telegram_gateway.channels ORDER BY last_message_at DESC NULLS LAST LIMIT %s", [CHANNELS])
        return [row[0] for row in cursor.fetchall()]


def marks(gateway, stack):
    """Milliseconds of status updates, and of commits through PgBouncer that take turns with them."""
    client, channels, served, marking, committing = Client(gateway), channels_of(stack), [], [], []
    with contextlib.closing(stack.pooled()) as db, db.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS bench_marks; CREATE TABLE IF NOT EXISTS bench_marks.one (n int)")
        cursor.execute("TRUNCATE bench_marks.one; INSERT INTO bench_marks.one VALUES (0)")
        while len(marking) < UPDATES:
            while not served:
                time.sleep(0.5)  # for some to come
                served = [message["id"] for channel in channels for message in client.poll(channel, "bench-marks")]
            began = time.perf_counter()
            client.mark([served.pop()], "bench-marks")
            marked = time.perf_counter()
            cursor.execute("UPDATE bench_marks.one SET n = n + 1")
            committed = time.perf_counter()
            marking.append(1e3 * (marked - began))
            committing.append(1e3 * (committed - marked))
        cursor.execute("DROP SCHEMA bench_marks CASCADE")
    return marking[UPDATES // 10:], committing[UPDATES // 10:]


def reached(stack):
    """How often the database was asked for what a consumer has not marked."""
    with contextlib.closing(stack.admin()) as db, db.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute("SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements WHERE query LIKE '%telegram_gateway.serve($%'")
        return cursor.fetchone()[0]


def polls(gateway, stack, seconds):
    """How many polls there were, how many of them asked the database, and the milliseconds of each."""
    clients = [(Client(gateway), f"bench-poll-{n}") for n in range(POLLERS)]
    channels, times = channels_of(stack), []

    def round_of_polls():
        began = time.perf_counter()
        for channel in channels:
            for client, consumer in clients:
                asked = time.perf_counter()
                messages = client.poll(channel, consumer)
                times.append(1e3 * (time.perf_counter() - asked))
                if messages:
                    client.mark([message["id"] for message in messages], consumer)
        time.sleep(max(0, began + 1 - time.perf_counter()))  # each channel is asked for once a second

    for client, consumer in clients:  # what is there already
        for channel in channels:
            while messages := client.poll(channel, consumer):
                client.mark([message["id"] for message in messages], consumer)
    times.clear()
    before, ends = reached(stack), time.perf_counter() + seconds
    while time.perf_counter() < ends:
        round_of_polls()
    return len(times), reached(stack) - before, times
