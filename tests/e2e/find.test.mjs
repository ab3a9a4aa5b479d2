// Search, channels and jobs.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { api, close, done, open, shot, shown, someMessage, tooWide, until, violations, visit } from './browser.mjs';

after(close);

const channels = () => api('telegram-gateway/channels?px=50');
/** A word that some message has, and the index knows. */
const knownWord = () => until('a word that is found', async () => {
  for (const { text } of await api('messages?limit=100')) {
    const word = /\p{L}{6,}/u.exec(text)?.[0];
    if (word && (await api(`messages?limit=1&search=${encodeURIComponent(word)}`)).length > 0) return word;
  }
  return null;
}, 120_000);
const field = (page) => page.getByRole('combobox', { name: 'Search the archive' });

test('under three letters nothing is asked for; from three on the places are marked', async () => {
  const word = await knownWord();
  const page = await open('search');
  const asked = [];
  page.on('request', (one) => { if (one.url().includes('/api/messages?')) asked.push(one.url()); });
  await field(page).fill(word.slice(0, 2));
  await page.getByText('1 more letter, or a channel and dates').waitFor();
  assert.deepEqual(asked, []);

  await field(page).fill(word);
  await page.waitForSelector('.hits mark');

  assert.equal((await page.locator('.hits mark').first().innerText()).toLowerCase(), word.toLowerCase());
  assert.match(page.url(), new RegExp(`q=${encodeURIComponent(word)}`));
  await done(page);
});

test('typed operators become chips, the address mirrors them, Backspace takes the last', async () => {
  const [channel] = await channels();
  const page = await open('search');
  await field(page).pressSequentially(`channel:"${channel.title}" `);
  await page.locator('.filter-chip').getByText(channel.title).waitFor();
  await field(page).pressSequentially('has:pho');
  await page.getByRole('option', { name: 'Photo' }).waitFor();
  await page.keyboard.press('Enter');
  await field(page).pressSequentially('after:2020-01-01 ');
  await until('three chips', async () => (await page.locator('.filter-chip').count()) === 3);

  const address = new URL(page.url()).searchParams;
  assert.deepEqual([address.get('channel'), address.get('has'), address.get('from')], [channel.channelId, 'photo', '2020-01-01']);
  const total = () => page.locator('.search-line b').innerText();
  await shown(page);
  await page.reload();
  await shown(page);
  assert.equal(await page.locator('.filter-chip').count(), 3, 'the address alone brings them back');
  const withPhotos = await total();
  await field(page).focus();
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await until('one chip is left and more is found', async () => (await page.locator('.filter-chip').count()) === 1 && (await page.locator('.hits li').count()) > 0 && (await total()) !== withPhotos);
  await done(page);
});

test('a filter that means nothing is told, and stays as it was typed', async () => {
  const page = await open('search');
  await field(page).fill('ouro has:gold');
  await page.keyboard.press('Enter');
  await page.getByText('Not a filter: has:gold').waitFor();
  assert.equal(await page.locator('.filter-chip').count(), 0);
  await done(page);
});

test('results are walked with the keyboard, and Enter opens one', async () => {
  const page = await open('search?is=edited');
  await page.waitForSelector('.hits a');
  await field(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('j');
  await until('the second is focused', () => page.evaluate(() => [...document.querySelectorAll('.hits a')].indexOf(document.activeElement) === 1));
  await page.keyboard.press('Enter');
  await page.waitForSelector('.bubble.selected');
  await done(page);
});

test('an export has what the search found, with the same filters', async () => {
  const edited = await someMessage('an edit', 'onlyEdited=true', () => true);
  const page = await open(`search?is=edited&channel=${edited.channelId}&to=2037-01-01`);
  await page.waitForSelector('.hits a');
  for (const [name, count] of [['NDJSON', (text) => text.trim().split('\n').length], ['CSV', (text) => text.match(/^-\d+:\d+/gm).length]]) {
    const href = await page.getByRole('link', { name: `Export all as ${name}` }).getAttribute('href');
    const wanted = new URL(href);
    const limited = new URLSearchParams([...wanted.searchParams].filter(([key]) => key !== 'format'));
    await until(`as many in ${name} as on the page of the API`, async () => {
      const answer = await fetch(href);
      assert.match(answer.headers.get('content-disposition'), /attachment/);
      return count(await answer.text()) === (await api(`messages?limit=10000&${limited}`)).length;
    });
  }
  const rule = await page.getByRole('link', { name: 'Make a rule' }).getAttribute('href');
  assert.ok(rule.includes(`rules/new?channel=${edited.channelId}`), rule);
  await page.getByRole('button', { name: 'Copy API call' }).click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /\/api\/messages\?.*onlyEdited=true/);
  await done(page);
});

test('the list filters, selects with X, and says on each button with how many', async () => {
  const all = await channels();
  const page = await open('channels');
  await page.waitForSelector('.channel-table tbody tr');
  await page.getByRole('searchbox', { name: 'Filter channels' }).fill(all[0].title);
  await until('one row', async () => (await page.locator('.channel-table tbody tr').count()) === 1);
  assert.match(page.url(), /q=/);
  await page.getByRole('searchbox', { name: 'Filter channels' }).fill('');
  await until('all rows', async () => (await page.locator('.channel-table tbody tr').count()) === all.length);
  await page.locator('h1').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByText('1 selected', { exact: true }).waitFor();
  await page.getByRole('button', { name: `Select all ${all.length}` }).click();
  const pause = page.getByRole('button', { name: `Pause ${all.length} channels` });
  await pause.waitFor();
  await page.getByRole('button', { name: 'Select none' }).click();
  assert.equal(await pause.count(), 0);
  await page.locator('h1').focus();
  await page.keyboard.press('n');
  await page.getByRole('heading', { level: 1, name: 'Add channels' }).waitFor();
  await done(page);
});

test('one channel: its bar by id and by time, figures with tables, consumers', async () => {
  const [channel] = await channels();
  const page = await open(`channels/${channel.channelId}`);
  await page.waitForSelector('.cov-tall');
  await page.getByRole('button', { name: 'By time' }).click();
  await page.getByRole('img', { name: /^Coverage from/ }).waitFor();
  assert.match(page.url(), /by=time/);
  for (const name of ['Messages a day', 'Hours of the week']) {
    await page.getByRole('button', { name: `${name}: Show as table` }).click();
    await page.getByRole('region', { name }).locator('tbody tr').first().waitFor();
  }
  await page.getByRole('heading', { name: 'Consumers' }).waitFor();
  await done(page);
});

test('a hole can be given up; what is lost stays visible', async () => {
  const page = await open('channels');
  const found = await until('an open hole', async () => (await channels()).find(({ coverage }) => coverage.holes.length > 0), 120_000);
  await visit(page, `channels/${found.channelId}`);
  const accept = page.getByRole('button', { name: /^Accept the loss of ids/ });
  await accept.or(page.locator('.channel-coverage')).first().waitFor();
  if (await accept.count() === 0) { await done(page); return; } // it was filled meanwhile
  await accept.first().click();
  await page.getByRole('button', { name: /^Accept the loss of \d+ ids?$/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  page.problems = [];
  await done(page);
});

test('without a Telegram account adding says so, in the place of the preview', async () => {
  const page = await open('channels/add?name=%40harbournews');
  await page.getByText('No user account is signed in').waitFor();
  await page.getByRole('button', { name: 'Look up' }).click();
  await page.getByText(/no Telegram account can look channels up/).waitFor();
  page.problems = page.problems.filter((text) => !/status of 503/.test(text));
  await done(page);
});

test('a channel that is added from a day on has its history asked for from there', async () => {
  const page = await open('channels/add?name=%40harbournews');
  const found = { asked: '@harbournews', state: 'found', channelId: '-1001', title: 'Harbour News', kind: 'channel', member: true, registered: false, messages: 400, secondsToFetch: 9 };
  const answer = (data) => (route) => (route.request().method() === 'POST' ? route.fulfill({ json: { success: true, data } }) : route.continue());
  const asked = [];
  await page.route('**/api/channels/preview', answer({ found: 1, refused: 0, waiting: 0, added: 0, rows: [found] }));
  await page.route('**/api/channels', answer({ found: 1, refused: 0, waiting: 0, added: 1, rows: [{ ...found, added: true, registered: true }] }));
  await page.route('**/api/channels/-1001/history', (route) => { asked.push(route.request().postDataJSON()); return route.fulfill({ status: 202, json: { success: true, data: { jobId: 'history--1001' } } }); });
  await page.getByRole('button', { name: 'Look up' }).click();
  const add = page.getByRole('button', { name: 'Add 1 channel' });
  await page.getByLabel('from a day on').check();
  assert.ok(await add.isDisabled(), 'from which day?');
  await page.getByLabel('First day').fill('2025-10-03');
  assert.deepEqual(await violations(page), []);

  await add.click();

  await page.getByText('1 channel added').waitFor();
  assert.deepEqual(asked, [{ from: '2025-10-03T03:00:00.000Z' }]);
  await done(page);
});

test('jobs: what is stored can be taken out from there', async () => {
  const page = await open('jobs');
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  await page.getByLabel('To', { exact: true }).fill('2037-01-01');
  const href = await page.getByRole('link', { name: 'Export all as CSV' }).getAttribute('href');
  assert.match(href, /format=csv&.*sort=oldest.*to=2037/);
  assert.equal((await fetch(href)).status, 200);
  await done(page);
});

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844, locale: 'pt-BR' } };
for (const [device, size] of Object.entries(sizes)) {
  for (const scheme of ['light', 'dark']) {
    test(`each page, ${device}, ${scheme}: nothing for axe, no sideways scroll`, async () => {
      const word = await knownWord();
      const [channel] = await channels();
      const pages = {
        'search-empty': 'search', 'search-found': `search?q=${word}&from=2020-01-01`, 'search-none': 'search?q=qqqqqqqq', channels: 'channels', 'channels-add': 'channels/add', 'channels-csv': 'channels/add?by=csv',
        channel: `channels/${channel.channelId}`, 'channel-time': `channels/${channel.channelId}?by=time`, jobs: 'jobs',
      };
      const page = await open('settings', { scheme, ...size });
      for (const [name, where] of Object.entries(pages)) {
        await visit(page, where);
        if (name === 'channels') { await page.locator('.channel-table input').first().check(); await page.mouse.move(0, 0); await page.waitForSelector('.selected-bar .button'); }
        assert.deepEqual(await violations(page), [], name);
        const wide = await tooWide(page);
        assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
        await shot(page, `find-${name}-${device}-${scheme}`);
      }
      await done(page);
    });
  }
}
