// Jobs: a history is paused and resumed, with the real TDLib and a Telegram of the test's own; an export is imported.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { api, close, done, gateway, open, shot, until, use, violations, visit } from './browser.mjs';
import { noTelegram, ownGateway, ownTelegram } from './own.mjs';

const posts = 2_500;
let telegram;
let own;
after(async () => { await close(); await telegram?.remove(); await own?.remove(); });

const send = (path, body = {}) => fetch(`${gateway}/api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
const jobs = () => api('telegram-gateway/jobs');
const state = async () => (await jobs())[0]?.state;
const stage = (wanted) => until(`the account at ${wanted}`, async () => (await api('telegram-gateway/auth/status')).accounts[0]?.stage === wanted);

/** A history of 25 pages, half a second each, that has come to the second. */
async function begun() {
  telegram = await ownTelegram({ request_every_ms: 500 });
  use(telegram.url);
  await send('telegram-gateway/auth/start', { account: 'main', phone: '9996611234' });
  await stage('code');
  await send('telegram-gateway/auth/input', { account: 'main', value: await telegram.control('code') });
  await stage('ready');
  const channelId = await telegram.control('history', { posts });
  await until('the channel is captured', async () => (await send('channels', { channelId })).ok);
  await until('it has its name', async () => (await api('telegram-gateway/channels'))[0]?.title === 'Harbour News');
  assert.equal((await send(`channels/${channelId}/history`)).status, 202);
  await until('its pace is known', async () => (await jobs())[0]?.secondsLeft !== undefined);
  return channelId;
}

test('a history is paused and resumed, by button and by key, and ends whole', { skip: noTelegram }, async () => {
  const channelId = await begun();
  const page = await open('jobs');
  const row = page.locator(`[data-job="history-${channelId}"]`);
  await row.getByText('running').waitFor();

  await row.getByRole('button', { name: 'Pause: History Harbour News' }).focus();
  await page.keyboard.press('Enter');
  await row.getByText('paused', { exact: true }).waitFor();
  assert.equal(await state(), 'paused');
  await until('the focus stays', () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Resume: History Harbour News'), 5_000);
  assert.match(await page.locator('section', { has: row }).locator('h2').innerText(), /^Not done yet/);
  assert.match(await row.innerText(), /paused since/);
  assert.doesNotMatch(await row.innerText(), /left/);
  assert.deepEqual(await violations(page), []);
  await shot(page, 'jobs-paused');

  await page.keyboard.press('p');
  await row.getByText('running').waitFor();
  assert.equal(await state(), 'running');
  await row.getByRole('button', { name: 'Pause: History Harbour News' }).focus();
  await page.keyboard.press('p');
  await row.getByText('paused', { exact: true }).waitFor();
  assert.equal(await state(), 'paused');
  await page.reload();
  await row.getByRole('button', { name: 'Resume: History Harbour News' }).click();
  await row.getByText('running').waitFor();

  await page.keyboard.press('?');
  await page.locator('dialog.keys').getByText('Pause, resume a history').waitFor();
  await page.keyboard.press('Escape');
  await row.waitFor({ state: 'detached' });
  const { messageCount, coverage } = (await api('telegram-gateway/channels'))[0];
  assert.deepEqual([messageCount, coverage.missing], [posts + 3, 0]);
  await done(page);
});

/** Chooses a file with the keyboard alone. */
async function choose(page, content) {
  const field = page.getByLabel('Choose the file, or drop it here');
  await field.waitFor();
  for (let tabs = 0; !(await field.evaluate((one) => one === document.activeElement)); tabs += 1) {
    assert.ok(tabs < 100, 'the field is reached by Tab');
    await page.keyboard.press('Tab');
  }
  let chooser;
  page.on('filechooser', (opened) => { chooser = opened; });
  await until('the browser asks which file', async () => { await page.keyboard.press('Enter'); return chooser; });
  await chooser.setFiles({ name: 'result.json', mimeType: 'application/json', buffer: content });
}
const status = (page) => page.locator('[aria-labelledby="import-title"] [role="status"]');

test('an export is imported by keyboard and read; it is known when it comes again, and a broken one says where', async () => {
  own = await ownGateway({ demo: ['--channels', '1', '--history', '20'] });
  use(own.url);
  const content = readFileSync(new URL('../data/channel.json', import.meta.url));
  const page = await open('jobs');
  await choose(page, content);
  await status(page).getByText('done: 14 new, 0 here already').waitFor();
  const row = page.locator('[data-job^="import-"]');
  assert.match(await row.innerText(), /Import\s+result\.json\s+done\s+14 new, 0 here already, 0 changed, 0 set aside/);
  assert.deepEqual(await violations(page), []);
  await status(page).scrollIntoViewIfNeeded();
  await shot(page, 'jobs-imported');

  await choose(page, content);
  await status(page).getByText('done: 0 new, 14 here already').waitFor();
  await choose(page, content.subarray(0, -50));
  await status(page).getByText(/^failed: 0 new, 1\d here already.* the file ends in the middle, at byte \d+/).waitFor();
  await shot(page, 'jobs-import-broken');
  await page.setViewportSize({ width: 390, height: 800 });
  await shot(page, 'jobs-import-phone');

  await visit(page, 'c/-1009000000501/2');
  await page.getByText('Good morning. Tide at 07:40.').first().waitFor();
  await done(page);
});

test('an upload says how many bytes have gone, and is cancelled from its row', async () => {
  const page = await open('jobs');
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2 << 20 });
  await choose(page, Buffer.alloc(20 << 20, ' '));
  const gone = page.locator('p', { has: page.locator('progress') });
  await until('a part has gone', async () => /^\s*[\d.]+ [MK]B of 2\d MB\s*$/.test(await gone.innerText()));
  await shot(page, 'jobs-uploading');
  await page.getByRole('button', { name: 'Cancel: Import result.json' }).focus();
  await page.keyboard.press('Enter');
  await status(page).getByText(/^cancelled/).waitFor();
  assert.equal(await state(), 'cancelled');
  // What was on its way is told that it came too late.
  page.problems = page.problems.filter((one) => !/status of 410/.test(one));
  await done(page);
});
