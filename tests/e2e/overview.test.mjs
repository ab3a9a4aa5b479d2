import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { api, close, done, open, shot, until } from './browser.mjs';

after(close);

const figures = (page) => page.evaluate(() => {
  const number = (name) => Number((document.querySelector(`[data-figure="${name}"]`)?.textContent ?? '0').replace(/[^\d]/g, ''));
  return { verdict: document.querySelector('#verdict').dataset.verdict, accounted: number('accounted'), stored: number('stored'), empty: number('empty'), deleted: number('deleted') };
});

test('the overview says the verdict and the numbers of the API', async () => {
  const page = await open();
  await page.waitForSelector('#verdict');

  await until('the same verdict and numbers on the page and in the API', async () => {
    const { verdict, completeness } = await api('telegram-gateway/overview');
    const shown = await figures(page);
    return shown.verdict === verdict.code && ['accounted', 'stored', 'empty', 'deleted'].every((name) => shown[name] === completeness[name]);
  });

  const heading = await page.locator('#verdict').innerText();
  assert.ok((await page.title()).startsWith(heading), 'the tab says the verdict first');
  await shot(page, 'overview-light');
  await done(page);
});

test('every channel of the API has its row, bar and count', async () => {
  const channels = await api('telegram-gateway/channels?px=200');
  const page = await open();
  await page.waitForSelector('.channel-table tbody tr');

  const rows = await page.locator('.channel-table tbody tr').evaluateAll((all) => all.map((row) => row.dataset.channel));
  assert.deepEqual(rows.sort(), channels.map(({ channelId }) => channelId).sort());
  for (const label of await page.locator('.cov-button').evaluateAll((all) => all.map((bar) => bar.getAttribute('aria-label')))) assert.match(label, /ids accounted for|Imported/);
  await done(page);
});

test('a coverage bar explains itself by focus and opens its ranges by Enter', async () => {
  const page = await open();
  await page.waitForSelector('.cov-button');

  await page.keyboard.press('j');
  await page.waitForSelector('[role="tooltip"]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role="tooltip"]', { state: 'detached' });
  await page.keyboard.press('Enter');

  await page.waitForSelector('dialog[open] tbody tr');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await until('focus is back on the bar', () => page.evaluate(() => document.activeElement.className.includes('cov-button')));
  await done(page);
});

test('figures move by themselves, without a reload', async () => {
  const page = await open();
  await page.waitForSelector('#verdict');
  await page.evaluate(() => { window.sameDocument = true; });
  const before = (await figures(page)).accounted;

  await until('more ids accounted for', async () => (await figures(page)).accounted > before, 120_000);

  assert.equal(await page.evaluate(() => window.sameDocument), true);
  await done(page);
});

test('the charts have tables beside them', async () => {
  const page = await open();
  for (const [card, name] of [['.days', 'Coverage by day'], ['.permin', 'Messages per minute']]) {
    await page.locator(card).getByRole('button', { name: `${name}: Show as table` }).click();
    await page.waitForSelector(`${card} table tbody tr`);
  }
  await done(page);
});
