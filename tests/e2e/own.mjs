// Gateways that a test starts for itself, with a configuration of its own, and ends as it likes.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './browser.mjs';

const binary = process.env.TG_BINARY ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../../build/release/telegram-gateway');
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TELEGRAM_GATEWAY_')));

/** A demo gateway. `toml`: its configuration; `files`: beside it, mode 0600; `demo`: flags of the command. */
export async function ownGateway({ toml = '', files = {}, demo = [] } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'telegram-gateway-'));
  for (const [name, text] of Object.entries({ 'gateway.toml': toml, ...files })) await writeFile(path.join(folder, name), text, { mode: 0o600 });
  const log = path.join(folder, 'log');
  let child;
  const own = {
    folder,
    port: 0,
    get url() { return `http://127.0.0.1:${own.port}`; },
    get pid() { return child.pid; },
    async start() {
      const file = await open(log, 'w');
      child = spawn(binary, ['--data-dir', path.join(folder, 'data'), 'demo', '--host', '127.0.0.1', '--port', String(own.port), '--config', path.join(folder, 'gateway.toml'), ...demo], { stdio: ['ignore', file.fd, file.fd], env: environment });
      await file.close();
      await until('the gateway to answer', async () => {
        const text = await readFile(log, 'utf8');
        if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}:\n${text.slice(-2_000)}`);
        own.port ||= Number(/ api_started .*port=(\d+)/.exec(text)?.[1] ?? 0);
        return own.port && fetch(`${own.url}/health/live`).then((answer) => answer.ok, () => false);
      });
      return own;
    },
    signal: (name) => child.kill(name),
    async end(name = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resume) => child.once('exit', resume));
      child.kill(name);
      await gone;
    },
    async remove() {
      await own.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
  try { return await own.start(); } catch (error) { await own.remove(); throw error; }
}

const here = path.dirname(fileURLToPath(import.meta.url));
/** Why there can be no Telegram of the test's own, or false. */
export const noTelegram = existsSync(path.join(here, '../../tdlib/node_modules/@prebuilt-tdlib/linux-x64-glibc/libtdjson.so')) ? false : 'TDLib is not there';

/** A gateway with the real TDLib and a Telegram of the test's own (telegram.py). `settings`: of [telegram]. */
export async function ownTelegram(settings = {}) {
  const helper = spawn('/usr/bin/python3', [path.join(here, 'telegram.py'), JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: helper.stdout })) {
    const { gateway: url, control } = JSON.parse(line);
    return {
      url,
      control: async (name, more = {}) => (await fetch(control, { method: 'POST', body: JSON.stringify({ do: name, ...more }) })).json(),
      async remove() {
        const ended = new Promise((resume) => helper.once('exit', resume));
        helper.stdin.end();
        await ended;
      },
    };
  }
  throw new Error('telegram.py said nothing');
}

/** A server of one handler on a free port of loopback. */
export async function ownServer(handler, port = 0) {
  const server = createServer(handler);
  await new Promise((resume, fail) => { server.once('error', fail); server.listen(port, '127.0.0.1', resume); });
  return {
    port: server.address().port,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resume) => { server.close(resume); server.closeAllConnections?.(); }),
  };
}
