// Jobs: a history is paused and resumed, with the real TDLib and a Telegram of the test's own.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { api, close, done, gateway, open, shot, until, use, violations } from './browser.mjs';
import { noTelegram, ownTelegram } from './own.mjs';

const posts = 2_500;
let telegram;
after(async () => { await close(); await telegram?.remove(); });

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
