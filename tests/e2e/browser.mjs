// What the browser tests share: one Chromium, pages that note every error, the API beside them.
//   GATEWAY_URL  a gateway that runs its demo source with gaps, edits, deletions, albums and replies
//   SHOTS        where pictures go; none are taken without it
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const web = createRequire(path.join(path.dirname(fileURLToPath(import.meta.url)), '../../web/package.json'));
const { chromium } = web('playwright-core');
const axeSource = readFileSync(web.resolve('axe-core/axe.min.js'), 'utf8');

export let gateway = (process.env.GATEWAY_URL ?? 'http://127.0.0.1:4010').replace(/\/$/, '');
/** Another gateway than the one that all tests share. */
export const use = (url) => { gateway = url.replace(/\/$/, ''); };
const patience = 30_000;
let browser;

export async function open(where = '', { width = 1440, height = 900, scheme = 'light', locale = 'en-GB', zone = 'America/Sao_Paulo' } = {}) {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale, timezoneId: zone });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(gateway).origin });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(`page error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') page.problems.push(`console: ${message.text()}`); });
  await page.exposeFunction('noteViolation', (text) => page.problems.push(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => window.noteViolation(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(`${gateway}/ui/${where}`);
  return page;
}

/** Goes to a page and waits until it shows its data. */
export async function visit(page, where) {
  await page.goto(`${gateway}/ui/${where}`);
  await shown(page);
}
export async function shown(page) {
  await page.waitForFunction(() => {
    const main = document.querySelector('main');
    return document.querySelector('h1') && main?.childElementCount > 0 && !main.querySelector('[aria-busy="true"], .skeleton');
  });
}
/** By how many pixels something is wider than where it stands: the page, its main part or its header, which would clip. */
export const tooWide = (page) => page.evaluate(() => Math.max(document.documentElement.scrollWidth - window.innerWidth,
  ...[...document.querySelectorAll('main, .top, .reader-head')].filter((one) => one.clientWidth > 1).map((one) => one.scrollWidth - one.clientWidth)));
/** Every page of the dashboard; the channel and the message are of the archive. */
export async function everyPage() {
  const message = await someMessage('an edit', 'onlyEdited=true', (one) => !one.deletedAt && one.versions > 1);
  const { channelId } = message;
  return {
    overview: '', 'channel list': 'c', channel: `c/${channelId}`, message: at(message), search: 'search', 'search results': 'search?q=ouro', channels: 'channels', 'adding channels': 'channels/add',
    'one channel': `channels/${channelId}`, jobs: 'jobs', accounts: 'accounts', 'new account': 'accounts/new', destinations: 'destinations', 'set aside': 'set-aside', rules: 'rules', 'new rule': 'rules/new', logs: 'logs', system: 'system',
    settings: 'settings', tokens: 'settings/tokens', keeping: 'settings/keeping', configuration: 'settings/configuration', about: 'settings/about', login: 'login', 'no page': 'nowhere',
  };
}

export async function done(page) {
  const { problems } = page;
  await page.context().close();
  assert.deepEqual(problems, []);
}
export const close = async () => { await browser?.close(); browser = undefined; };

export async function api(query) {
  const response = await fetch(`${gateway}/api/${query}`);
  assert.equal(response.status, 200, query);
  return (await response.json()).data;
}

/** Waits until `condition` gives something; says what it waited for when it does not. */
export async function until(what, condition, ms = patience) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited ${ms} ms for: ${what}`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

/** The first message of the archive for which `fits` holds; the demo may have to produce it first. */
export function someMessage(what, query, fits) {
  return until(what, async () => {
    for (const message of await api(`messages?limit=200&sort=newest&includeDeleted=true&${query}`)) if (await fits(message)) return message;
    return null;
  }, 180_000);
}
export const at = (message) => `c/${message.channelId}/${message.messageId}${message.scope ? `?scope=${message.scope}` : ''}`;
export const bubble = (page, message) => page.locator(`.bubble[data-message="${message.messageId}"]`);

export async function violations(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axeSource });
  const { result } = await session.send('Runtime.evaluate', {
    awaitPromise: true, returnByValue: true,
    expression: "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }).then((found) => found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`))",
  });
  await session.detach();
  return result.value;
}

export async function shot(page, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`) });
}
