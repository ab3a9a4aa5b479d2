import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { api, at, close, done, open, shot, someMessage, until, violations } from './browser.mjs';

after(close);

const edited = () => someMessage('an edit', 'onlyEdited=true', (one) => !one.deletedAt);

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing on the overview, ${scheme}`, async () => {
    const page = await open('', { scheme });
    await page.waitForSelector('.channel-table tbody tr');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), scheme);
    assert.deepEqual(await violations(page), []);
    await shot(page, `overview-${scheme}`);
    await done(page);
  });

  test(`axe finds nothing in the reader, ${scheme}`, async () => {
    const page = await open(at(await edited()), { scheme });
    await page.waitForSelector('article .bubble');
    await page.waitForSelector('.inspector .versions li');
    await page.keyboard.press('e');
    assert.deepEqual(await violations(page), []);
    await shot(page, `reader-${scheme}`);
    await done(page);
  });

  test(`axe finds nothing on the other pages, ${scheme}`, async () => {
    const page = await open('settings', { scheme });
    for (const where of ['settings', 'channels', 'destinations', 'set-aside', 'jobs', 'logs', 'search']) {
      await page.goto(new URL(where, `${page.url().split('/ui/')[0]}/ui/`).href);
      await page.waitForSelector('h1');
      await until(`${where} is loaded`, () => page.evaluate(() => !document.querySelector('main [aria-busy="true"]') && document.querySelector('main').childElementCount > 0));
      assert.deepEqual(await violations(page), [], where);
    }
    await done(page);
  });
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

test('390 px: no sideways scroll, in both pages and languages', async () => {
  const { channelId } = (await api('telegram-gateway/channels?px=50'))[0];
  for (const locale of ['pt-BR', 'en-GB']) {
    for (const where of ['', 'c', `c/${channelId}`, 'channels', 'destinations', 'search', 'settings', 'logs']) {
      const page = await open(where, { width: 390, height: 844, locale });
      await page.waitForSelector('h1, h2');
      await until('the page is loaded', () => page.evaluate(() => !document.querySelector('main [aria-busy="true"]')));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${where} is ${wide} px too wide`);
      if (where === '') await shot(page, `phone-${locale}`);
      await done(page);
    }
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
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await until('the worker serves the page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await page.context().setOffline(true);
  await page.reload();
  await page.waitForSelector('h1');
  await page.waitForSelector('.bar-away');
  page.problems.length = 0;
  await done(page);
});
