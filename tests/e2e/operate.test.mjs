// Logs, System and Settings, against the gateway that all tests share.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { api, close, done, gateway, open, shot, until, visit } from './browser.mjs';

after(close);

const lines = (page) => page.locator('.log-line');
const events = (page) => page.locator('.log-event').allInnerTexts();
const atEnd = (page) => page.locator('.log-lines').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 30);
/** A line of the log, whose event and fields are the test's own business: a refused sign-in, a consumer. */
const writeLine = (name) => fetch(`${gateway}/api/telegram-gateway/tokens`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name, scopes: ['read'] }) });
const unique = (what) => `${what}-${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;

test('a value that is clicked narrows the log on the server; chips and the address say it, and take it back', async () => {
  const name = unique('filter');
  await writeLine(name);
  const page = await open('logs');
  await lines(page).first().waitFor();

  await page.locator('.log-field button', { hasText: name }).click();

  await page.waitForURL(/field=token%3Afilter-/);
  await until('only its line is there', async () => (await lines(page).count()) === 1);
  assert.deepEqual(await events(page), ['token_made']);
  await page.reload();
  await until('the address is enough', async () => (await lines(page).count()) === 1);
  await shot(page, 'logs-filtered');
  await page.getByRole('button', { name: `Remove token ${name}` }).click();
  await until('all of it again', async () => (await lines(page).count()) > 1);
  assert.ok(!page.url().includes('field='));
  await done(page);
});

test('text, level and typed fields; nothing that matches is said so', async () => {
  const name = unique('typed');
  await writeLine(name);
  const page = await open('logs');
  await lines(page).first().waitFor();
  const box = page.getByRole('searchbox', { name: 'Text' });
  await box.fill(name.toUpperCase());
  await box.press('Enter');
  await until('text in whatever case', async () => (await lines(page).count()) === 1);
  await box.fill(`token=${name}`);
  await box.press('Enter');
  await page.waitForURL(/field=token%3Atyped-/);
  await until('a typed field', async () => (await lines(page).count()) === 1);
  await page.getByLabel('Level').selectOption('error');
  await page.getByText('No log line matches').waitFor();
  await shot(page, 'logs-none');
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await until('the lines again', async () => (await lines(page).count()) > 1);
  await done(page);
});

test('new lines are followed; scrolled away they wait under a pill; Space stops, L goes on', async () => {
  const page = await open('logs', { height: 420 });
  await lines(page).first().waitFor();
  for (let i = 0; i < 12; ++i) await writeLine(unique('fill'));
  const first = unique('first');
  await writeLine(first);
  await page.locator('.log-line', { hasText: first }).waitFor();
  await until('it stands at the end', () => atEnd(page));

  await page.locator('.log-lines').hover();
  await page.mouse.wheel(0, -400);
  await until('not at the end', async () => !(await atEnd(page)));
  await page.locator('.log-pill').waitFor();
  const top = await page.locator('.log-lines').evaluate((box) => box.scrollTop);
  await writeLine(unique('away'));
  await page.locator('.log-pill', { hasText: /^\d+ new lines?$/ }).waitFor();
  assert.equal(await page.locator('.log-lines').evaluate((box) => box.scrollTop), top, 'nothing moved');
  await shot(page, 'logs-pill');
  await page.locator('.log-pill').click();
  await until('at the end again', () => atEnd(page));
  await page.locator('.log-pill').waitFor({ state: 'detached' });

  await page.locator('.log-lines').focus();
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Stopped' }).waitFor();
  await writeLine(unique('paused'));
  await page.locator('.log-pill', { hasText: '1 new line' }).waitFor();
  await page.keyboard.press('l');
  await page.getByRole('button', { name: 'Following' }).waitFor();
  await until('at the end after L', () => atEnd(page));
  await done(page);
});

test('by keyboard: a line, its fields, and only those like it; the same as journalctl', async () => {
  const name = unique('keys');
  await writeLine(name);
  const page = await open('logs');
  await page.locator('.log-line', { hasText: name }).waitFor();
  await page.keyboard.press('k');
  await until('a line has the focus', () => page.evaluate(() => document.activeElement.className === 'log-time'));
  await page.keyboard.press('Enter');
  await page.waitForSelector('.log-details');
  await shot(page, 'logs-open');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/field=event%3A/);
  await page.getByRole('button', { name: 'Copy as journalctl' }).first().click();
  await until('the command is copied', async () => /^journalctl -t telegram-gateway -p info .*'TG_EVENT=\w+'$/.test(await page.evaluate(() => navigator.clipboard.readText())));
  await page.keyboard.press('?');
  await page.locator('dialog.keys').getByText('Follow, stop').waitFor();
  await done(page);
});

test('the system says how each dependency is, and its charts are tables too', async () => {
  const page = await open('system');
  await page.waitForSelector('[data-dependency="journal"][data-state="ok"]');
  const { dependencies } = await api('telegram-gateway/system');
  assert.deepEqual((await page.locator('[data-dependency]').evaluateAll((all) => all.map((one) => one.dataset.dependency))).sort(), dependencies.map(({ name }) => name).sort());
  await until('something was stored', async () => !/no data/.test(await page.locator('[data-objective="stored"]').innerText()));
  for (const chart of await page.locator('.chart').all()) {
    await chart.getByRole('button').click();
    await chart.locator('table tbody tr').first().waitFor();
    await chart.getByRole('button').click();
    await chart.locator('svg').first().waitFor();
  }
  await page.getByRole('button', { name: '24 h' }).click();
  await page.waitForURL(/hours=24/);
  await page.locator('.objectives', { hasText: 'last 24 h' }).waitFor();
  await done(page);
});

test('the settings have an address each, and keep what was chosen', async () => {
  const page = await open('settings');
  await page.getByRole('link', { name: 'Configuration' }).click();
  await page.waitForURL(/settings\/configuration$/);
  await page.getByRole('searchbox', { name: 'Filter keys' }).fill('demo.gaps');
  const row = page.locator('[data-key="demo.gaps"]');
  await row.waitFor();
  assert.match(await row.innerText(), /true[\s\S]*command line/);
  assert.equal(await page.locator('[data-key]').count(), 1);

  await visit(page, 'settings');
  await page.getByLabel('Density').selectOption('compact');
  await page.getByLabel('Message text size').fill('20');
  await page.reload();
  await until('the size of the sample', () => page.locator('.text-sample').evaluate((one) => getComputedStyle(one).fontSize === '20px'));
  assert.equal(await page.evaluate(() => document.documentElement.dataset.density), 'compact');
  await page.getByLabel('Single-letter shortcuts').uncheck();
  await page.locator('h1').focus();
  await page.keyboard.press('?');
  await page.keyboard.press('Control+k');
  await page.waitForSelector('dialog.jump[open]');
  assert.equal(await page.locator('dialog.keys').count(), 0);
  await done(page);
});

test('notifications are asked for by a switch alone, and tell a verdict that changed', async () => {
  const page = await open('settings');
  await page.context().grantPermissions(['notifications', 'clipboard-read'], { origin: new URL(gateway).origin });
  await page.reload();
  await page.getByLabel(/^Notifications/).check();
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem('telegram-gateway.settings')).notifications), true);
  await done(page);
});

test('what makes it an app: a manifest, its icons, a worker that keeps the shell and no message', async () => {
  const page = await open();
  const manifest = await (await fetch(`${gateway}/ui/manifest.webmanifest`)).json();
  assert.equal(manifest.display, 'standalone');
  for (const { src, type } of manifest.icons) assert.equal((await fetch(`${gateway}/ui/${src}`)).headers.get('content-type')?.split(';')[0], type, src);
  await until('the worker serves the page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  const kept = await page.evaluate(async () => {
    const all = [];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) all.push(request.url);
    return all;
  });
  assert.ok(kept.length > 10);
  assert.deepEqual(kept.filter((url) => !url.startsWith(`${gateway}/ui/`)), []);
  await done(page);
});
