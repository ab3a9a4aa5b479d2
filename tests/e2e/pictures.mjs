// By hand: GATEWAY_URL=… node tests/e2e/pictures.mjs FOLDER: the pictures of docs/dashboard.md, from a demo with gaps, in 256
// colours, which is what keeps them small.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { at, close, open, someMessage, until, visit } from './browser.mjs';

const [folder] = process.argv.slice(2);

function crc32(bytes) {
  let c = 0xFFFFFFFF;
  for (const byte of bytes) { c ^= byte; for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xEDB88320 ^ (c >>> 1) : c >>> 1; }
  return (c ^ 0xFFFFFFFF) >>> 0;
}
function chunk(name, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(name, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}
const far = (a, b) => ((a & 255) - (b & 255)) ** 2 + ((a >> 8 & 255) - (b >> 8 & 255)) ** 2 + ((a >> 16 & 255) - (b >> 16 & 255)) ** 2;

/** Pixels (RGBA, 32 bits each) as a PNG of the 256 colours that most of them have; the rest take the nearest. */
function indexed(pixels, width, height) {
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel & 0xFFFFFF, (counts.get(pixel & 0xFFFFFF) ?? 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const kept = [];
  for (const apart of [60, 8]) for (const colour of byCount) if (kept.length < 256 && kept.every((one) => far(one, colour) > apart)) kept.push(colour);
  const nearest = new Map(byCount.map((colour) => [colour, kept.reduce((best, one, i) => (far(one, colour) < far(kept[best], colour) ? i : best), 0)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = nearest.get(pixels[y * width + x] & 0xFFFFFF);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const palette = Buffer.from(kept.flatMap((one) => [one & 255, one >> 8 & 255, one >> 16 & 255]));
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('PLTE', palette), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

async function keep(page, name) {
  await page.evaluate(() => document.fonts.ready.then(() => true));
  const source = (await page.screenshot()).toString('base64');
  const blank = await page.context().newPage();
  const { pixels, width, height } = await blank.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let text = '';
    for (let i = 0; i < data.length; i += 32_768) text += String.fromCharCode(...data.subarray(i, i + 32_768));
    return { pixels: btoa(text), width: image.width, height: image.height };
  }, source);
  const bytes = Buffer.from(pixels, 'base64');
  const small = indexed(new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)), width, height);
  writeFileSync(path.join(folder, `${name}.png`), small);
  console.log(`${name}.png: ${(small.length / 1024).toFixed(0)} KB`);
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
