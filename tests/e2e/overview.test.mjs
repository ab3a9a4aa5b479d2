import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { api, close, done, gateway, open, shot, until } from './browser.mjs';

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

test('the name of a channel is legible at every width', async () => {
  const page = await open();
  await page.waitForSelector('.channel-table tbody tr');
  for (const width of [1440, 1366, 1280, 1100, 900, 768, 600, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const narrowest = await page.locator('.cell-names .strong').evaluateAll((all) => Math.min(...all.map((one) => one.clientWidth / Math.max(1, one.scrollWidth))));
    assert.ok(narrowest > 0.6, `at ${width} px a name shows ${Math.round(narrowest * 100)} % of itself`);
  }
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

test('a hole is said with its numbers wherever it matters, and closes by itself', async () => {
  const page = await open();
  const seen = () => page.evaluate(() => {
    const text = (selector) => document.querySelector(selector)?.innerText.replace(/\s+/g, ' ') ?? '';
    const row = document.querySelector('.channel-table .row-warn');
    return {
      verdict: document.querySelector('#verdict')?.dataset.verdict === 'hole', total: /[1-9][\d,]* missing/.test(text('.hero')),
      bar: Boolean(row?.querySelector('.cov-hole')), row: /[1-9][\d,]* left/.test(text('.channel-table .row-warn')), attention: /[1-9][\d,]* ids? left/.test(text('.attention')),
    };
  });
  let best = {};
  await until('the hole in the verdict, the total, its row, its bar and the list of what needs attention', async () => {
    const now = await seen();
    if (Object.values(now).filter(Boolean).length > Object.values(best).filter(Boolean).length) best = now;
    return Object.values(now).every(Boolean);
  }, 120_000).catch((error) => { throw new Error(`${error.message}; at best ${JSON.stringify(best)}`); });
  await shot(page, 'overview-hole');

  await page.waitForFunction(() => document.querySelector('#verdict')?.dataset.verdict === 'complete', null, { timeout: 90_000 });
  assert.match(await page.title(), /^Nothing missing/);
  await done(page);
});

test('a reader that falls behind shows its lag, and none when it has caught up', async () => {
  const name = 'e2e-reader';
  const call = (method, path, body) => fetch(`${gateway}/api/${path}`, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal((await call('POST', 'consumers', { name, from: 'oldest' })).status, 201);
  const page = await open();
  const lag = page.locator('.dest-card li', { hasText: name }).locator('.dest-behind');

  await until('it is behind', async () => /[1-9][\d,]* · /.test(await lag.innerText()));
  await page.goto(`${gateway}/ui/destinations`);
  const row = page.getByRole('row', { name: new RegExp(name) });
  await until('the page of destinations says so too', async () => /[1-9][\d,]* · /.test(await row.innerText()));

  await until('it has read nearly all there is', async () => {
    const { ackSeq, pending } = (await api('consumers')).find((one) => one.name === name);
    await call('POST', `consumers/${name}/ack`, { seq: ackSeq + pending });
    return /^([0-9]|[1-9][0-9])\b/.test((await row.locator('td').nth(1).innerText()).trim());
  });
  await call('DELETE', `consumers/${name}`);
  await until('one that was removed is not shown', async () => (await row.count()) === 0);
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
