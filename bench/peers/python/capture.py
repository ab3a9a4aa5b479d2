"""A capture script as its users write it: for each message an insert, two keys in the cache, a confirmed publish.

    python3 capture.py MESSAGES.ndjson SECONDS        prints {"messages": N, "seconds": S}

Each line is {"channelId", "messageId", "date", "text", "message"}. Servers and passwords come in the environment.
"""

import datetime
import json
import os
import sys
import time

import pika
import psycopg2
import psycopg2.extras
import redis

ENV = os.environ


def main(file, seconds):
    database = psycopg2.connect("")  # PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE
    cache = redis.Redis(port=int(ENV["REDIS_PORT"]), password=ENV["REDIS_PASSWORD"])
    credentials = pika.PlainCredentials("telegram", ENV["AMQP_PASSWORD"])
    broker = pika.BlockingConnection(
        pika.ConnectionParameters("127.0.0.1", int(ENV["AMQP_PORT"]), "telegram", credentials))
    channel = broker.channel()
    channel.confirm_delivery()
    with database.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS bench_python")
        cursor.execute("DROP TABLE IF EXISTS bench_python.messages")
        cursor.execute(
            "CREATE TABLE bench_python.messages (id bigserial PRIMARY KEY, channel_id bigint NOT NULL, message_id bigint "
            "NOT NULL, telegram_date timestamptz NOT NULL, text text, metadata jsonb NOT NULL, status text NOT NULL "
            "DEFAULT 'received', created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (channel_id, message_id))")
    database.commit()

    def capture(message):
        with database.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_python.messages (channel_id, message_id, telegram_date, text, metadata) VALUES "
                "(%s, %s, %s, %s, %s) ON CONFLICT (channel_id, message_id) DO NOTHING",
                (message["channelId"], message["messageId"], message["date"], message["text"],
                 psycopg2.extras.Json(message["message"])))
            new = cursor.rowcount
        database.commit()
        if not new:
            return
        body = json.dumps(message)
        place = f"{message['channelId']}:{message['messageId']}"
        posted = datetime.datetime.fromisoformat(message["date"].replace("Z", "+00:00")).timestamp()
        cache.setex(f"bench:python:msg:{place}", 3600, body)
        cache.zadd(f"bench:python:channel:{message['channelId']}:recent", {message["messageId"]: posted})
        channel.basic_publish(
            "telegram.messages", f"telegram.channel.{message['channelId']}", body,
            pika.BasicProperties(delivery_mode=2, content_type="application/json", message_id=place))

    messages = 0
    began = time.monotonic()
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            capture(json.loads(line))
            messages += 1
            if time.monotonic() - began > seconds:
                break
    took = time.monotonic() - began
    with database.cursor() as cursor:
        cursor.execute("DROP SCHEMA bench_python CASCADE")
    database.commit()
    print(json.dumps({"messages": messages, "seconds": took}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
