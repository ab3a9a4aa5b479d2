// Destinations, what was set aside, and rules; with a webhook that refuses when the test says so (deliver.py).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { api, close, done, gateway, open, shot, shown, tooWide, until, use, violations, visit } from './browser.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const name = 'webhook:risk-desk';
const one = `telegram-gateway/destinations/${encodeURIComponent(name)}`;
let helper;
let control;

before(async () => {
  helper = spawn('/usr/bin/python3', [path.join(here, 'deliver.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: helper.stdout })) {
    const urls = JSON.parse(line);
    use(urls.gateway);
    control = (status) => fetch(urls.control, { method: 'POST', body: JSON.stringify({ status }) });
    return;
  }
  assert.fail('deliver.py said nothing');
});
after(async () => {
  await close();
  const ended = new Promise((resume) => helper.once('exit', resume));
  helper.stdin.end();
  await ended;
});

const post = (what, body = {}) => fetch(`${gateway}/api/${what}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
const row = (page) => page.getByRole('row', { name: /risk-desk/ });
/** Both themes, wide and narrow, both languages: accessible, not too wide, and a picture of each. */
async function looked(what, where, ready) {
  for (const [device, size] of Object.entries({ desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844, locale: 'pt-BR' } })) {
    for (const scheme of ['light', 'dark']) {
      const page = await open(where, { scheme, ...size });
      await shown(page);
      if (ready) await ready(page);
      assert.deepEqual(await violations(page), [], `${what}, ${device}, ${scheme}`);
      const wide = await tooWide(page);
      await shot(page, `deliver-${what}-${device}-${scheme}`);
      assert.ok(wide <= 0, `${what} is ${wide} px too wide on the ${device}`);
      await finish(page);
    }
  }
}
/** What is refused is told by the browser, too. */
const finish = (page) => { page.problems = page.problems.filter((text) => !/status of 4\d\d/.test(text)); return done(page); };

test('one that is down says why and when it is tried next; T tries now', async () => {
  await control(503);
  await until('it is down', async () => (await api(one)).nextTryAt);
  const page = await open('destinations');
  await until('its error and next try', async () => /503[\s\S]*(next try in|trying now)/.test(await row(page).innerText()));
  await looked('destinations', 'destinations', (each) => row(each).waitFor());

  await page.goto(`${gateway}/ui/destinations/${encodeURIComponent(name)}`);
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.locator('.lag-chart svg').waitFor();
  await looked('destination', `destinations/${encodeURIComponent(name)}`, (each) => each.locator('.lag').waitFor());

  await page.getByRole('button', { name: /Behind, last 24 hours: Show as table/ }).click();
  await page.locator('.lag-table tbody tr').first().waitFor();
  await control(204);
  await until('T ends the pause', async () => {
    await page.keyboard.press('t');
    return !(await api(one)).nextTryAt;
  });
  await page.getByText('It has all there is.').waitFor();
  await finish(page);
});

test('one is parked and resumed, and sent again only after its number was said', async () => {
  await control(204);
  const page = await open(`destinations/${encodeURIComponent(name)}`);
  await page.getByRole('button', { name: 'Park', exact: true }).click();
  await page.getByText('is parked. It stays so after a restart').waitFor();
  await until('it is parked', async () => (await api(one)).state === 'parked');
  await looked('parked', `destinations/${encodeURIComponent(name)}`, (each) => each.locator('.dest-state').waitFor());
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await until('it goes on', async () => (await api(one)).state === 'ok');

  await page.getByRole('button', { name: 'Resync…' }).click();
  await page.getByRole('radio', { name: 'Everything that the journal has' }).check();
  await page.getByRole('button', { name: /^Send [\d,]+ events again$/ }).click();
  await page.getByText(/events are sent again/).waitFor();
  await finish(page);
});

test('one that was never heard of is grey and no error; an unknown one says so', async () => {
  await post('consumers', { name: 'quiet-bot' });
  const page = await open('destinations');
  const consumer = page.getByRole('row', { name: /quiet-bot/ });
  await until('not in use', async () => /not in use/.test(await consumer.innerText()));
  assert.match(await consumer.getAttribute('class'), /row-off/);
  await page.goto(`${gateway}/ui/destinations/nobody`);
  await page.getByText('There is no destination “nobody”').waitFor();
  await finish(page);
});

test('set aside: retried by keys they stay in place and say Delivered; dropping more than one asks for the number', async () => {
  const page = await open('set-aside');
  await page.getByText(/Nothing set aside/).waitFor();
  await looked('set-aside-empty', 'set-aside', (each) => each.locator('.empty').waitFor());

  await control(400);
  await until('four are set aside', async () => (await api('telegram-gateway/failures')).reduce((sum, { count }) => sum + count, 0) >= 4);
  await control(204);
  await page.reload();
  const rows = page.locator('tr[data-item]');
  await rows.nth(3).waitFor();
  const order = await rows.evaluateAll((all) => all.map((each) => each.dataset.item));
  await rows.first().getByRole('button', { name: /Payload/ }).click();
  await until('its payload', async () => /"text"|message/.test(await page.locator('.payload pre').innerText()));
  await looked('set-aside', 'set-aside', async (each) => {
    await each.locator('tr[data-item] input').first().click();
    await each.locator('tr[data-item] .button').nth(1).click();
    await each.locator('.payload pre').waitFor();
  });
  await rows.first().getByRole('button', { name: /Payload/ }).click();

  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await page.getByText('2 selected').waitFor();
  await page.keyboard.press('r');
  await until('both say Delivered', async () => (await rows.evaluateAll((all) => all.slice(0, 2).map((each) => each.innerText))).every((text) => /Delivered/.test(text)));
  assert.deepEqual((await rows.evaluateAll((all) => all.map((each) => each.dataset.item))).slice(0, order.length), order, 'nothing moved');

  await rows.nth(2).getByRole('checkbox').focus();
  await page.keyboard.press('x');
  await rows.nth(3).getByRole('checkbox').focus();
  await page.keyboard.press('x');
  await page.keyboard.press('d');
  const drop = page.getByRole('dialog').getByRole('button', { name: 'Drop 2 messages' });
  assert.ok(await drop.isDisabled());
  await page.keyboard.type('3');
  assert.ok(await drop.isDisabled(), 'another number is not enough');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await until('both say Dropped', async () => (await rows.evaluateAll((all) => all.slice(2, 4).map((each) => each.innerText))).every((text) => /Dropped/.test(text)));
  await finish(page);
});

test('more than the page shows are dropped only while they are as many as the person confirmed', async () => {
  const page = await open();
  const item = { id: '1', channelId: '-1001', title: 'Mesa', messageId: 7, at: new Date().toISOString(), tries: 1 };
  const asked = [];
  await page.route('**/api/telegram-gateway/failures', (route) => route.fulfill({ json: { success: true, data: [{ destination: name, reason: 'answered 400', count: 60, advice: '', items: [item] }] } }));
  await page.route('**/api/telegram-gateway/failures/drop', (route) => {
    const body = route.request().postDataJSON();
    asked.push(body);
    return route.fulfill({ json: { success: true, data: { matched: 60, changed: body.dryRun ? 0 : 60, dryRun: body.dryRun === true } } });
  });
  await visit(page, 'set-aside');
  await page.getByRole('button', { name: 'Drop 60 messages' }).click();
  await page.keyboard.type('60');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  assert.deepEqual(asked.at(-1), { filter: { destination: name, reason: 'answered 400' }, expect: 60 });
  await finish(page);
});

test('a rule is tried as typed, says where an expression is wrong, is saved from now on, and deleted by name', async () => {
  const text = (await until('a message with text', async () => (await api('messages?limit=50')).find((message) => /^[A-Za-z]{4,}/.test(message.text)))).text;
  const [word] = /^[A-Za-z]+/.exec(text);
  const page = await open('rules/new?days=0');
  await page.getByText('Name at least one condition').waitFor();
  const regex = page.getByRole('textbox', { name: 'Expression' });
  await regex.fill(`(${word}`);
  await page.locator('.caret').waitFor();
  await regex.fill(word);
  await until('how many match', async () => /[1-9][\d,]* of [1-9]/.test(await page.locator('.trial-sum').innerText()));
  assert.equal(await page.locator('.trial-list mark').first().innerText(), word);
  await page.getByText('Nothing was sent: dry run.').waitFor();
  await page.locator('.histogram svg[role=img]').waitFor();

  await regex.fill('zzzzzz-nowhere');
  await until('the nearest misses, and what failed', async () => /Just outside/.test(await page.locator('.trial').innerText()) && /Failed: Expression/.test(await page.locator('.trial').innerText()));
  await regex.fill(word);
  await page.keyboard.press('Control+Enter');
  await page.keyboard.press('Control+s');
  await page.getByText(/Not saved: \d things? (is|are) to be mended/).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('signals');
  await page.getByRole('textbox', { name: 'Tag with' }).fill('signal');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+s');
  await page.getByText(/Saved\. It counts from .* on/).waitFor();
  const [rule] = await api('telegram-gateway/rules');
  assert.deepEqual([rule.name, rule.conditions, rule.actions], ['signals', { regex: word }, { tag: ['signal'] }]);
  await looked('rule', `rules/${rule.id}?days=0`, (each) => each.locator('.trial-list li').first().waitFor());
  await looked('rules', 'rules', (each) => each.locator('.rules-table').waitFor());

  await page.goto(`${gateway}/ui/rules`);
  await page.getByRole('switch', { name: 'signals is on' }).click();
  await until('it is off', async () => (await api('telegram-gateway/rules'))[0].enabled === false);
  await page.goto(`${gateway}/ui/rules/${rule.id}`);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete “signals”' }).click();
  await page.getByText('No rule yet').waitFor();
  await page.goto(`${gateway}/ui/rules/new?text=ouro%20rompimento&channel=-1001`);
  await page.getByRole('button', { name: 'Remove rompimento' }).waitFor();
  await finish(page);
});
