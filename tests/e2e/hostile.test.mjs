// Nothing that somebody posts runs, reports or leaves this gateway, on any page that shows it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, close, done, gateway, open, shot, shown, tooWide, until, use, violations } from './browser.mjs';
import { brokenEntities, fileNames, hostileExport, texts } from './hostile.mjs';
import { imported } from './imported.mjs';

let own;
let channelId;
before(async () => {
  const { export: exported, files } = hostileExport();
  own = await imported(exported, files, (message) => { if (message.text === 'broken entities here') message.entities = brokenEntities; });
  use(own.url);
  [{ channelId }] = await api('telegram-gateway/channels?px=50');
});
after(async () => { await close(); await own?.stop(); });

/** A page that notes every request to elsewhere and everything that ran. */
async function watched(where, more) {
  const page = await open('', more);
  await page.route((url) => url.origin !== new URL(gateway).origin && !/^(blob|data):$/.test(url.protocol), (route) => {
    page.problems.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  page.on('dialog', (dialog) => { page.problems.push(`dialog ${dialog.message()}`); void dialog.dismiss(); });
  page.context().on('page', (other) => { page.problems.push(`opened ${other.url()}`); });
  await page.goto(`${gateway}/ui/${where}`);
  await shown(page);
  return page;
}
async function inert(page) {
  const found = await page.evaluate(() => ({
    hacked: window.hacked ?? 0, title: document.title, foreign: document.querySelectorAll('main script, main iframe, main object, main embed, main base, main style, main link, main meta, main form:not([class]), main [onerror], main [onload], main [onmouseover], main [style*="javascript"]').length,
    links: [...document.querySelectorAll('main a[href]')].map((one) => one.href).filter((href) => !/^(https?|tg|mailto|tel):/.test(href)),
    bare: [...document.querySelectorAll('main a[target="_blank"]')].filter((one) => !/noopener/.test(one.rel) || !/noreferrer/.test(one.rel)).length,
  }));
  assert.equal(found.hacked, 0, 'something ran');
  assert.equal(found.foreign, 0, 'elements of a message are in the page');
  assert.deepEqual(found.links, []);
  assert.equal(found.bare, 0);
}
/** Goes over the whole channel, so that every message was on screen once. */
async function everyMessage(page) {
  const seen = new Set();
  await page.waitForSelector('article');
  await page.locator('.scroller').evaluate((list) => { list.scrollTop = list.scrollHeight; });
  await until('every message was on screen', async () => {
    for (const id of await page.locator('[data-message]').evaluateAll((all) => all.map((one) => one.dataset.message))) seen.add(id);
    await inert(page);
    return page.locator('.scroller').evaluate((list) => { const top = list.scrollTop; list.scrollTop -= 500; return top <= 0; });
  }, 60_000);
  return seen;
}

test('the whole channel is read and nothing of it runs', async () => {
  const page = await watched(`c/${channelId}`);
  const all = (await api(`messages?limit=1000&channelId=${channelId}`)).filter(({ service }) => !service);

  const seen = await everyMessage(page);

  assert.ok(all.length > 55, `${all.length} messages were taken in`);
  for (const { messageId } of all) assert.ok(seen.has(String(messageId)), `message ${messageId} was shown`);
  assert.ok(await tooWide(page) <= 0);
  page.problems = page.problems.filter((text) => !/404|Failed to load resource/.test(text));
  await done(page);
});

test('every text is shown letter by letter', async () => {
  const page = await watched(`c/${channelId}/2`);
  await page.waitForSelector('[data-message="2"]');

  assert.equal(await page.locator('[data-message="2"] [data-text]').textContent(), texts[1]);
  await page.keyboard.press('j');
  await page.waitForURL(/\/3$/);
  assert.equal(await page.locator('[data-message="3"] [data-text]').textContent(), texts[2]);
  await shot(page, 'hostile-reader');
  await done(page);

  const long = (await api(`messages?limit=1000&channelId=${channelId}`)).filter(({ text }) => text.length > 4_096);
  assert.ok(long.length >= 2, `${long.length} texts are longer than one that can be posted`);
  for (const { messageId, text } of long) {
    const alone = await watched(`c/${channelId}/${messageId}`);
    const bubble = alone.locator(`[data-message="${messageId}"]`);
    await bubble.waitFor();
    assert.equal(await bubble.locator('[data-text]').textContent(), text.slice(0, 4_000));
    await bubble.getByRole('button', { name: /^Show all/ }).click();
    await bubble.getByRole('button', { name: 'Show less' }).waitFor();
    assert.equal(await bubble.locator('[data-text]').textContent(), text);
    await done(alone);
  }
});

test('entities that no text has leave the text whole', async () => {
  const [{ messageId }] = await api(`messages?limit=1&sort=newest&channelId=${channelId}`);
  const page = await watched(`c/${channelId}/${messageId}`);
  const words = page.locator(`[data-message="${messageId}"] [data-text]`);
  await words.waitFor();

  assert.equal((await words.textContent()).replace(/ \(.*\)/, ''), 'broken entities here');
  await inert(page);
  await done(page);
});

test('a link says where it leads when its words name another place', async () => {
  const disguised = (await api(`messages?limit=1000&channelId=${channelId}`)).filter(({ text }) => /^(bank\.example|https:\/\/bank\.example|https:\/\/аррӏе|homograph)/.test(text));
  assert.equal(disguised.length, 4);
  for (const { messageId, text } of disguised) {
    const page = await watched(`c/${channelId}/${messageId}`);
    const link = page.locator(`[data-message="${messageId}"] [data-text] a`).first();
    await link.waitFor();
    assert.match(await link.innerText(), /leads to (outside\.invalid|xn--80ak6aa92e\.com)/, text);
    assert.match(await link.getAttribute('title'), /^https:\/\/(outside\.invalid|bank\.example@outside\.invalid|xn--80ak6aa92e\.com)/);
    await done(page);
  }
});

test('file names cannot hide what they are, and pages among the files are only ever saved', async () => {
  const files = (await api(`messages?limit=1000&hasMedia=true&channelId=${channelId}`)).filter(({ media }) => media.type === 'document');
  assert.ok(files.length >= fileNames.length - 1);
  for (const { media } of files) {
    if (!media.url) continue;
    const answer = await fetch(gateway + media.url);
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
    assert.match(answer.headers.get('content-disposition'), /^attachment/);
    const disposition = answer.headers.get('content-disposition');
    assert.doesNotMatch(disposition, /[\u0080-\uFFFF]|\/|\\|%2F|%5C|%E2%80%AE/i);
    // Dots within a name lead nowhere; at its beginning they would hide it, or name a folder.
    const [, plain, escaped] = /^attachment(?:; filename="([^"]*)"; filename\*=UTF-8''(\S*))?$/.exec(disposition) ?? assert.fail(disposition);
    for (const name of [plain, escaped]) assert.doesNotMatch(name ?? '', /^(\.|%2E)/i);
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'; sandbox/);
    await answer.arrayBuffer();
  }
  const turned = files.find(({ media }) => media.fileName?.includes('\u202E'));
  const page = await watched(`c/${channelId}/${turned.messageId}`);
  const name = page.locator(`[data-message="${turned.messageId}"] .file-name`);
  await name.waitFor();
  assert.doesNotMatch(await name.innerText(), /\u202E/);
  const saving = page.waitForEvent('download');
  await page.locator(`[data-message="${turned.messageId}"] .file a`).click();
  assert.doesNotMatch((await saving).suggestedFilename(), /\u202E/);
  await done(page);
});

for (const [name, where, size] of [
  ['overview', '', {}], ['channels', 'channels', {}], ['one channel', '', { detail: true }], ['search', 'search?q=script', {}], ['search for markup', `search?q=${encodeURIComponent('"><svg onload=1>')}`, {}],
  ['gallery of links', '', { gallery: 'links' }], ['gallery of files', '', { gallery: 'files' }], ['gallery of photos', '', { gallery: 'photos' }], ['on the phone', '', { phone: true }], ['an address that is markup', 'c/%3Cscript%3E/1', {}],
]) {
  test(`inert: ${name}`, async () => {
    const path = size.detail ? `channels/${channelId}` : size.gallery ? `c/${channelId}?gallery=${size.gallery}` : size.phone ? `c/${channelId}` : where;
    const page = await watched(path, size.phone ? { width: 390, height: 844 } : {});
    if (size.gallery) await page.waitForSelector('.gallery-grid li, .gallery-rows li');
    await inert(page);
    const wide = await tooWide(page);
    assert.ok(wide <= 0, `${wide} px too wide`);
    if (size.gallery || size.phone) assert.deepEqual(await violations(page), []);
    await shot(page, `hostile-${name.replace(/ /g, '-')}`);
    page.problems = page.problems.filter((text) => !/404|Failed to load resource/.test(text));
    await done(page);
  });
}

test('the raw message and its versions are text, too', async () => {
  const page = await watched(`c/${channelId}/2`);
  await page.waitForSelector('.inspector');
  for (const tab of ['Delivery', 'Facts', 'Raw']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.waitForSelector('#tab-panel > *');
    await inert(page);
  }
  assert.match(await page.locator('.raw').innerText(), /<img src=x onerror/);
  await done(page);
});
