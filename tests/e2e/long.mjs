// By hand: node tests/e2e/long.mjs [MINUTES=30] [RATE=20]: what an eight hours' day does to the dashboard. A gateway of its
// own posts RATE messages a second; one tab stays in a channel, at its end, another walks through the pages. In the midst
// the network goes, the tab is hidden, and the computer sleeps. At the end: heap, listeners, nodes, streams, and every id.
import { api, close, open, until, use, visit } from './browser.mjs';
import { ownGateway } from './own.mjs';

const minutes = Number(process.argv[2] ?? 30);
const rate = Number(process.argv[3] ?? 20);
const own = await ownGateway({ demo: ['--rate', String(rate), '--channels', '1', '--history', '200'] });
use(own.url);
const wait = (ms) => new Promise((resume) => setTimeout(resume, ms));
const failures = [];
const check = (fits, what) => { console.log(`${fits ? 'ok  ' : 'BAD '} ${what}`); if (!fits) failures.push(what); };

const streams = async () => Number(/^telegram_gateway_streams(?:\{.*\})? (\d+)/m.exec(await (await fetch(`${own.url}/metrics`)).text())?.[1]);
async function measured(page, session) {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name) => metrics.find((one) => one.name === name).value;
  return { heap: of('JSHeapUsedSize') / 1e6, listeners: of('JSEventListeners'), nodes: of('Nodes'), documents: of('Documents') };
}
const median = (all) => all.slice().sort((a, b) => a - b)[Math.floor(all.length / 2)];

const { channelId } = (await api('telegram-gateway/channels?px=20'))[0];
const reader = await open(`c/${channelId}`);
await reader.waitForSelector('.bubble');
const sleeper = await reader.context().newCDPSession(reader);
await sleeper.send('Performance.enable');
const walker = await open();
const walking = await walker.context().newCDPSession(walker);
await walking.send('Performance.enable');
const tour = ['c', `c/${channelId}`, 'channels', `channels/${channelId}`, 'destinations', 'jobs', 'set-aside', 'accounts', 'logs', 'settings', 'search?q=ouro', ''];

/** By the page's own links and router: a reload would hide what leaks. */
async function walk() {
  for (const where of tour) {
    await walker.evaluate((to) => { const link = document.body.appendChild(document.createElement('a')); link.href = new URL(to, document.baseURI).pathname + new URL(to, document.baseURI).search; link.click(); link.remove(); }, where);
    await until(`the page ${where}`, () => walker.evaluate((to) => location.pathname + location.search === new URL(to, document.baseURI).pathname + new URL(to, document.baseURI).search && document.querySelector('h1') !== null && document.querySelector('main').childElementCount > 0, where));
    await wait(400);
  }
}

/** Every id between two that the list shows, read from the bottom up as a person would scroll. */
async function idsShown(from) {
  const seen = new Set();
  await reader.keyboard.press('End');
  for (let i = 0; i < 2_000; i += 1) {
    const ids = await reader.evaluate(() => {
      const list = document.querySelector('.scroller');
      const ids = [...document.querySelectorAll('.scroller [data-id]')].map((one) => Number(one.dataset.id.split(':')[1]));
      list.scrollBy(0, -600);
      return ids;
    });
    for (const id of ids) seen.add(id);
    if (Math.min(...ids) < from) break;
    await reader.evaluate(() => new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(resume))));
    // The start of the channel: at the top, and no older page is on its way.
    if (i > 5 && await reader.evaluate(() => { const list = document.querySelector('.scroller'); return list.scrollTop === 0 && list.getAttribute('aria-busy') === 'false'; })) break;
  }
  await reader.keyboard.press('End');
  return seen;
}
async function newestId() { return (await api(`messages?channelId=${channelId}&limit=1&sort=newest&includeDeleted=true`))[0].messageId; }
/** Whether everything that was posted since `from` stands in the list; albums stand there by their first. */
async function noGap(what, from) {
  const to = await newestId();
  const place = () => reader.evaluate(() => { const list = document.querySelector('.scroller'); return JSON.stringify({ below: list.scrollHeight - list.scrollTop - list.clientHeight, last: [...list.querySelectorAll('[data-id]')].at(-1)?.dataset.id, says: document.querySelector('main').innerText.slice(-200) }); });
  await until(`${to} to be shown`, () => reader.evaluate((id) => [...document.querySelectorAll('.scroller [data-id]')].some((one) => Number(one.dataset.id.split(':')[1]) >= id), to), 60_000).catch(async (error) => { console.log(`${what}: ${await place()}`); throw error; });
  const expected = [];
  for (let cursor = '', more = true; more;) {
    const page = await (await fetch(`${own.url}/api/messages?channelId=${channelId}&limit=1000&sort=newest&includeDeleted=true${cursor}`)).json();
    expected.push(...page.data.filter(({ messageId }) => messageId > from && messageId <= to));
    more = page.pagination.hasMore && page.data.at(-1).messageId > from;
    cursor = `&cursor=${encodeURIComponent(page.pagination.nextCursor)}`;
  }
  const seen = await idsShown(from);
  const firstOf = new Map();
  for (const { messageId, albumId } of expected.slice().sort((a, b) => a.messageId - b.messageId)) if (albumId && !firstOf.has(albumId)) firstOf.set(albumId, messageId);
  const lost = expected.filter(({ messageId, albumId }) => !seen.has(messageId) && !(albumId && firstOf.get(albumId) !== messageId));
  check(lost.length === 0, `${what}: ${expected.length} messages since, ${lost.length} not in the list${lost.length ? ` (${lost.slice(0, 5).map(({ messageId }) => messageId).join()} …)` : ''}`);
}

const incidents = [
  ['the network is gone for 40 s', async () => { await reader.context().setOffline(true); await until('the bar says so', () => reader.evaluate(() => document.querySelector('.bar-away') !== null), 40_000); await wait(30_000); await reader.context().setOffline(false); }],
  // As a computer that sleeps: nothing of the browser runs, and the gateway goes on.
  ['the computer sleeps for 60 s', async () => {
    const system = await reader.context().browser().newBrowserCDPSession();
    const pids = (await system.send('SystemInfo.getProcessInfo')).processInfo.map(({ id }) => id);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await wait(60_000);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }],
  ['the tab is hidden for 60 s', async () => {
    const hide = (hidden) => reader.evaluate((now) => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => now }); document.dispatchEvent(new Event('visibilitychange')); }, hidden);
    await hide(true);
    await until('the stream is closed after 30 s', async () => (await streams()) === 1, 45_000);
    check(/missing|hole/i.test(await reader.title()), `hidden, the title goes on: ${await reader.title()}`);
    await wait(20_000);
    await hide(false);
  }],
];

const readings = [];
const begun = Date.now();
const end = begun + minutes * 60_000;
for (let round = 0; Date.now() < end; round += 1) {
  await walk();
  if (round % 2 === 1 && incidents.length) {
    const [what, happens] = incidents.shift();
    const from = await newestId();
    await happens();
    await until('live again', () => reader.evaluate(() => document.querySelector('.live-live') !== null && document.querySelector('.bar-away') === null), 60_000);
    await noGap(what, from);
  }
  const [r, w] = [await measured(reader, sleeper), await measured(walker, walking)];
  readings.push({ r, w, streams: await streams() });
  console.log(`${((Date.now() - begun) / 60_000).toFixed(1)} min  reader ${r.heap.toFixed(1)} MB ${r.listeners} listeners ${r.nodes} nodes | walker ${w.heap.toFixed(1)} MB ${w.listeners} listeners ${w.nodes} nodes ${w.documents} documents | ${await streams()} streams`);
  await wait(5_000);
}

const part = (from, to, of) => median(readings.slice(Math.floor(readings.length * from), Math.max(1, Math.ceil(readings.length * to))).map(of));
for (const [name, of] of [['reader', ({ r }) => r], ['walker', ({ w }) => w]]) {
  const [early, late] = [part(0.1, 0.4, (one) => of(one).heap), part(0.7, 1, (one) => of(one).heap)];
  check(late < 150, `${name}: heap ${late.toFixed(1)} MB, limit 150`);
  check(late - early < Math.max(3, early * 0.15), `${name}: heap ${early.toFixed(1)} MB early, ${late.toFixed(1)} MB late`);
  const [l0, l1] = [part(0.1, 0.4, (one) => of(one).listeners), part(0.7, 1, (one) => of(one).listeners)];
  check(l1 <= l0 * 1.2 + 40, `${name}: ${l0} listeners early, ${l1} late`);
  const [n0, n1] = [part(0.1, 0.4, (one) => of(one).nodes), part(0.7, 1, (one) => of(one).nodes)];
  check(n1 <= n0 * 1.3 + 1_000, `${name}: ${n0} nodes early, ${n1} late`);
}
check(readings.every(({ streams: n }) => n <= 2), `streams: at most ${Math.max(...readings.map(({ streams: n }) => n))} for two tabs`);
await visit(walker, '');
await close();
await own.remove();
process.exitCode = failures.length ? 1 : 0;
