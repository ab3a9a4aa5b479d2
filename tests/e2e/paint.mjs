// By hand: GATEWAY_URL=… node tests/e2e/paint.mjs [LOADS]: first contentful paint of Overview and of a channel, uncached.
import { close, everyPage, open } from './browser.mjs';

const loads = Number(process.argv[2] ?? 6);
const limitMs = 1_000;
const pages = await everyPage();
let over = false;
for (const name of ['overview', 'channel']) {
  const paints = [];
  const whole = [];
  for (let i = 0; i < loads; i += 1) {
    const page = await open(pages[name]); // a context of its own: no cache, no service worker
    await page.waitForSelector(name === 'overview' ? '.channel-table tbody tr' : '.bubble');
    const { paint, shown } = await page.evaluate(() => ({ paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, shown: performance.now() }));
    paints.push(paint);
    whole.push(shown);
    await page.context().close();
  }
  const text = (all) => all.map((ms) => (ms / 1_000).toFixed(2)).join(' ');
  over ||= paints.some((ms) => !(ms < limitMs));
  console.log(`${name}: first contentful paint ${text(paints)} s; with its data ${text(whole)} s`);
}
await close();
if (over) { console.log(`over ${limitMs} ms`); process.exitCode = 1; }
