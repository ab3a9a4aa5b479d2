// Fails when the built dashboard outgrows its budget (gzip -9, KB of 1024 bytes).
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.env.OUT ?? path.join(here, '../dist'));
const { firstLoad, style, font } = JSON.parse(readFileSync(path.join(here, 'first-load.json'), 'utf8'));
const gzipKb = (name) => gzipSync(readFileSync(path.join(out, name)), { level: 9 }).length / 1024;
const sum = (names) => names.reduce((total, name) => total + gzipKb(name), 0);
const scripts = readdirSync(path.join(out, 'assets')).filter((name) => name.endsWith('.js')).map((name) => `assets/${name}`);

const rows = [
  ['JavaScript, all of it', sum(scripts), 120],
  ['JavaScript, first load', sum(firstLoad), 80],
  ['CSS', gzipKb(style), 20],
  ['Font, first load', readFileSync(path.join(out, font)).length / 1024, 105],
];
let over = false;
for (const [what, kb, limit] of rows) {
  const ok = kb <= limit;
  over ||= !ok;
  console.log(`${ok ? 'ok  ' : 'OVER'} ${what}: ${kb.toFixed(1)} of ${limit} KB`);
}
process.exit(over ? 1 : 0);
