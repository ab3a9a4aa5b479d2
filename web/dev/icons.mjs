// Development aid: draws the PNG icons from public/icons/icon.svg (needs /usr/bin/chromium).
import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const icons = path.join(path.dirname(fileURLToPath(import.meta.url)), '../public/icons');
const svg = readFileSync(path.join(icons, 'icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const [name, size, pad] of [['icon-192', 192, 0], ['icon-512', 512, 0], ['icon-maskable-512', 512, 64]]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const ground = pad ? 'background:#0A6A78' : '';
  await page.setContent(`<body style="margin:0;padding:${pad}px;box-sizing:border-box;${ground}">${svg.replace('<svg ', `<svg width="${size - 2 * pad}" `)}</body>`);
  await page.screenshot({ path: path.join(icons, `${name}.png`), omitBackground: true });
}
await browser.close();
