// What another page of the same browser can do to a gateway that somebody is signed in to: nothing. And what the gateway
// sends can do nothing either.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { close, done, gateway, open, until, use } from './browser.mjs';
import { ownGateway, ownServer } from './own.mjs';

const tokens = { admin: 'admin-token-of-this-test', consume: 'consume-token-of-this-test', read: 'read-token-of-this-test' };
let own;
let elsewhere;

before(async () => {
  const hash = (text) => createHash('sha256').update(text).digest('hex');
  own = await ownGateway({
    toml: Object.entries(tokens).map(([scope, token]) => `[[auth.tokens]]\nname = "${scope}"\nscopes = ["${scope}"]\nsha256 = "${hash(token)}"\n`).join('\n'),
    demo: ['--rate', '0.5', '--channels', '3', '--history', '20'],
  });
  use(own.url);
  elsewhere = await ownServer((request, response) => { response.setHeader('Content-Type', 'text/html'); response.end('<!doctype html><title>elsewhere</title><body>'); });
});
after(async () => {
  await close();
  await elsewhere?.close();
  await own?.remove();
});

const withToken = (scope) => ({ 'X-Gateway-Token': tokens[scope], 'Content-Type': 'application/json' });
const read = async (path) => (await fetch(`${gateway}/api/${path}`, { headers: withToken('admin') })).json();

/** Every operation that changes something: all but GET, and what is read at a price. */
async function writing() {
  const { paths } = await read('openapi.json');
  const all = [];
  for (const [pattern, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (method === 'get' && operation['x-scope'] !== 'consume') continue;
      const path = pattern.replace(/\{(\w+)\}/g, (_, name) => (/channel|peer/i.test(name) ? '-1001487851422' : '1')).slice(1);
      all.push({ method: method.toUpperCase(), path: method === 'get' ? `${path}?consumer=victim&name=victim` : path, operation: operation.operationId, scope: operation['x-scope'] });
    }
  }
  assert.ok(all.length > 20, `${all.length} operations`);
  return all;
}

/** How often each operation was answered with success, as the gateway counts. */
async function succeeded(operations) {
  const text = await (await fetch(`${gateway}/metrics`, { headers: withToken('admin') })).text();
  const counts = {};
  for (const line of text.split('\n')) {
    const found = /http_requests_total\{(.*)\} (\d+)/.exec(line);
    const route = found && /route="(\w+)"/.exec(found[1])?.[1];
    if (route && operations.has(route) && /code="[23]/.test(found[1])) counts[route] = (counts[route] ?? 0) + Number(found[2]);
  }
  return counts;
}

async function signedIn(scope, where = '') {
  const page = await open(where);
  await page.waitForSelector('dialog.signin');
  await page.locator('dialog.signin input').fill(tokens[scope]);
  await page.locator('dialog.signin input').press('Enter');
  await page.waitForSelector('dialog.signin', { state: 'detached' });
  page.problems.length = 0; // 401 before the sign-in
  return page;
}

test('a page of another origin changes nothing, whichever way it asks', async () => {
  const page = await signedIn('admin');
  await page.waitForSelector('#verdict');
  const all = await writing();
  const names = new Set(all.map(({ operation }) => operation));
  const before = await succeeded(names);

  const evil = await page.context().newPage();
  await evil.goto(elsewhere.url);
  const cookies = await page.context().cookies(gateway);
  assert.equal(cookies.find(({ name }) => name === 'tg_session')?.sameSite, 'Strict');
  assert.equal(cookies.find(({ name }) => name === 'tg_session')?.httpOnly, true);
  const outcomes = await evil.evaluate(async ({ root, operations }) => {
    const seen = [];
    const body = JSON.stringify({ channelId: '-1001487851422', name: 'evil', consumer: 'victim', token: 'x', ids: ['1'], value: '1', account: 'main', phone: '123', seq: 1 });
    for (const { method, path } of operations) {
      const url = `${root}/${path}`;
      const ways = [
        // What needs no preflight: it arrives, with the cookie (another port is the same site).
        ['simple', { method: ['GET', 'POST'].includes(method) ? method : 'POST', mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body: method === 'GET' ? undefined : body }],
        ['preflight', { method, mode: 'cors', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': 'guessed' }, body: method === 'GET' ? undefined : body }],
        ['override', { method: 'POST', mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body: `_method=${method}` }],
      ];
      for (const [way, init] of ways) {
        try {
          const answer = await fetch(url, { credentials: 'include', cache: 'no-store', ...init });
          seen.push({ way, method, path, type: answer.type, status: answer.status });
        } catch { seen.push({ way, method, path, type: 'refused', status: 0 }); }
      }
    }
    return seen;
  }, { root: gateway, operations: all });
  assert.deepEqual(outcomes.filter(({ type }) => !['opaque', 'refused'].includes(type)), [], 'answers that another origin could read');

  // Forms, which are not fetches: of every kind that a form may send.
  for (const { method, path } of all.filter((one) => one.method === 'POST')) {
    for (const encoding of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
      await evil.evaluate(({ url, type }) => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.name = `frame${Math.random()}`;
        const form = document.body.appendChild(document.createElement('form'));
        Object.assign(form, { action: url, method: 'post', enctype: type, target: frame.name });
        const field = form.appendChild(document.createElement('input'));
        field.name = '{"channelId":"-1001487851422","name":"evil","x":"';
        field.value = '"}';
        form.submit();
      }, { url: `${gateway}/${path}`, type: encoding });
    }
    assert.equal(method, 'POST');
  }
  await until('the forms have been sent', () => evil.evaluate(() => performance.getEntriesByType('resource').filter(({ initiatorType }) => initiatorType === 'iframe').length > 0 || document.querySelectorAll('iframe').length > 0));
  await evil.waitForLoadState('networkidle').catch(() => undefined);

  const changed = Object.entries(await succeeded(names)).filter(([name, n]) => n !== (before[name] ?? 0));
  assert.deepEqual(changed, [], 'operations that succeeded');
  assert.equal((await read('consumers')).data.some(({ name }) => /evil|victim/.test(name)), false);
  assert.equal((await page.evaluate(() => fetch('../api/session').then((answer) => answer.json()))).data.signedIn, true, 'still signed in');
  console.log(`# ${all.length} operations, ${outcomes.length} fetches, ${all.filter((one) => one.method === 'POST').length * 3} forms, none succeeded`);
  await done(page);
});

test('the session without its csrf value changes nothing either', async () => {
  const page = await signedIn('admin');
  const all = (await writing()).filter(({ method, scope }) => method !== 'GET' && scope);
  const names = new Set(all.map(({ operation }) => operation));
  const before = await succeeded(names);
  const answers = await page.evaluate(async (operations) => {
    const seen = [];
    for (const { method, path } of operations) {
      for (const csrf of [undefined, 'guessed']) {
        const answer = await fetch(`../${path}`, { method, headers: { 'Content-Type': 'application/json', ...(csrf ? { 'X-CSRF-Token': csrf } : {}) }, body: '{}' });
        seen.push([method, path, answer.status, (await answer.json()).error]);
      }
    }
    return seen;
  }, all);
  assert.deepEqual(answers.filter(([, , status, code]) => status !== 403 || code !== 'csrf'), []);
  assert.deepEqual(Object.entries(await succeeded(names)).filter(([name, n]) => n !== (before[name] ?? 0)), []);
  page.problems.length = 0; // the 403s
  await done(page);
});

test('a token may what its scope says, and is told what it lacks', async () => {
  const all = (await writing()).filter(({ scope }) => scope);
  const rank = ['read', 'consume', 'admin'];
  for (const scope of ['read', 'consume']) {
    for (const { method, path, scope: needed } of all.filter((one) => rank.indexOf(one.scope) > rank.indexOf(scope))) {
      const answer = await fetch(`${gateway}/${path}`, { method, headers: withToken(scope), body: method === 'GET' ? undefined : '{}' });
      const { error, message } = await answer.json();
      assert.deepEqual([method, path, answer.status, error], [method, path, 403, 'forbidden']);
      assert.ok(message.includes(`'${needed}'`), message);
    }
  }
  for (const { method, path } of all) assert.equal((await fetch(`${gateway}/${path}`, { method, body: method === 'GET' ? undefined : '{}' })).status, 401, `${method} ${path}`);
});

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types sw";

test('every page and every file of the dashboard has the policy, every answer of the API a stricter one', async () => {
  const worker = await (await fetch(`${gateway}/ui/sw.js`)).text();
  const shell = JSON.parse(/const shell = (\[.*\]);/.exec(worker)[1]);
  const icons = (await (await fetch(`${gateway}/ui/manifest.webmanifest`)).json()).icons.map(({ src }) => src);
  const files = [...new Set([...shell, ...icons, 'sw.js', 'index.html', 'c/-1001487851422/5', 'settings', 'no/such/page'])];
  for (const file of files) {
    const answer = await fetch(`${gateway}/ui/${file}`, { headers: { 'If-None-Match': '"none"' } });
    assert.equal(answer.headers.get('content-security-policy'), policy, file);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', file);
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer', file);
    const again = await fetch(`${gateway}/ui/${file}`, { headers: { 'If-None-Match': answer.headers.get('etag') ?? '' } });
    assert.equal(again.headers.get('content-security-policy'), policy, `${file}, ${again.status}`);
  }
  for (const path of ['ui/assets/none.js', 'api/session', 'api/channels', 'api/nothing', 'health', 'metrics', 'api/openapi.json']) {
    const answer = await fetch(`${gateway}/${path}`, { headers: withToken('read') });
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/, path);
  }
  console.log(`# ${files.length} files and pages`);
});

test('a page of another origin cannot frame the dashboard', async () => {
  const page = await open('settings');
  await page.goto(elsewhere.url);
  await page.evaluate((url) => { const frame = document.createElement('iframe'); frame.src = url; document.body.append(frame); }, `${gateway}/ui/`);
  await until('the frame is refused', () => page.frames().some((frame) => frame.url().startsWith('chrome-error:')));
  page.problems.length = 0; // that it was refused is written there
  await done(page);
});
