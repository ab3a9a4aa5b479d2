// Signing in on the dashboard, with the real TDLib and a Telegram of the tests' own (telegram.py).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { api, close, done, gateway, open, shot, tooWide, until, use, violations } from './browser.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const skip = existsSync(path.join(here, '../../tdlib/node_modules/@prebuilt-tdlib/linux-x64-glibc/libtdjson.so')) ? false : 'TDLib is not there';
const phone = '9996611234';
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844, locale: 'pt-BR' } };
let helper;
let control;

before(async () => {
  if (skip) return;
  helper = spawn('/usr/bin/python3', [path.join(here, 'telegram.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: helper.stdout })) {
    const urls = JSON.parse(line);
    use(urls.gateway);
    control = async (name, more = {}) => (await fetch(urls.control, { method: 'POST', body: JSON.stringify({ do: name, ...more }) })).json();
    return;
  }
  assert.fail('telegram.py said nothing');
});
after(async () => {
  await close();
  if (!helper) return;
  const ended = new Promise((resume) => helper.once('exit', resume));
  helper.stdin.end();
  await ended;
});

const post = (what, body = {}) => fetch(`${gateway}/api/telegram-gateway/auth/${what}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
const account = async (name = 'main') => (await api('telegram-gateway/auth/status')).accounts.find((one) => one.name === name);
const stage = (wanted, name) => until(`${name ?? 'main'} at ${wanted}`, async () => (await account(name))?.stage === wanted);
async function signedOut() {
  for (const { name, stage: at } of (await api('telegram-gateway/auth/status')).accounts) await post(at === 'ready' || at === 'closed' ? 'logout' : 'cancel', { account: name });
  await control('password', { value: '', hint: '' });
  await until('no account', async () => (await api('telegram-gateway/auth/status')).accounts.length === 0);
}
async function signedIn() {
  await signedOut();
  await post('start', { account: 'main', phone });
  await stage('code');
  await post('input', { account: 'main', value: await control('code') });
  await stage('ready');
}
/** Looks at a step in both themes, wide and narrow, in both languages; where pictures are asked for, in each with each. */
async function looked(name, where) {
  for (const [device, size] of Object.entries(sizes)) {
    for (const scheme of ['light', 'dark']) {
      if (!process.env.SHOTS && (device === 'phone') !== (scheme === 'dark')) continue;
      const page = await open(where, { scheme, ...size });
      await page.waitForSelector('.wizard, .account-list, .setup');
      const take = page.getByRole('button', { name: /Take over|Assumir/ });
      if (['qr', 'code', 'password'].includes(name)) { await take.click(); await page.waitForSelector(name === 'qr' ? 'img.qr' : '.step-box input'); }
      assert.deepEqual(await violations(page), [], `${name}, ${device}, ${scheme}`);
      const wide = await tooWide(page);
      assert.ok(wide <= 0, `${name} is ${wide} px too wide on the ${device}`);
      await shot(page, `accounts-${name}-${device}-${scheme}`);
      await done(page);
    }
  }
}
const choose = (page, name) => page.getByRole('radio', { name }).check();
/** An input that was not taken is a 400, and the browser says so. */
const finish = (page) => { page.problems = page.problems.filter((text) => !/status of 4(00|29)|status of 503/.test(text)); return done(page); };
const problem = (page, text) => page.locator('[role="alert"]', { hasText: text }).waitFor();

test('without an account the overview is the sign-in; by phone, with a wrong number and a wrong code', { skip }, async () => {
  await signedOut();
  const page = await open('');
  await page.getByRole('heading', { name: 'Sign in to Telegram' }).waitFor();
  await page.getByRole('button', { name: 'Show the QR code' }).waitFor();
  await choose(page, /Phone number/);
  await page.getByLabel(/Phone number, with/).fill('12025550100');
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await problem(page, 'Telegram knows no such number');
  assert.equal(await page.getByLabel(/Phone number, with/).inputValue(), '', 'what was typed is gone');

  await page.getByLabel(/Phone number, with/).fill(phone);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  const code = page.getByLabel('Code', { exact: true });
  await code.waitFor();
  assert.equal(await code.getAttribute('autocomplete'), 'one-time-code');
  const sent = await page.locator('.step-box').innerText();
  assert.match(sent, /in Telegram, to your other devices/);
  assert.match(sent, /\+99•+34/);
  assert.match(sent, /possible in \d+ seconds/);
  assert.doesNotMatch(await page.content(), new RegExp(phone));
  assert.equal(await page.getByRole('button', { name: 'Send another code' }).isDisabled(), true);

  await code.fill('0');
  await page.getByRole('button', { name: 'Next' }).click();
  await problem(page, 'That is not the code');
  await until('the field is empty again', async () => (await code.inputValue()) === '');
  await code.fill(await control('code'));
  await page.keyboard.press('Enter');
  await page.getByText('Signed in as Ada').waitFor();
  await page.getByRole('link', { name: 'Choose channels' }).click();
  await page.waitForURL(/\/channels$/);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.doesNotMatch(kept, /9996611234|token=/);
  await finish(page);
});

test('a password with its hint, wrong and then right', { skip }, async () => {
  await signedOut();
  await control('password', { value: 'right horse', hint: 'the usual' });
  const page = await open('accounts/new');
  await choose(page, /Phone number/);
  await page.getByLabel(/Phone number, with/).fill(phone);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.getByLabel('Code', { exact: true }).fill(await until('a code', () => control('code')).then(async () => { await stage('code'); return control('code'); }));
  await page.getByRole('button', { name: 'Next' }).click();
  const password = page.getByLabel('Password', { exact: true });
  await password.waitFor();
  assert.equal(await password.getAttribute('type'), 'password');
  await page.getByText('Hint for its password: the usual').waitFor();
  await password.fill('wrong horse');
  await page.getByRole('button', { name: 'Next' }).click();
  await problem(page, 'That is not the password');
  await password.fill('right horse');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Signed in as Ada').waitFor();
  await finish(page);
});

test('a QR code that is renewed once, then scanned', { skip }, async () => {
  await signedOut();
  await control('qr_lifetime', { seconds: 4 });
  const page = await open('accounts/new');
  await page.getByRole('button', { name: 'Show the QR code' }).click();
  const picture = page.getByAltText('QR code for Telegram’s app');
  await picture.waitFor();
  await page.getByText(/New code in \d+ seconds?/).waitFor();
  const first = await picture.getAttribute('src');
  assert.ok(await until('the picture is drawn', () => picture.evaluate((image) => image.complete && image.naturalWidth > 0)));
  await until('another code', async () => (await picture.getAttribute('src')) !== first);
  await control('qr_lifetime', { seconds: 30 });
  await until('it is scanned', async () => (await control('approve')) === 1);
  await page.getByText('Signed in as Ada').waitFor();
  await finish(page);
});

test('a bot, with a wrong token and the right one', { skip }, async () => {
  await signedOut();
  const page = await open('accounts/new');
  await choose(page, /Bot/);
  await page.getByLabel(/Name of the account/).fill('helper');
  await page.getByLabel(/Token of the bot/).fill('7:no');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await problem(page, 'That is not the token of a bot');
  await page.getByLabel(/Token of the bot/).fill('7:abc');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('Signed in as Helper').waitFor();
  await page.getByRole('link', { name: 'To the accounts' }).click();
  const row = page.locator('[data-account="helper"]');
  await row.waitFor();
  assert.match(await row.innerText(), /helper · bot/);
  assert.match(await row.innerText(), /nothing can be proven complete with bots alone/);
  await finish(page);
});

test('Telegram says wait: how long and until when', { skip }, async () => {
  await signedOut();
  await control('flood', { method: 'auth.sendCode', seconds: 840 });
  const page = await open('accounts/new');
  await choose(page, /Phone number/);
  await page.getByLabel(/Phone number, with/).fill(phone);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await problem(page, /Telegram says wait 1[34] min.*, until \d\d:\d\d/);
  assert.equal(await page.getByRole('button', { name: 'Send me a code' }).isDisabled(), true);
  await finish(page);
});

test('a sign-in that was begun elsewhere is taken over or cancelled', { skip }, async () => {
  await signedOut();
  await post('start', { account: 'main', phone });
  await stage('code');
  const page = await open('accounts/new');
  await page.getByText(/A sign-in for main is under way, begun elsewhere/).waitFor();
  await page.getByRole('button', { name: 'Take over' }).click();
  await page.getByLabel('Code', { exact: true }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByRole('button', { name: 'Show the QR code' }).waitFor();
  await until('no account is left', async () => (await account()) === undefined);
  await finish(page);
});

test('a revoked session: a banner on every page, and signed in again from it', { skip }, async () => {
  await signedIn();
  const page = await open('settings');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await control('revoke');
  const banner = page.locator('[data-revoked="main"]');
  await banner.waitFor({ timeout: 60_000 });
  assert.match(await banner.innerText(), /Telegram ended the session of main at \d\d:\d\d. Nothing stored is lost/);
  for (const where of ['', 'c', 'logs', 'accounts']) {
    await page.goto(`${gateway}/ui/${where}`);
    await banner.waitFor();
  }
  assert.match(await page.locator('[data-account="main"]').innerText(), /signed out by Telegram/);
  await banner.getByRole('link', { name: /Sign in again/ }).click();
  await page.getByRole('heading', { name: 'Sign main in again' }).waitFor();
  await choose(page, /Phone number/);
  await page.getByLabel(/Phone number, with/).fill(phone);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.getByLabel('Code', { exact: true }).waitFor();
  await page.getByLabel('Code', { exact: true }).fill(await control('code'));
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Signed in as Ada').waitFor();
  await banner.waitFor({ state: 'detached' });
  await finish(page);
});

test('signing out asks first', { skip }, async () => {
  await signedIn();
  const page = await open('accounts');
  await page.getByRole('button', { name: 'Sign out main' }).click();
  await page.getByRole('dialog').getByText('Everything that is stored stays').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await account()).stage, 'ready');
  await page.getByRole('button', { name: 'Sign out main' }).click();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out main' }).click();
  await page.getByRole('heading', { name: 'Sign in to Telegram' }).waitFor();
  assert.equal(await account(), undefined);
  await finish(page);
});

test('how to sign in, and a QR code, pass axe in both themes and fit a phone', { skip }, async () => {
  await signedOut();
  await looked('method', '');
  await post('start', { account: 'main', method: 'qr' });
  await stage('qr');
  await looked('qr', 'accounts/new');
});

test('the code and the password pass axe in both themes and fit a phone', { skip }, async () => {
  await signedOut();
  await control('password', { value: 'right', hint: 'the usual' });
  await post('start', { account: 'main', phone });
  await stage('code');
  await looked('code', 'accounts/new');
  await post('input', { account: 'main', value: await control('code') });
  await stage('password');
  await looked('password', 'accounts/new');
});

test('the accounts, and one that was signed out by Telegram, pass axe in both themes and fit a phone', { skip }, async () => {
  await signedIn();
  await looked('list', 'accounts');
  await control('revoke');
  await until('it is told', async () => (await account()).revoked, 60_000);
  await looked('revoked', 'accounts');
});
