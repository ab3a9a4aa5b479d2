// How fast the reader is, measured by hand: prints figures and asserts nothing about time.
//
//   node tests/e2e/measure.mjs
//
//   TG_BINARY    the gateway, default build/release/telegram-gateway: it is given a folder of its own and 100,000
//                messages in one channel, which takes minutes
//   GATEWAY_URL  measures a gateway that runs already, in its fullest channel
//   MESSAGES     another number of messages
//   LIVE=S       also reads along at the end for so many seconds
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareList } from './bare.mjs';
import { api, close, open, until, use } from './browser.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const messages = Number(process.env.MESSAGES ?? 100_000);
const say = (what, value) => console.log(`${what.padEnd(34)} ${value}`);
const ms = (n) => `${n.toFixed(1)} ms`;
let child;
let folder;

async function started(rate) {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TELEGRAM_GATEWAY_')));
  child = spawn(process.env.TG_BINARY ?? path.join(root, 'build/release/telegram-gateway'),
    ['--data-dir', path.join(folder, 'data'), 'demo', '--host', '127.0.0.1', '--port', '0', '--channels', '1', '--rate', String(rate)], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { if (said.length < 100_000) said += chunk; });
  const port = await until('the gateway listens', () => / api_started .*port=(\d+)/.exec(said)?.[1]);
  use(`http://127.0.0.1:${port}`);
}
async function stopped() {
  const ended = new Promise((resume) => child.once('exit', resume));
  child.kill();
  await ended;
  child = undefined;
}
/** The demo posts as fast as it can until there are enough; then as slowly as people do. */
async function filled() {
  if (process.env.GATEWAY_URL) return;
  folder = mkdtempSync(path.join(os.tmpdir(), 'measure-'));
  const began = Date.now();
  await started(4_000);
  await until(`${messages} messages`, async () => {
    try { return (await api('telegram-gateway/channels?px=50'))[0]?.messageCount >= messages; } catch { return false; }
  }, 900_000);
  await stopped();
  say('filled in', `${((Date.now() - began) / 1000).toFixed(0)} s`);
  await started(0.5);
}

/** Scrolls by so many px a second for so long, and notes every frame. */
const scroll = (page, perSecond, seconds) => page.evaluate(async ({ perSecond: speed, seconds: long }) => {
  const list = document.querySelector('.scroller');
  const frames = [];
  const tasks = [];
  let most = 0;
  const observer = new PerformanceObserver((entries) => { for (const entry of entries.getEntries()) tasks.push(entry.duration); });
  observer.observe({ entryTypes: ['longtask'] });
  const from = Number(list.querySelector('[data-message]')?.dataset.message ?? 0);
  await new Promise((resume) => {
    const begin = performance.now();
    let last = begin;
    const step = (at) => {
      frames.push(at - last);
      list.scrollTop -= (speed * (at - last)) / 1000;
      last = at;
      most = Math.max(most, list.querySelectorAll('.row').length);
      if (at - begin < long * 1000) requestAnimationFrame(step); else resume();
    };
    requestAnimationFrame(step);
  });
  await new Promise((resume) => setTimeout(resume, 200));
  observer.disconnect();
  const to = Number(list.querySelector('[data-message]')?.dataset.message ?? 0);
  frames.shift();
  frames.sort((a, b) => a - b);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))];
  return { fps: 1000 / (frames.reduce((sum, one) => sum + one, 0) / frames.length), p50: at(0.5), p99: at(0.99), worst: at(1), tasks, most, passed: from - to };
}, { perSecond, seconds });

/** What is read, frame by frame, while the list is scrolled by so many px a frame (0: at rest), until something has come and
 *  a while longer: by how many px a message that is seen moved besides, at most in one frame and in all. */
const moved = (page, speed, come) => page.evaluate(async ({ speed: perFrame, come: what }) => {
  const list = document.querySelector('.scroller');
  const box = list.getBoundingClientRect();
  const height = list.scrollHeight;
  const isThere = { page: () => list.scrollHeight > height + 1_000, message: () => document.querySelector('.new-pill:not(.quiet-pill)') }[what];
  const painted = () => new Promise((resume) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resume; port2.postMessage(null); }));
  const places = () => new Map([...list.querySelectorAll('[data-message]')].map((one) => [one.dataset.message, one.getBoundingClientRect().top]).filter(([, top]) => top > box.top + 40 && top < box.bottom - 40));
  let [worst, sum, after] = [0, 0, 0];
  await painted();
  const end = performance.now() + 60_000;
  for (let before = places(), top = list.scrollTop; after < 40 && performance.now() < end;) {
    const asked = Math.min(perFrame, top);
    list.scrollTop -= asked;
    await painted();
    const now = places();
    top = list.scrollTop;
    const id = [...before.keys()].find((one) => now.has(one));
    const besides = id === undefined ? NaN : now.get(id) - before.get(id) - asked;
    worst = Math.max(worst, Math.abs(besides));
    sum += besides;
    before = now;
    if (after > 0 || isThere()) after += 1;
  }
  return after === 0 ? `nothing to say: no ${what} came` : `${worst.toFixed(1)} px at most in a frame, ${Math.abs(sum).toFixed(1)} px in all`;
}, { speed, come });

/** A page of older messages that is asked for and held back; what is returned lets it through. */
async function heldPage(page) {
  let asked;
  const wanted = new Promise((resume) => { asked = resume; });
  let through;
  const gate = new Promise((resume) => { through = resume; });
  await page.route(/\/api\/messages\?.*cursor=/, async (route) => { asked(); await gate; await route.continue(); }, { times: 1 });
  await page.locator('.scroller').evaluate((list) => { list.scrollTop = 2_000; });
  await wanted;
  return through;
}
const rests = (page) => page.evaluate(async () => {
  const list = document.querySelector('.scroller');
  for (let still = 0, top = NaN; still < 30; still = list.scrollTop === top ? still + 1 : 0, top = list.scrollTop) await new Promise(requestAnimationFrame);
});

async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}
const rows = (page) => page.locator('.scroller .row').count();

try {
  await filled();
  const [channel] = (await api('telegram-gateway/channels?px=50')).sort((a, b) => b.messageCount - a.messageCount);
  say('channel', `${channel.title}, ${channel.messageCount} messages`);
  const where = `c/${channel.channelId}`;

  const paints = [];
  for (let i = 0; i < 5; i += 1) {
    const page = await open(where);
    await page.waitForSelector('article');
    paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN));
    if (i === 4) say('articles at first', `${await page.locator('article').count()}, rows ${await rows(page)}`);
    await page.context().close();
  }
  say('first contentful paint, uncached', paints.map(ms).join(', '));

  const page = await open(where);
  await page.waitForSelector('article');
  say('heap at the end of the channel', `${(await heap(page)).toFixed(1)} MB`);
  for (const [speed, seconds] of [[3_600, 8], [15_000, 8], [60_000, 8]]) {
    const bare = await bareList(page.context(), 100_000);
    const best = await scroll(bare, speed, seconds);
    await bare.close();
    await page.bringToFront();
    say(`a bare list, ${speed} px/s`, `${best.fps.toFixed(1)} fps, frame p50 ${ms(best.p50)}, p99 ${ms(best.p99)}, worst ${ms(best.worst)}; rows at most ${best.most}`);
    const found = await scroll(page, speed, seconds);
    const long = found.tasks.length ? `${found.tasks.length}, the longest ${ms(Math.max(...found.tasks))}` : 'none';
    say(`scrolling ${speed} px/s`, `${found.fps.toFixed(1)} fps (${(found.fps / best.fps).toFixed(2)} of the bare list), frame p50 ${ms(found.p50)}, p99 ${ms(found.p99)}, worst ${ms(found.worst)}; long tasks: ${long}; rows at most ${found.most}; ${found.passed} ids passed`);
  }
  say('heap after scrolling', `${(await heap(page)).toFixed(1)} MB`);

  for (const [how, speed] of [['at rest', 0], ['while reading', 2]]) {
    const through = await heldPage(page);
    await rests(page);
    const [by] = await Promise.all([moved(page, speed, 'page'), through()]);
    say(`prepend of a page moves, ${how}`, by);
  }

  // Everything that may be loaded.
  const height = () => page.locator('.scroller').evaluate((list) => list.scrollHeight);
  const thrown = await page.locator('.scroller').evaluate(async (list) => {
    const end = performance.now() + 20_000;
    let n = 0;
    for (; performance.now() < end; n += 1) { list.scrollTop = 0; await new Promise(requestAnimationFrame); }
    return n;
  });
  say(`thrown to the top ${thrown} times`, `20 s; rows ${await rows(page)}, height ${await height()} px, heap ${(await heap(page)).toFixed(1)} MB`);
  const deep = await scroll(page, 15_000, 6);
  say('scrolling 15000 px/s with all that', `${deep.fps.toFixed(1)} fps, p99 ${ms(deep.p99)}, worst ${ms(deep.worst)}; long tasks ${deep.tasks.length}`);

  await page.getByRole('slider').focus();
  const jump = Date.now();
  await page.keyboard.press('Home');
  await page.waitForFunction(() => { const rail = document.querySelector('[role=slider]'); return Number(rail.getAttribute('aria-valuenow')) < Number(rail.getAttribute('aria-valuemax')) / 2 + Number(rail.getAttribute('aria-valuemin')) / 2; });
  say('rail to the beginning', `${Date.now() - jump} ms`);
  await page.keyboard.press('End');
  await page.context().close();

  const live = await open(where);
  await live.waitForSelector('article');
  for (const [how, speed] of [['at rest', 0], ['while reading', 1]]) {
    await live.keyboard.press('End');
    await live.waitForSelector('.new-pill', { state: 'detached' });
    await live.locator('.scroller').evaluate((list) => { list.scrollTop -= 1_500; });
    await rests(live);
    say(`append below moves, ${how}`, await moved(live, speed, 'message'));
  }
  if (process.env.LIVE) {
    await live.keyboard.press('End');
    const heapBefore = await heap(live);
    await live.waitForTimeout(Number(process.env.LIVE) * 1000);
    say(`reading along ${process.env.LIVE} s`, `heap ${heapBefore.toFixed(1)} → ${(await heap(live)).toFixed(1)} MB`);
  }
  say('problems', live.problems.length ? live.problems.join('; ') : 'none');
} finally {
  await close();
  if (child) await stopped();
  if (folder) rmSync(folder, { recursive: true, force: true });
}
