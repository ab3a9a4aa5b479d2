// What every page shares: signing in, rights, a gateway that is away, and tokens that come and go.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { close, done, open, shot, tooWide, until, use, violations } from './browser.mjs';
import { adminToken, startGateway } from './gateway.mjs';

let gateway;
before(async () => {
  gateway = await startGateway();
  use(gateway.url);
});
after(async () => {
  await close();
  await gateway?.end();
});

const dialog = (page) => page.locator('dialog.signin[open]');
async function signIn(page, token = adminToken) {
  await dialog(page).getByLabel(/Token/).fill(token);
  await page.keyboard.press('Enter');
}
/** A refusal is answered with 401, 403 or 409, and a gateway that is away with nothing; the browser says so. */
const finish = (page) => { page.problems = page.problems.filter((text) => !/status of (401|403|404|409)|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/.test(text)); return done(page); };
const signedIn = async (where, options, token) => {
  const page = await open(where, options);
  await dialog(page).waitFor();
  await signIn(page, token);
  await dialog(page).waitFor({ state: 'detached' });
  return page;
};

test('a token is asked for over the page; a wrong one is said so; then what was asked is answered', async () => {
  const page = await open('channels');
  await dialog(page).waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, 'signin');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor();
  await signIn(page, 'a token that nobody has made');
  await dialog(page).getByRole('alert').filter({ hasText: 'not accepted' }).waitFor();

  await signIn(page);

  await page.waitForSelector('.channel-table tbody tr');
  assert.equal((await page.context().cookies()).find(({ name }) => name === 'tg_session')?.httpOnly, true);
  await finish(page);
});

test('a session that ends keeps what was typed, and goes on after signing in', async () => {
  const token = await gateway.makeToken('desk', 'read');
  const page = await signedIn('search', {}, token.secret);
  await page.getByRole('combobox', { name: 'Search the archive' }).fill('half a thought');

  assert.equal((await gateway.call('DELETE', `telegram-gateway/tokens/${token.id}`)).status, 200);

  await dialog(page).waitFor();
  assert.equal(await page.locator('.bar-away').count(), 0, 'it is reached, and not called away');
  await signIn(page);
  await dialog(page).waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('combobox', { name: 'Search the archive' }).inputValue(), 'half a thought');
  await until('the stream is live again', () => page.locator('.live-live').count());
  await finish(page);
});

test('a token is made, shown once, used, and revoked at once; by keyboard alone', async () => {
  const page = await signedIn('settings/tokens');
  const table = page.locator('.tokens-table');
  await table.locator('[data-token="TELEGRAM_GATEWAY_API_KEY"]').waitFor();
  await page.getByRole('button', { name: 'New token' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('trader');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await shot(page, 'token-form');
  await page.keyboard.press('Enter');
  const shown = page.locator('[data-secret]');
  await shown.waitFor();
  const secret = await shown.innerText();
  await page.getByRole('button', { name: 'Copy the token' }).click();
  await until('it is copied', async () => (await page.evaluate(() => navigator.clipboard.readText())) === secret);
  assert.deepEqual(await violations(page), []);
  await shot(page, 'token-secret');
  await page.getByRole('button', { name: 'I have stored it' }).press('Enter');

  await table.locator('[data-token="trader"]').waitFor();
  assert.ok(!(await page.content()).includes(secret), 'it is nowhere in the page any more');
  assert.match(await table.locator('[data-token="trader"]').innerText(), new RegExp(`${secret.slice(0, 4)}…[\\s\\S]*read, consume`));
  assert.equal((await gateway.call('GET', 'messages?limit=1', null, secret)).status, 200);
  await page.reload();
  await until('when it was used is told', async () => /ago/.test(await table.locator('[data-token="trader"]').innerText()));
  await shot(page, 'tokens');

  await page.getByRole('button', { name: 'Revoke trader' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke trader' }).press('Enter');
  await table.locator('[data-token="trader"]').waitFor({ state: 'detached' });
  assert.equal((await gateway.call('GET', 'messages?limit=1', null, secret)).status, 403);
  await finish(page);
});

test('a name that is taken is said so, and the form keeps what was typed', async () => {
  const page = await signedIn('settings/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('Name').fill('TELEGRAM_GATEWAY_API_KEY');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'There is a token with the name' }).waitFor();
  assert.equal(await page.getByLabel('Name').inputValue(), 'TELEGRAM_GATEWAY_API_KEY');
  await finish(page);
});

test('who may only read sees why a button is off, with the scope that is missing', async () => {
  const token = await gateway.makeToken('reader', 'read');
  const page = await signedIn('settings/tokens', {}, token.secret);
  const button = page.getByRole('button', { name: 'New token' });
  await button.waitFor();
  assert.equal(await button.isDisabled(), true);
  await page.getByText('it needs the scope admin').waitFor();
  assert.match(await page.locator('.this-session').innerText(), /may read\./);
  assert.deepEqual(await violations(page), []);
  await shot(page, 'tokens-read-only');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await dialog(page).waitFor();
  await finish(page);
});

test('every tab of the settings and the system, in both themes and languages, with a session', async () => {
  for (const [device, size] of [['desktop', { width: 1440, height: 900 }], ['phone', { width: 390, height: 844, locale: 'pt-BR' }]]) {
    for (const scheme of ['light', 'dark']) {
      const page = await signedIn('settings', { scheme, ...size });
      for (const where of ['settings', 'settings/tokens', 'settings/keeping', 'settings/configuration', 'settings/about', 'system', 'logs', 'login']) {
        await page.goto(`${gateway.url}/ui/${where}`);
        await page.waitForFunction(() => document.querySelector('main')?.childElementCount > 0 && !document.querySelector('main [aria-busy="true"], main .skeleton'));
        assert.deepEqual(await violations(page), [], `${where}, ${device}, ${scheme}`);
        const wide = await tooWide(page);
        assert.ok(wide <= 0, `${where} is ${wide} px too wide on the ${device}`);
        await shot(page, `states-${device}-${scheme}-${where.replace('/', '-')}`);
      }
      await finish(page);
    }
  }
});

test('a gateway that is away is said so, ages go on, nothing can be changed; then it goes on, and the log has a gap', async () => {
  const page = await signedIn('logs');
  await page.waitForSelector('.log-line');
  const admin = await signedIn('settings/tokens');
  await admin.locator('.tokens-table').waitFor();

  await gateway.stop();

  const bar = page.locator('.bar-away');
  await bar.waitFor({ timeout: 60_000 });
  assert.match(await bar.innerText(), /Not reachable since \d\d:\d\d\. Showing what was true then\.\s+Next try in \d+ s\./);
  assert.ok(await page.locator('.log-line').count() > 0, 'what was loaded is still there');
  assert.match(await page.evaluate(() => document.querySelector('link[rel="icon"]').getAttribute('href')), /tone-unknown/);
  await admin.locator('.bar-away').waitFor({ timeout: 60_000 });
  assert.equal(await admin.getByRole('button', { name: 'New token' }).isDisabled(), true);
  await admin.getByText('Off while the gateway cannot be reached.').waitFor();
  const age = () => admin.locator('[data-token="TELEGRAM_GATEWAY_API_KEY"]').innerText();
  const before = await age();
  await until('an age goes on', async () => (await age()) !== before);
  assert.deepEqual(await violations(page), []);
  await shot(page, 'unreachable');

  await gateway.start();

  // The sessions ended with the process.
  await dialog(page).waitFor({ timeout: 60_000 });
  await signIn(page);
  await bar.waitFor({ state: 'detached' });
  await page.locator('.log-gap').waitFor();
  assert.match(await page.locator('.log-gap').innerText(), /Lines are missing here, from \d\d:\d\d:\d\d to/);
  await page.locator('.log-gap').getByRole('button').click();
  await until('the command for the gap is copied', async () => /^journalctl -t telegram-gateway .*--since='.* UTC' --until='.* UTC'/.test(await page.evaluate(() => navigator.clipboard.readText())));
  await shot(page, 'log-gap');
  await finish(page);
  await finish(admin);
});
