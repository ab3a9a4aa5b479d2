// Who does not see, does not use a mouse, or sees it large, in few colours or without motion gets the same. access.test.mjs
// looks at every page with axe, at 390 and at 320 px.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { api, close, done, everyPage, gateway, open, shot, tooWide, until, use, violations, visit } from './browser.mjs';
import { ownGateway } from './own.mjs';
import { differences } from '../../web/check/words.mjs';

const own = [];
after(async () => {
  await close();
  for (const one of own) await one.remove();
});

const focused = (page) => page.evaluate(() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
  return { tag: one.tagName, class: one.className, text: (one.getAttribute('aria-label') ?? one.innerText ?? '').trim().slice(0, 60), ring: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 || boxShadow !== 'none' };
});
/** Presses Tab until `fits` holds of what has the focus. */
async function tabTo(page, fits, what, key = 'Tab') {
  const passed = [];
  for (let i = 0; i < 120; i += 1) {
    await page.keyboard.press(key);
    const now = await focused(page);
    if (fits(now)) return now;
    passed.push(now.text || now.tag);
  }
  return assert.fail(`no Tab leads to ${what}; it passed ${passed.join(' | ')}`);
}

test('a text that one language lacks, or fills in otherwise, fails the build', () => {
  assert.deepEqual(differences({ a: 'A {n}', b: { one: 'x', other: 'y' } }, { a: '{n} A', b: { one: 'x', other: 'y' } }), []);
  assert.equal(differences({ a: 'A', b: 'B' }, { a: 'A' }).length, 1);
  assert.equal(differences({ a: 'A {n}' }, { a: 'A {m}' }).length, 1);
  assert.equal(differences({ a: { one: 'x', other: 'y' } }, { a: 'y' }).length, 1);
});

test('each change of page moves the focus to its heading and names it in the title', async () => {
  const page = await open();
  await page.waitForSelector('#verdict');
  for (const link of await page.locator('.sidebar .nav-item').evaluateAll((all) => all.map((one) => one.getAttribute('href')).reverse())) {
    await page.locator(`.sidebar .nav-item[href="${link}"]`).focus();
    await page.keyboard.press('Enter');
    await until(`the heading of ${link} has the focus`, () => page.evaluate(() => document.activeElement.tagName === 'H1'));
    const heading = (await page.locator('h1').innerText()).trim();
    await until(`the title names ${heading}`, async () => (await page.title()).includes(` · ${heading} · `));
    assert.equal(await page.locator('h1').count(), 1);
    assert.equal(await page.locator('main').count(), 1);
  }
  await done(page);
});

test('the skip link leads past the navigation on every page', async () => {
  const page = await open('settings');
  for (const [name, where] of Object.entries(await everyPage())) {
    await visit(page, where);
    const first = await page.evaluate(() => document.querySelector('a[href], button, input, select, [tabindex="0"]').className);
    assert.match(first, /skip/, name);
    await page.locator('.skip').focus();
    assert.ok(await page.evaluate(() => document.querySelector('.skip').getBoundingClientRect().top >= 0), `${name}: it is seen`);
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main', name);
  }
  await done(page);
});

test('the overview by keyboard alone: every control is reached, seen and works', async () => {
  const page = await open();
  await page.waitForSelector('.channel-table tbody tr');
  await page.waitForSelector('.permin');
  // Forward through the whole page: each stop is visible, in order, and there is a way out.
  const stops = [];
  do {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (now.tag === 'BODY') break;
    assert.ok(now.ring, `the focus is not seen on ${now.tag} ${now.text}`);
    stops.push(now.text);
  } while (stops.length < 200);
  assert.ok(stops.length > 20 && stops.length < 200, `${stops.length} stops`);
  for (const wanted of [/Jump to/, /Sync now/, /theme/, /Coverage by day/, /Messages per minute/, /ids accounted for/]) assert.ok(stops.some((text) => wanted.test(text)), String(wanted));

  await page.locator('h1').focus();
  await tabTo(page, ({ text }) => /Coverage by day: Show as table/.test(text), 'the table of days');
  await page.keyboard.press('Space');
  await page.waitForSelector('.days table');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.days-strip');

  await tabTo(page, ({ class: name }) => /^tab\b/.test(name), 'the filters of channels');
  await page.keyboard.press('Enter');
  await tabTo(page, ({ tag }) => tag === 'SELECT', 'the order of channels');
  await page.keyboard.press('End');
  await page.waitForURL(/order=name/);
  await page.keyboard.press('Home');
  await page.waitForURL((url) => !url.search.includes('order'));

  await page.keyboard.press('Escape');
  await page.locator('h1').focus();
  await page.keyboard.press('j');
  assert.match((await focused(page)).class, /cov-button/);
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open] tbody tr');
  assert.deepEqual(await violations(page), []);
  await tabTo(page, ({ text }) => /CSV/.test(text), 'the export of ranges');
  const saved = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  assert.match((await saved).suggestedFilename(), /^coverage-.*\.csv$/);
  await page.keyboard.press('Escape');
  await until('the focus is back on the bar', async () => /cov-button/.test((await focused(page)).class));

  await tabTo(page, ({ text }) => /Sync now/.test(text), 'Sync now', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await until('what came of it is said', () => page.evaluate(() => /Synced/.test(document.querySelector('.sync [role="status"]').textContent)));
  await done(page);
});

test('signing in to the dashboard by keyboard alone, over the page that was open', async () => {
  const token = 'a-token-of-this-test';
  const one = await ownGateway({ toml: `[[auth.tokens]]\nname = "me"\nscopes = ["admin"]\nsha256 = "${createHash('sha256').update(token).digest('hex')}"\n`, demo: ['--rate', '1', '--channels', '3', '--history', '20'] });
  own.push(one);
  const shared = gateway;
  use(one.url);
  try {
    const page = await open('settings');
    await page.waitForSelector('dialog.signin[open]');
    await until('the field has the focus', async () => (await focused(page)).tag === 'INPUT');
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('dialog.signin[open]').count(), 1, 'there is nothing behind it to go back to');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await until('the refusal is an alert', () => page.evaluate(() => document.querySelector('#signin-problem').textContent.length > 0));
    await shot(page, 'signin-refused');
    await until('the field still has the focus', async () => (await focused(page)).tag === 'INPUT');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(token);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog.signin', { state: 'detached' });
    assert.match(page.url(), /\/settings$/);
    await page.waitForSelector('main select');
    page.problems.length = 0; // 401 and 403 on the way
    await done(page);
  } finally { use(shared); }
});

test('a token without a right sees the page, and is told', async () => {
  const token = 'a-token-that-reads';
  const one = await ownGateway({ toml: `[[auth.tokens]]\nname = "reader"\nscopes = ["read"]\nsha256 = "${createHash('sha256').update(token).digest('hex')}"\n`, demo: ['--rate', '1', '--channels', '3', '--history', '20'] });
  own.push(one);
  const shared = gateway;
  use(one.url);
  try {
    const page = await open();
    await page.waitForSelector('dialog.signin[open] input');
    await page.keyboard.type(token);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.channel-table tbody tr');
    const sync = page.getByRole('button', { name: /Sync now/ });
    assert.equal(await sync.isDisabled(), true);
    assert.match(await sync.getAttribute('title'), /needs the scope consume/);
    page.problems.length = 0;
    await done(page);
  } finally { use(shared); }
});

test('without motion nothing moves, and nothing moves for ever with it', async () => {
  for (const reducedMotion of ['reduce', 'no-preference']) {
    const page = await open();
    await page.emulateMedia({ reducedMotion });
    await page.waitForSelector('.cov-button');
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog[open]');
    const moves = await page.evaluate(() => document.getAnimations().map((one) => ({ name: one.animationName ?? one.transitionProperty, ...one.effect.getComputedTiming() })).map(({ name, duration, iterations }) => ({ name, duration, iterations })));
    if (reducedMotion === 'reduce') assert.deepEqual(moves, []);
    for (const { name, duration, iterations } of moves) assert.ok(duration <= 160 && iterations === 1, `${name}: ${duration} ms, ${iterations} times`);
    await done(page);
  }
});

test('with forced colours every state of a bar still has a shape', async () => {
  const page = await open();
  await page.emulateMedia({ forcedColors: 'active' });
  await page.waitForSelector('.cov-button');
  const parts = await page.evaluate(() => {
    // One of each, beside those of the data.
    const strip = document.querySelector('.cov');
    for (const state of ['proven', 'hole', 'unknown', 'lost']) strip.append(Object.assign(document.createElement('i'), { className: `cov-${state} probe` }));
    return Object.fromEntries([...strip.querySelectorAll('.probe')].map((one) => {
      const { outlineStyle, backgroundImage, backgroundColor, borderTopStyle, top } = getComputedStyle(one);
      return [one.className.split(' ')[0], { edge: outlineStyle !== 'none' || borderTopStyle !== 'none', look: `${backgroundImage}|${backgroundColor}|${top}` }];
    }));
  });
  assert.equal(new Set(Object.values(parts).map(({ look }) => look)).size, 4, JSON.stringify(parts));
  for (const [name, { edge }] of Object.entries(parts)) assert.ok(edge, name);
  await shot(page, 'forced-colors');
  await done(page);
});

test('with more contrast quiet text and lines are no quieter than the rest', async () => {
  const page = await open();
  await page.emulateMedia({ contrast: 'more' });
  await page.waitForSelector('.card');
  const seen = await page.evaluate(() => {
    const of = (name) => { const probe = document.body.appendChild(document.createElement('i')); probe.style.setProperty('color', `var(${name})`); const { color } = getComputedStyle(probe); probe.remove(); return color; };
    return { quiet: of('--text-3'), second: of('--text-2'), line: of('--line'), edge: of('--edge') };
  });
  assert.equal(seen.quiet, seen.second);
  assert.equal(seen.line, seen.edge);
  await done(page);
});

test('text that a reader spaces out is neither cut nor makes the page scroll sideways', async () => {
  const page = await open('settings', { width: 390, height: 844 });
  for (const [name, where] of Object.entries(await everyPage())) {
    await visit(page, where);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
      document.adoptedStyleSheets = [sheet];
    });
    const wide = await tooWide(page);
    assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  }
  await done(page);
});

test('what is touched is large enough: 24 px with a pointer, 44 on a phone', async () => {
  for (const [least, size] of [[24, { width: 1440, height: 900 }], [44, { width: 390, height: 844 }]]) {
    const page = await open('', size);
    await page.waitForSelector('.channel-table tbody tr');
    const small = await page.evaluate((least) => [...document.querySelectorAll('button, a[href], select, input, [role="button"]')].filter((one) => {
      const box = one.getBoundingClientRect();
      if (box.width < 2 || box.height < 2 || one.closest('.sr, .skip')) return false;
      // A link within text and a whole row that is one target are exempt (WCAG 2.5.8).
      if (getComputedStyle(one).display === 'inline') return false;
      const row = one.closest('tr, li')?.getBoundingClientRect();
      return Math.max(box.height, one.closest('tr') ? row?.height ?? 0 : 0) < least;
    }).map((one) => `${one.className || one.tagName}: ${Math.round(one.getBoundingClientRect().height)} px, ${(one.getAttribute('aria-label') ?? one.innerText).slice(0, 30)}`), least);
    assert.deepEqual(small, [], `under ${least} px`);
    await done(page);
  }
});

test('a phone, in Portuguese: the same by the bar at the bottom, and by keyboard', async () => {
  const page = await open('', { width: 390, height: 844, locale: 'pt-BR' });
  await page.waitForSelector('.channel-table tbody tr');
  await tabTo(page, ({ text }) => text === 'Mais', 'the bottom bar');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog.sheet[open]');
  assert.deepEqual(await violations(page), []);
  const there = await page.locator('dialog.sheet a').allInnerTexts();
  assert.ok(there.length >= 5, there.join());
  await page.keyboard.press('Escape');
  await until('the focus is back', async () => (await focused(page)).text === 'Mais');
  await done(page);
});

test('the dashboard can be installed: what the manifest names is there', async () => {
  const manifest = await (await fetch(`${gateway}/ui/manifest.webmanifest`)).json();
  assert.equal(manifest.display, 'standalone');
  for (const { src, sizes, type } of manifest.icons) {
    const answer = await fetch(`${gateway}/ui/${src}`);
    assert.equal(answer.status, 200, src);
    assert.equal(answer.headers.get('content-type').split(';')[0], type, `${src} ${sizes}`);
  }
  assert.ok(manifest.icons.some(({ purpose }) => purpose === 'maskable') && manifest.icons.some(({ sizes }) => sizes === '512x512'));
  assert.equal((await api('session')).required, false);
});
