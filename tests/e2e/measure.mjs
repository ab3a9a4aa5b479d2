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

/** By how many px the first whole message that is seen moves while `act` happens. */
async function shift(page, act) {
  const place = () => page.evaluate(() => {
    const list = document.querySelector('.scroller').getBoundingClientRect();
    for (const one of document.querySelectorAll('[data-message]')) {
      const box = one.getBoundingClientRect();
      if (box.top >= list.top + 40) return { id: one.dataset.message, top: box.top };
    }
    return null;
  });
  const before = await place();
  await act();
  const after = await page.evaluate((id) => document.querySelector(`[data-message="${id}"]`)?.getBoundingClientRect().top ?? null, before.id);
  return after === null ? 'gone' : `${Math.abs(after - before.top).toFixed(1)} px`;
}

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

  // A page of older messages arrives while nothing else moves: the reader stands still.
  await page.locator('.scroller').evaluate((list) => { list.scrollTop = 3_000; });
  await page.waitForTimeout(600);
  const height = () => page.locator('.scroller').evaluate((list) => list.scrollHeight);
  say('prepend of a page moves by', await shift(page, async () => {
    const before = await height();
    await page.locator('.scroller').evaluate((list) => { list.dispatchEvent(new Event('scroll')); });
    const more = page.waitForFunction((was) => document.querySelector('.scroller').scrollHeight > was + 1_000, before, { timeout: 5_000 }).catch(() => say('', '(no page came)'));
    await page.evaluate(() => { const list = document.querySelector('.scroller'); list.scrollTop -= 0; });
    await more;
    await page.waitForTimeout(300);
  }));

  // Everything that may be loaded.
  const began = Date.now();
  for (let i = 0; i < 500; i += 1) {
    await page.locator('.scroller').evaluate((list) => { list.scrollTop = 0; });
    await page.waitForTimeout(12);
  }
  say('thrown to the top 500 times', `${((Date.now() - began) / 1000).toFixed(1)} s; rows ${await rows(page)}, height ${await height()} px, heap ${(await heap(page)).toFixed(1)} MB`);
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
  await live.locator('.scroller').evaluate((list) => { list.scrollTop -= 1_500; });
  await live.waitForTimeout(500);
  say('append below moves by', await shift(live, async () => { await live.waitForSelector('.new-pill:not(.quiet-pill)', { timeout: 60_000 }); await live.waitForTimeout(200); }));
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
