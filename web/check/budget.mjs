// Fails when the built dashboard outgrows its budget (gzip -9, KB of 1024 bytes; fonts are packed already).
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.env.OUT ?? path.join(here, '../dist'));
const { firstLoad, font } = JSON.parse(readFileSync(path.join(here, 'first-load.json'), 'utf8'));
const kb = (name) => (name.endsWith('.woff2') ? readFileSync(path.join(out, name)) : gzipSync(readFileSync(path.join(out, name)), { level: 9 })).length / 1024;
const sum = (names) => names.reduce((total, name) => total + kb(name), 0);
const files = readdirSync(out, { recursive: true }).map(String).filter((name) => /\.(js|json|css|woff2)$/.test(name));
const all = (ending) => files.filter((name) => name.endsWith(ending));

const rows = [
  ['JavaScript, all of it', sum(all('.js')), 120],
  ['JavaScript, first load, and the texts', sum([...firstLoad, 'boot.js']) + Math.max(...all('.json').map(kb)), 80],
  ['CSS, all of it', sum(all('.css')), 20],
  ['Fonts, all of them', sum(all('.woff2')), 105],
  ['Font, first load', kb(font), 105],
];
let over = false;
for (const [what, size, limit] of rows) {
  const ok = size <= limit;
  over ||= !ok;
  console.log(`${ok ? 'ok  ' : 'OVER'} ${what}: ${size.toFixed(1)} of ${limit} KB`);
}
if (over) console.log('\nThe largest:\n' + files.sort((a, b) => kb(b) - kb(a)).slice(0, 8).map((name) => `  ${kb(name).toFixed(1)} KB  ${name}`).join('\n'));
process.exit(over ? 1 : 0);
