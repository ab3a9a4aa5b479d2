// A gateway over an export that a test made up and imported.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './browser.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const binary = process.env.TG_BINARY ?? path.join(root, 'build/release/telegram-gateway');
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TELEGRAM_GATEWAY_')));

function run(...more) {
  const done = spawnSync(binary, more, { env: environment, encoding: 'utf8', maxBuffer: 64 << 20 });
  // 3: done, but something was set aside, as may be of what is hostile.
  assert.ok(done.status === 0 || done.status === 3, `${more[0]}: ${done.stderr || done.stdout}`);
  return done.stdout;
}

/** `files`: name → content, beside the export. `rewrite`: changes an event before it is taken in, for what exports do not have. */
export async function imported(exported, files = new Map(), rewrite = null) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'own-'));
  let data = path.join(folder, 'data');
  writeFileSync(path.join(folder, 'result.json'), JSON.stringify(exported));
  for (const [name, content] of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  run('import', path.join(folder, 'result.json'), '--media', '--data-dir', data);
  if (rewrite) {
    const lines = run('export', '--format', 'ndjson', '--data-dir', data).trim().split('\n').map((line) => JSON.parse(line));
    const second = path.join(folder, 'second.ndjson');
    for (const line of lines) if (line.message) rewrite(line.message);
    writeFileSync(second, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    const first = data;
    data = path.join(folder, 'rewritten');
    mkdirSync(data);
    cpSync(path.join(first, 'media'), path.join(data, 'media'), { recursive: true });
    run('import', second, '--data-dir', data);
  }
  const child = spawn(binary, ['--data-dir', data, 'run', '--host', '127.0.0.1', '--port', '0'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { said += chunk; });
  const port = await until('the gateway listens', () => { assert.equal(child.exitCode, null, said); return / api_started .*port=(\d+)/.exec(said)?.[1]; });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      const ended = new Promise((resume) => child.once('exit', resume));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
