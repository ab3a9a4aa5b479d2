// By hand: node tests/e2e/look.mjs PICTURES OUT puts the dashboard beside its design, with the numbers of the design.
//   GATEWAY_URL  a gateway whose files are served; what the API says of its state is replaced
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { close, gateway, open } from './browser.mjs';

const [pictures, out] = process.argv.slice(2);
const at = '2025-11-04T17:06:12Z';
const moment = (text) => `2025-11-04T${text}Z`;
const ago = (seconds) => new Date(Date.parse(at) - seconds * 1_000).toISOString();

const wave = (seed, most) => Array.from({ length: 24 }, (_, i) => Math.max(1, Math.round(most * (0.45 + 0.35 * Math.sin((i + seed) / 3) + 0.15 * Math.sin((i * 5 + seed) / 2)))));
const whole = (n, from = 1) => ({ expected: n, accounted: n, stored: n, empty: 0, deleted: 0, missing: 0, acceptedLost: 0, unknown: 0, provenAt: ago(12), from, to: from + n - 1, holes: [], bar: [{ from, to: from + n - 1, state: 'proven' }] });
const channel = (title, handle, initials, hue, n, last, more = {}) => ({
  id: title, channelId: `-100${1_000_000 + n}`, title, ...(handle ? { username: handle } : {}), kind: 'channel', label: title, isActive: true, avatar: { initials, hue },
  state: { code: 'complete' }, coverage: whole(n), messageCount: n, lastMessageAt: moment(last), createdAt: '2025-01-01T00:00:00Z', hourly: wave(n % 7, 30), ...more,
});
const hole = { from: 48_112, to: 48_136, ids: 25, since: '2025-11-04T17:02:11Z', cause: 'connection lost', filling: { done: 12, total: 37, secondsLeft: 40 } };
function channels(filling) {
  const mesa = filling
    ? { state: { code: 'hole', missing: 25, secondsLeft: 40 }, coverage: { ...whole(48_163), accounted: 48_138, missing: 25, holes: [hole], bar: [{ from: 1, to: 48_111, state: 'proven' }, { from: 48_112, to: 48_136, state: 'hole' }, { from: 48_137, to: 48_163, state: 'proven' }] } }
    : {};
  const wild = { state: { code: 'history', progress: 0.39 }, coverage: { ...whole(24_978), unknown: 39_000, from: 1, to: 63_978, bar: [{ from: 1, to: 39_000, state: 'unknown' }, { from: 39_001, to: 63_978, state: 'proven' }] } };
  return [
    channel('Mesa Norte · Sinais', 'mesanorte_sinais', 'MN', 0, 48_163, '17:05:00', mesa),
    channel('Wildfire Monitor Iberia', 'wildfire_iberia', 'WI', 1, 24_978, '17:03:00', wild),
    channel('Transparência Municipal', 'transparencia_mun', 'TM', 2, 9_214, '15:00:00', { lastMessageAt: '2025-11-03T15:02:00Z', state: { code: 'silent', since: '2025-11-03T15:02:00Z' } }),
    channel('Ouro & Dólar ao Vivo', 'ouroedolar', 'OD', 3, 154_024, '17:06:00'), channel('Harbour Wire · Markets', 'harbourwire', 'HW', 4, 212_904, '17:06:00'),
    channel('Cripto Radar BR', 'criptoradarbr', 'CR', 5, 96_377, '17:04:00'), channel('Porto Watch · AIS', 'portowatch', 'PW', 6, 31_208, '17:02:00'),
    channel('Macro Brief', 'macrobrief_en', 'MB', 7, 18_942, '16:58:00'), channel('Energia e Commodities', 'energiacommod', 'EC', 8, 27_415, '16:51:00'),
    channel('Central Bank Desk', 'cbdesk', 'CD', 9, 9_806, '16:40:00'), channel('Ferrovia e Logística', 'ferrovia_log', 'FL', 4, 8_214, '16:22:00'),
    channel('Night Desk', '', 'ND', 0, 5_530, '15:47:00', { topics: [1, 2, 3].map((id) => ({ id: String(id), title: 'x' })) }), channel('B3 Fluxo Institucional', 'b3fluxo', 'BF', 5, 22_061, '15:31:00'),
    ...Array.from({ length: 29 }, (_, i) => channel(`Channel ${i + 14}`, `channel${i + 14}`, 'CH', i % 10, 10_000 + i, '14:00:00')),
  ];
}
function overview(filling) {
  const n = filling ? 1_284_119 : 1_284_131;
  const late = { name: 'risk-desk', kind: 'webhook', behindEvents: 212, behindSeconds: 240, ratePerMinute: 0, lastError: '503', nextTryAt: new Date(Date.parse(at) + 8_000).toISOString(), state: 'late' };
  return {
    now: at, version: '1.4.0', capture: { state: 'running', source: 'telegram', since: ago(300_000) },
    verdict: { code: filling ? 'hole' : 'complete', missing: filling ? 25 : 0, lost: 0, channels: 42, provenAt: ago(filling ? 12 : 9) },
    completeness: { ...whole(n), accounted: filling ? n - 25 : n, stored: filling ? 1_198_322 : 1_198_359, empty: 74_113, deleted: 11_659, missing: filling ? 25 : 0, provenAt: ago(12), channels: 42, archived: { channels: 42, messages: 1_198_322 } },
    days: Array.from({ length: 30 }, (_, i) => ({ date: new Date(Date.parse('2025-10-06') + i * 86_400_000).toISOString().slice(0, 10), state: filling && i === 29 ? 'hole' : 'proven', closed: [7, 18, 26].includes(i) || (!filling && i === 29) ? 1 : 0, open: filling && i === 29 ? 1 : 0 })),
    figures: { messagesPerMinute: 14.2, messagesToday: 1_204, storedP95Ms: 218, pollsP95Ms: 3.1, memoryHitRatio: 0.84, slowest: { name: 'risk-desk', behindEvents: 212, behindSeconds: 240 }, disk: { freeBytes: 61e9, daysLeft: 214 } },
    attention: [
      ...(filling ? [{ code: 'hole', channelId: '-1001048163', title: 'Mesa Norte · Sinais', count: 25, secondsLeft: 40 }] : []),
      { code: 'destination_late', destination: 'risk-desk', count: 212, detail: 'the receiver answered 503' },
      ...(filling ? [{ code: 'set_aside', count: 2, destination: 'risk-desk', detail: 'body over 256 KB' }] : []),
    ],
    destinations: [
      { name: 'store', kind: 'database', behindEvents: 0, behindSeconds: 0, ratePerMinute: 14, state: 'ok' }, { name: 'redis', kind: 'cache', behindEvents: 0, behindSeconds: 0, ratePerMinute: 14, state: 'ok' },
      { name: 'rabbitmq', kind: 'broker', behindEvents: 0, behindSeconds: 0, ratePerMinute: 14, state: 'ok' }, { name: 'search', kind: 'search', behindEvents: 18, behindSeconds: 1.4, ratePerMinute: 14, state: 'ok' }, late,
    ],
    perMinute: Array.from({ length: 360 }, (_, i) => {
      const live = 20 + 11 * Math.sin(i / 36) + 3 * Math.sin(i * 1.7);
      return { at: new Date(Date.parse(moment('11:06:00')) + i * 60_000).toISOString(), live: Math.round(i > 343 && i < 350 ? 1 : i > 349 ? 8 : live), catchup: i > 352 ? 8 : 0, other: 0 };
    }),
    jobsRunning: 1,
    accounts: [{ name: 'ops-desk', kind: 'user', state: 'connected', since: ago(273_600) }, { name: 'relay bot', kind: 'bot', state: 'connected', since: ago(777_600) }],
  };
}

async function look(name, picture, filling, options, after) {
  const page = await open('settings', options);
  const answer = (data) => (route) => route.fulfill({ contentType: 'application/json', headers: { 'X-Gateway-Now': at }, body: JSON.stringify({ success: true, data }) });
  await page.route('**/api/stream?*', (route) => route.fulfill({ contentType: 'text/event-stream', body: `retry: 60000\n\nevent: heartbeat\ndata: {"now":"${at}"}\n\n` }));
  await page.route('**/api/session', answer({ required: false, signedIn: true, scopes: ['read', 'consume', 'admin'] }));
  await page.route('**/api/telegram-gateway/overview', answer(overview(filling)));
  await page.route('**/api/telegram-gateway/channels?*', answer(channels(filling)));
  await page.goto(`${gateway}/ui/`);
  await page.waitForSelector('.channel-table tbody tr');
  await page.waitForFunction(() => document.fonts.status === 'loaded');
  await after?.(page);
  const ours = await page.screenshot();
  const { width, height } = page.viewportSize();
  const pair = await page.context().newPage();
  await pair.setViewportSize({ width: width * 2 + 12, height });
  const image = (bytes) => `data:image/png;base64,${bytes.toString('base64')}`;
  await pair.setContent(`<body style="margin:0;display:flex;gap:12px;background:#f0f"><img width="${width}" src="${image(readFileSync(path.join(pictures, picture)))}"><img width="${width}" src="${image(ours)}"></body>`);
  await pair.screenshot({ path: path.join(out, `${name}.png`) });
  await page.context().close();
}

mkdirSync(out, { recursive: true });
await look('overview', 'dashboard-overview.png', true, {}, async (page) => { await page.locator('.cov-button').first().hover(); await page.waitForSelector('.tip'); });
await look('overview-dark', 'dashboard-overview.png', true, { scheme: 'dark' });
await look('phone', 'dashboard-phone.png', false, { width: 390, height: 844, locale: 'pt-BR' });
await close();
