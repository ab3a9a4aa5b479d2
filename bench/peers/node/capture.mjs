// A capture script as its users write it: for each message an insert, two keys in the cache, a confirmed publish.
//
//   node capture.mjs MESSAGES.ndjson SECONDS        prints {"messages": N, "seconds": S}
//
// Each line is {"channelId", "messageId", "date", "text", "message"}. Servers and passwords come in the environment.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import amqp from "amqplib";
import Redis from "ioredis";
import pg from "pg";

const [file, seconds] = process.argv.slice(2);
const env = process.env;

const pool = new pg.Pool({ host: env.PGHOST, port: env.PGPORT, user: env.PGUSER, password: env.PGPASSWORD,
                           database: env.PGDATABASE, max: 10 });
const redis = new Redis({ host: "127.0.0.1", port: Number(env.REDIS_PORT), password: env.REDIS_PASSWORD });
const broker = await amqp.connect({ hostname: "127.0.0.1", port: Number(env.AMQP_PORT), username: "telegram",
                                    password: env.AMQP_PASSWORD, vhost: "telegram" });
const channel = await broker.createConfirmChannel();

await pool.query("CREATE SCHEMA IF NOT EXISTS bench_node");
await pool.query("DROP TABLE IF EXISTS bench_node.messages");
await pool.query(`CREATE TABLE bench_node.messages (
  id bigserial PRIMARY KEY, channel_id bigint NOT NULL, message_id bigint NOT NULL, telegram_date timestamptz NOT NULL,
  text text, metadata jsonb NOT NULL, status text NOT NULL DEFAULT 'received', created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (channel_id, message_id))`);

async function capture(message) {
  const { channelId, messageId, date, text } = message;
  const stored = await pool.query(
    `INSERT INTO bench_node.messages (channel_id, message_id, telegram_date, text, metadata) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (channel_id, message_id) DO NOTHING RETURNING id`,
    [channelId, messageId, date, text, JSON.stringify(message.message)]);
  if (stored.rowCount === 0) return;
  const body = JSON.stringify(message);
  await redis.setex(`bench:node:msg:${channelId}:${messageId}`, 3600, body);
  await redis.zadd(`bench:node:channel:${channelId}:recent`, Date.parse(date), messageId);
  channel.publish("telegram.messages", `telegram.channel.${channelId}`, Buffer.from(body),
                  { persistent: true, contentType: "application/json", messageId: `${channelId}:${messageId}` });
  await channel.waitForConfirms();
}

let messages = 0;
const began = performance.now();
for await (const line of createInterface({ input: createReadStream(file) })) {
  await capture(JSON.parse(line));
  messages += 1;
  if (performance.now() - began > seconds * 1000) break;
}
const took = (performance.now() - began) / 1000;

await pool.query("DROP SCHEMA bench_node CASCADE");
await channel.close();
await broker.close();
redis.disconnect();
await pool.end();
console.log(JSON.stringify({ messages, seconds: took }));
process.exit(0);
