"""A reader that may be killed at any moment: it writes down what it did, one JSON line each, and goes on from there.

    python3 reader.py stream|consumer|poll|pair URL LOG [CHANNEL]

It trusts nothing but its own lines: {"event": SEQ, "key": KEY} or {"message": ID, "arrival": SEQ} when something was
handled, {"acked": ...} when the gateway had confirmed an acknowledgement, {"run": true} at each start.
"""

import http.client
import json
import sys
import time
import urllib.request

FILTER = "kinds=new,edited,deleted&origins=live"
NAME = "desk"


class Log:
    def __init__(self, path):
        self.file = open(path, "a+", encoding="utf-8")
        self.file.seek(0)
        text = self.file.read()
        whole = text.rfind("\n") + 1
        self.file.truncate(len(text[:whole].encode()))  # what the kill cut
        self.entries = [json.loads(line) for line in text[:whole].splitlines()]
        self.add(run=True)

    def add(self, **entry):
        self.entries.append(entry)
        self.file.write(json.dumps(entry) + "\n")
        self.file.flush()

    def last(self, name):
        return next((entry[name] for entry in reversed(self.entries) if name in entry), 0)


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def events_of(url, headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        for line in answer:
            if line.startswith(b"data: {") and line.endswith(b"\n"):
                yield json.loads(line[6:])


def stream(url, log):
    last = log.last("event")
    for event in events_of(f"{url}/api/events?from=oldest&{FILTER}", {"Last-Event-ID": str(last)} if last else {}):
        log.add(event=event["seq"], key=event["key"])


def consumer(url, log):
    ask(f"{url}/api/consumers", {"name": NAME, "from": "oldest"})
    open_ones = 0
    for event in events_of(f"{url}/api/events?consumer={NAME}&{FILTER}", {}):
        log.add(event=event["seq"], key=event["key"])
        open_ones += 1
        if open_ones >= 7:
            ask(f"{url}/api/consumers/{NAME}/ack", {"seq": event["seq"]})
            log.add(acked=event["seq"])
            open_ones = 0


def poll(url, log):
    while True:
        page = ask(f"{url}/api/events/poll?from=oldest&after={log.last('acked')}&limit=50&wait=2&{FILTER}")
        for event in page["data"]:
            log.add(event=event["seq"], key=event["key"])
        log.add(acked=page["next"])


def pair(url, log, channel):
    while True:
        page = ask(f"{url}/api/messages/unprocessed?channel={channel}&excludeProcessedBy={NAME}&limit=20")
        ids = [message["id"] for message in page["data"]]
        for message in page["data"]:
            log.add(message=message["id"], arrival=message["arrivalSeq"])
        if ids:
            ask(f"{url}/api/messages/mark-processed", {"messageIds": ids, "processedBy": NAME})
            log.add(acked=ids)


def main(mode, url, path, *more):
    log = Log(path)
    while True:
        try:
            {"stream": stream, "consumer": consumer, "poll": poll, "pair": pair}[mode](url, log, *more)
        except (OSError, http.client.HTTPException, ValueError):
            log.add(run=True)  # the gateway went away: as after a death, from what is written down
            time.sleep(0.05)  # before it is called again


if __name__ == "__main__":
    main(*sys.argv[1:])
