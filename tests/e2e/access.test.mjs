import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { close, done, everyPage, open, shot, someMessage, tooWide, until, violations, visit } from './browser.mjs';

after(close);

const edited = () => someMessage('an edit', 'onlyEdited=true', (one) => !one.deletedAt);

for (const [device, size] of [['desktop', { width: 1440, height: 900 }], ['phone', { width: 390, height: 844, locale: 'pt-BR' }]]) {
  for (const scheme of ['light', 'dark']) {
    test(`axe finds nothing on any page, ${device}, ${scheme}`, async () => {
      const page = await open('settings', { scheme, ...size });
      for (const [name, where] of Object.entries(await everyPage())) {
        await visit(page, where);
        if (name === 'message' && device === 'desktop') {
          await page.waitForSelector('.inspector .versions li');
          await page.keyboard.press('e');
          await page.waitForSelector('.bubble.selected .edited[aria-pressed="true"]');
        }
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), scheme);
        assert.deepEqual(await violations(page), [], name);
        const wide = await tooWide(page);
        assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
        await shot(page, `${device}-${scheme}-${name.replace(' ', '-')}`);
      }
      await done(page);
    });
  }
}

test('the theme button changes the theme and it is kept', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
  await until('dark', () => page.evaluate(() => document.documentElement.dataset.theme === 'dark'));
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await done(page);
});

test('Portuguese by the browser, English by choice', async () => {
  const page = await open('', { locale: 'pt-BR' });
  await page.getByRole('heading', { level: 1, name: 'Visão geral' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'pt-BR');
  await page.goto(`${page.url()}settings`);
  await page.getByLabel('Idioma').selectOption('en');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await done(page);
});

test('320 px, as at a zoom of 400 %: no sideways scroll on any page, in either language', async () => {
  for (const locale of ['pt-BR', 'en-GB']) {
    const page = await open('settings', { width: 320, height: 640, locale });
    // It goes on connecting, which is more to say than that it is live.
    await page.route('**/api/stream*', () => undefined);
    for (const [name, where] of Object.entries(await everyPage())) {
      await visit(page, where);
      const wide = await tooWide(page);
      assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
    }
    await done(page);
  }
});

test('by keyboard alone: from the overview to a diff and back', async () => {
  const message = await edited();
  const page = await open();
  await page.waitForSelector('.channel-table tbody tr');
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.className), /skip/);
  await page.keyboard.press('Enter');
  await until('focus is in main', () => page.evaluate(() => document.activeElement.id === 'main'));

  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.waitForURL(/\/ui\/c$/);
  await until('focus is on the heading', () => page.evaluate(() => document.activeElement.tagName === 'H1'));

  await page.keyboard.press('Control+k');
  await page.waitForSelector('dialog[open] [role="combobox"]');
  await page.keyboard.type(message.id);
  await page.waitForSelector('[role="option"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/c/[^/]+/${message.messageId}`));
  await page.waitForSelector('.bubble.selected');

  const before = page.url();
  await page.keyboard.press('k');
  await until('another message is selected', () => page.url() !== before);
  await page.keyboard.press('j');
  await until('and the first again', () => page.url() === before);
  // Keys within one frame are steps, every one.
  await page.evaluate(() => { for (const key of ['k', 'k', 'j', 'j']) document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); });
  await until('there and back in one frame', () => page.evaluate((url) => document.querySelector('.bubble.selected') !== null && window.location.href === url, before));
  assert.equal(page.url(), before);
  await page.keyboard.press('e');
  await page.waitForSelector('.bubble.selected .edited[aria-pressed="true"]');
  await page.keyboard.press('y');
  await until('the link is copied', async () => (await page.evaluate(() => navigator.clipboard.readText())) === before);
  await page.keyboard.press('i');
  await page.waitForSelector('.inspector', { state: 'detached' });

  await page.keyboard.press('?');
  await page.waitForSelector('dialog.keys[open]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.waitForURL(/\/ui\/$/);
  await done(page);
});

test('the installed shell opens without network', async () => {
  const page = await open();
  await until('the worker serves the page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await page.context().setOffline(true);
  await page.reload();
  await page.waitForSelector('h1');
  await page.waitForSelector('.bar-away');
  page.problems.length = 0;
  await done(page);
});
