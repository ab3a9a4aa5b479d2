// A gateway of a test's own, that asks for tokens, and can be ended and started again on the same port.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './browser.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const binary = process.env.TG_BINARY ?? path.join(root, 'build/release/telegram-gateway');
/** Made up for this run; good for everything. */
export const adminToken = 'administrator-of-this-test-only';

function freePort() {
  return new Promise((resume, fail) => {
    const server = createServer().once('error', fail).listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resume(port)); });
  });
}

export async function startGateway() {
  const folder = mkdtempSync(path.join(tmpdir(), 'tg-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child;
  const start = async () => {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TELEGRAM_GATEWAY_')));
    child = spawn(binary, ['--data-dir', path.join(folder, 'data'), 'demo', '--host', '127.0.0.1', '--port', String(port), '--rate', '2', '--channels', '3', '--history', '40'], {
      env: { ...clean, TELEGRAM_GATEWAY_API_KEY: adminToken, TELEGRAM_GATEWAY_AUTH__REQUIRE_TOKEN: 'true' }, stdio: 'ignore',
    });
    await until('the gateway answers', async () => fetch(`${url}/health/ready`).then(({ ok }) => ok, () => false));
  };
  const stop = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resume) => child.once('exit', resume));
    child.kill('SIGKILL');
    await ended;
  };
  const call = async (method, what, body, token = adminToken) => {
    const response = await fetch(`${url}/api/${what}`, { method, headers: { 'Content-Type': 'application/json', 'X-Gateway-Token': token }, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: response.status, ...(await response.json()) };
  };
  const makeToken = async (name, scope) => {
    const { status, data } = await call('POST', 'telegram-gateway/tokens', { name, scopes: [scope] });
    assert.equal(status, 201);
    return data;
  };
  await start();
  return { url, start, stop, call, makeToken, end: async () => { await stop(); rmSync(folder, { recursive: true, force: true }); } };
}
