// By hand: GATEWAY_URL=… node tests/e2e/pictures.mjs FOLDER: the pictures of docs/dashboard.md, from a demo with gaps. Needs
// ImageMagick: few colours are what keeps them small.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { at, close, open, someMessage, until, visit } from './browser.mjs';

const [folder] = process.argv.slice(2);

async function keep(page, name) {
  await page.evaluate(() => document.fonts.ready);
  const file = path.join(folder, `${name}.png`);
  execFileSync('convert', ['-', '+dither', '-colors', '200', '-define', 'png:compression-level=9', '-strip', `PNG8:${file}`], { input: await page.screenshot() });
  console.log(`${name}.png: ${(statSync(file).size / 1024).toFixed(0)} KB`);
  await page.context().close();
}

const overview = await open();
await overview.waitForSelector('.channel-table tbody tr');
await until('a hole', () => overview.evaluate(() => document.querySelector('#verdict')?.dataset.verdict === 'hole' && document.querySelector('.row-warn .cov-hole') !== null), 180_000);
await keep(overview, 'overview');

const edit = await someMessage('an edit', 'onlyEdited=true', (one) => !one.deletedAt && one.versions > 1);
const reader = await open('settings', { scheme: 'dark' });
await visit(reader, at(edit));
await reader.waitForSelector('.inspector .versions li');
await reader.keyboard.press('e');
await reader.waitForSelector('.bubble.selected .edited[aria-pressed="true"]');
await keep(reader, 'messages');

const phone = await open('', { width: 390, height: 844, locale: 'pt-BR' });
await phone.waitForSelector('.channel-table tbody tr');
await keep(phone, 'phone');
await close();
