// Whatever goes wrong is said by the verdict, by the tab's title and by its icon, within five seconds of the gateway's
// knowing it; and while it lasts, nothing says that nothing is missing.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { api, close, done, gateway, open, shot, until, use } from './browser.mjs';
import { noTelegram, ownGateway, ownServer, ownTelegram } from './own.mjs';

const soonMs = 5_000;
const own = [];
const made = async (options) => { const one = await ownGateway(options); own.push(one); use(one.url); return one; };
after(async () => {
  await close();
  for (const one of own) await one.remove();
});

const said = (page) => page.evaluate(() => ({
  title: document.title,
  verdict: document.querySelector('#verdict')?.innerText ?? '',
  tone: document.querySelector('link[rel="icon"]').dataset.tone ?? '',
}));
const claims = /nothing missing/i;
/** Keeps every title and verdict that the page shows from now on. */
const watched = (page) => page.evaluate(() => {
  window.seen = [];
  const look = () => {
    const now = [document.title, document.querySelector('#verdict')?.innerText ?? ''];
    if (now.join() !== window.seen.at(-1)?.join()) window.seen.push(now);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  look();
});
const overview = () => api('telegram-gateway/overview');
async function opened() {
  const page = await open();
  await page.waitForSelector('#verdict');
  await until('a verdict in the title', async () => (await said(page)).title.startsWith((await said(page)).verdict));
  return page;
}
/** Waits until the API knows it, then for the page; returns how many milliseconds the page came later. */
async function follows(page, known, fits, what) {
  await until(`the API to say: ${what}`, known, 60_000);
  const from = Date.now();
  await until(`the page to say: ${what}; it says ${JSON.stringify(await said(page))}`, async () => fits(await said(page)), soonMs);
  const late = Date.now() - from;
  console.log(`# ${what}: ${late} ms after the API`);
  return late;
}
const complete = (now) => claims.test(now.verdict) && now.title.startsWith(now.verdict);

test('a hole, and its end', async () => {
  await made({ demo: ['--rate', '40', '--channels', '4', '--history', '50', '--gaps'] });
  const page = await opened();
  await follows(page, async () => (await overview()).verdict.code === 'hole',
    ({ title, verdict, tone }) => /^\S+ holes?, being filled/.test(title) && /hole/.test(verdict) && tone === 'warn' && !claims.test(title + verdict), 'a hole');
  await shot(page, 'truth-hole');
  await follows(page, async () => (await overview()).verdict.code === 'complete', (now) => complete(now) && now.tone === 'ok', 'the hole is closed');
  await done(page);
});

test('a destination that refuses, and that takes again', async () => {
  const receiver = await ownServer((request, response) => { request.resume(); response.writeHead(204).end(); });
  await made({
    toml: `[[webhooks]]\nname = "desk"\nurl = "${receiver.url}/news"\nsecret_file = "desk.secret"\nallow_private = true\n`,
    files: { 'desk.secret': 'a secret of the test, long enough for it' }, demo: ['--rate', '5', '--channels', '3', '--history', '20'],
  });
  const page = await opened();
  await follows(page, async () => (await overview()).attention.length === 0 && (await overview()).verdict.code === 'complete',
    (now) => complete(now) && !/late/.test(now.title) && now.tone === 'ok', 'all is well');

  await receiver.close();
  const isLate = async () => (await overview()).attention.some(({ code, destination }) => code === 'destination_late' && destination === 'webhook:desk');
  await follows(page, isLate, ({ title, tone }) => /one destination late/.test(title) && tone === 'warn', 'a late destination');
  assert.match(await page.locator('.verdict-detail').innerText(), /one destination late/);
  assert.match(await page.locator('.attention').innerText(), /desk[\s\S]*wait, none lost/);
  await shot(page, 'truth-late');

  const back = await ownServer((request, response) => { request.resume(); response.writeHead(204).end(); }, receiver.port);
  await follows(page, async () => !(await isLate()), ({ title, tone }) => !/late/.test(title) && tone === 'ok', 'the destination takes again');
  await back.close();
  await done(page);
});

test('a capture that stops because the disk is full', async () => {
  // The smallest journal that there may be, and demo channels that fill it.
  await made({ toml: '[journal]\nmax_bytes = 16777216\n', demo: ['--rate', '3000', '--channels', '6', '--history', '20'] });
  const page = await opened();
  await follows(page, async () => (await overview()).capture.state === 'stopped',
    ({ title, verdict, tone }) => /^Capture stopped at \d\d:\d\d/.test(title) && /^Capture stopped at/.test(verdict) && tone === 'bad' && !claims.test(title + verdict), 'a stopped capture');
  await until('the bar and the alert say so too', () => page.evaluate(() => /Capture stopped/.test(document.querySelector('.bars').innerText) && /Capture stopped/.test(document.querySelector('[role="alert"]').textContent)), soonMs);
  await shot(page, 'truth-stopped');
  await done(page);
});

test('a session that Telegram ends', { skip: noTelegram }, async () => {
  const telegram = await ownTelegram();
  own.push(telegram);
  use(telegram.url);
  const send = (path, body) => fetch(`${gateway}/api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const stage = (wanted) => until(`the account at ${wanted}`, async () => (await api('telegram-gateway/auth/status')).accounts[0]?.stage === wanted);
  await send('telegram-gateway/auth/start', { account: 'main', phone: '9996611234' });
  await stage('code');
  await send('telegram-gateway/auth/input', { account: 'main', value: await telegram.control('code') });
  await stage('ready');
  const channelId = await telegram.control('channel');
  await until('the channel is captured', async () => (await send('channels', { channelId })).ok);
  await until('it is whole', async () => (await overview()).verdict.code === 'complete');
  const page = await opened();

  await telegram.control('revoke');
  await follows(page, async () => (await overview()).capture.state === 'signed_out',
    ({ title, verdict, tone }) => /^Capture stopped at \d\d:\d\d/.test(title) && /^Capture stopped at/.test(verdict) && tone === 'bad' && !claims.test(title + verdict), 'a session that was ended');
  await page.waitForSelector('.bar-stopped[data-revoked="main"] a');
  await shot(page, 'truth-revoked');
  await done(page);
});

test('a proof that is too old, and a new one', async () => {
  await made({ toml: '[telegram]\nreconcile_every_s = 10\n', demo: ['--rate', '0.001', '--channels', '3', '--history', '20'] });
  const page = await opened();
  await follows(page, async () => (await overview()).verdict.code === 'stale',
    ({ title, verdict, tone }) => /^Not proven since \d\d:\d\d/.test(title) && /^Not proven since/.test(verdict) && tone === 'unknown' && !claims.test(title + verdict), 'a stale proof');
  await shot(page, 'truth-stale');

  await page.getByRole('button', { name: 'Sync now' }).click();
  await follows(page, async () => (await overview()).verdict.code === 'complete', (now) => complete(now) && now.tone === 'ok', 'a new proof');
  await done(page);
});

test('a gateway that is killed, and comes back: never a good word before it has given one', async () => {
  const one = await made({ demo: ['--rate', '1', '--channels', '3', '--history', '20'] });
  const page = await opened();
  await until('all is well', async () => complete(await said(page)));

  const from = Date.now();
  await one.end('SIGKILL');
  await until('the page says that it does not know', async () => {
    const { title, verdict, tone } = await said(page);
    return /^Not reachable since/.test(title) && /^Not reachable since/.test(verdict) && tone === 'unknown' && !claims.test(title + verdict);
  }, soonMs);
  console.log(`# a killed gateway: ${Date.now() - from} ms`);
  await watched(page);
  await shot(page, 'truth-away');

  let answered = false;
  await page.route('**/api/telegram-gateway/overview', async (route) => { const answer = await route.fetch(); answered = true; await page.evaluate(() => window.seen.push(['answered', ''])); await route.fulfill({ response: answer }); });
  await one.start();
  await until('all is well again', async () => complete(await said(page)));
  assert.ok(answered);
  const seen = await page.evaluate(() => window.seen.map(([title, verdict]) => `${title} | ${verdict}`));
  const early = seen.slice(0, seen.findIndex((text) => text.startsWith('answered')));
  assert.deepEqual(early.filter((text) => claims.test(text)), [], 'said before it was known');
  page.problems.length = 0; // of connections that were refused
  await done(page);
});

test('a gateway that answers nothing any more', async () => {
  const one = await made({ demo: ['--rate', '1', '--channels', '3', '--history', '20'] });
  const page = await opened();
  await until('all is well', async () => complete(await said(page)));
  one.signal('SIGSTOP');
  await until('a silent stream is none', async () => /^Not reachable since/.test((await said(page)).title), 30_000);
  one.signal('SIGCONT');
  await until('all is well again', async () => complete(await said(page)), 45_000);
  page.problems.length = 0;
  await done(page);
});

test('an overview that cannot be read', async () => {
  await made({ demo: ['--rate', '1', '--channels', '3', '--history', '20'] });
  const page = await open('settings');
  const told = (data) => `event: heartbeat\ndata: {"now":"${new Date().toISOString()}"}\n\nevent: overview\ndata: ${JSON.stringify(data)}\n\n`;
  let failure = 'the database is away';
  await page.route('**/api/stream?*', (route) => route.fulfill({ contentType: 'text/event-stream', body: `retry: 200\n\n${told({ failure })}` }));
  await page.goto(`${gateway}/ui/`);
  await until('the page says that it does not know', async () => {
    const { title, verdict, tone } = await said(page);
    // In one look: the made-up stream ends at once, and between two of them the page asks the gateway itself.
    return /^Cannot be read/.test(title) && /^Cannot be read/.test(verdict) && tone === 'unknown' && /the database is away/.test(await page.locator('.verdict-detail').innerText());
  });
  failure = null;
  await until('all is well again', async () => complete(await said(page)));
  await done(page);
});

test('a tab that the browser freezes does not go on claiming', async () => {
  await made({ demo: ['--rate', '1', '--channels', '3', '--history', '20'] });
  const page = await opened();
  await until('all is well', async () => complete(await said(page)));
  await page.evaluate(() => { document.dispatchEvent(new Event('freeze')); });
  assert.ok(!claims.test((await said(page)).title));
  await page.evaluate(() => { document.dispatchEvent(new Event('resume')); });
  await until('all is well', async () => complete(await said(page)));
  await done(page);
});

test('every tone has an icon of its own, and the browser takes it', async () => {
  await made({ demo: ['--rate', '1', '--channels', '3', '--history', '20'] });
  const page = await opened();
  await until('an icon', async () => (await said(page)).tone !== '');
  const drawn = await page.evaluate(() => new Promise((resume, fail) => {
    const image = new Image();
    image.onload = () => resume(image.naturalWidth > 0);
    image.onerror = fail;
    image.src = document.querySelector('link[rel="icon"]').href;
  }));
  assert.equal(drawn, true);
  await done(page);
});
