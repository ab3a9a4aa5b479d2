// Media, the delivery trace and the list of the reader.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, bubble, close, done, gateway, open, shot, someMessage, at, tooWide, until, use, violations } from './browser.mjs';
import { imported } from './imported.mjs';

const demo = gateway;
let own;
let channelId;

const wav = (seconds) => {
  const rate = 8_000;
  const head = Buffer.alloc(44);
  const size = seconds * rate * 2;
  head.write('RIFF', 0); head.writeUInt32LE(36 + size, 4); head.write('WAVEfmt ', 8); head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24); head.writeUInt32LE(rate * 2, 28); head.writeUInt16LE(2, 32); head.writeUInt16LE(16, 34); head.write('data', 36); head.writeUInt32LE(size, 40);
  const body = Buffer.alloc(size);
  for (let i = 0; i < size / 2; i += 1) body.writeInt16LE(Math.round(4_000 * Math.sin(i / 4)), i * 2);
  return Buffer.concat([head, body]);
};

/** Pictures and a film, made by the browser itself. */
async function drawn(sizes) {
  const page = await open('settings');
  const made = await page.evaluate(async (all) => {
    const paint = (canvas, n) => {
      const context = canvas.getContext('2d');
      const { width, height } = canvas;
      const ground = context.createLinearGradient(0, 0, width, height);
      ground.addColorStop(0, `hsl(${190 + n * 31} 45% 22%)`);
      ground.addColorStop(1, `hsl(${210 + n * 47} 50% 38%)`);
      context.fillStyle = ground;
      context.fillRect(0, 0, width, height);
      context.strokeStyle = '#F2B04F';
      context.lineWidth = 5;
      context.beginPath();
      for (let x = 0; x <= width; x += 12) context.lineTo(x, height * (0.55 + 0.22 * Math.sin(x / 70 + n) + 0.06 * Math.sin(x / 13)));
      context.stroke();
    };
    const base64 = async (blob) => { let text = ''; for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte); return btoa(text); };
    const pictures = [];
    for (const [n, [width, height]] of all.entries()) {
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      paint(canvas, n);
      pictures.push(await base64(await new Promise((resume) => canvas.toBlob(resume, 'image/jpeg', 0.8))));
    }
    const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 270 });
    paint(canvas, 1);
    const recorder = new MediaRecorder(canvas.captureStream(12), { mimeType: 'video/webm' });
    const chunks = [];
    recorder.ondataavailable = ({ data }) => chunks.push(data);
    const ended = new Promise((resume) => { recorder.onstop = resume; });
    recorder.start();
    for (let n = 0; n < 16; n += 1) { paint(canvas, n / 5); await new Promise((resume) => requestAnimationFrame(resume)); await new Promise((resume) => setTimeout(resume, 60)); }
    recorder.stop();
    await ended;
    return { pictures, film: await base64(new Blob(chunks)) };
  }, sizes);
  await page.context().close();
  return { pictures: made.pictures.map((text) => Buffer.from(text, 'base64')), film: Buffer.from(made.film, 'base64') };
}

const shapes = [[1600, 900], [900, 1200], [1200, 800], [1600, 900], [1000, 1000], [800, 1200], [1280, 720]];
before(async () => {
  const { pictures, film } = await drawn(shapes);
  const files = new Map([['video/v.webm', film], ['sound/s.wav', wav(60)], ['files/report.pdf', 'a report']]);
  const messages = [];
  const begin = Math.floor(Date.UTC(2026, 10, 4, 14) / 1000);
  const add = (more, after = 400) => {
    const id = messages.length + 1;
    const date = (messages.at(-1) ? Number(messages.at(-1).date_unixtime) : begin) + after;
    messages.push({ id, type: 'message', date: '2026-11-04T14:00:00', date_unixtime: String(date), from: 'Mesa Norte', from_id: 'channel9100000002', text: more.said ?? '', text_entities: more.said ? [{ type: 'plain', text: more.said }] : [], ...more, said: undefined });
  };
  const photo = (n) => { files.set(`photos/p${n}.jpg`, pictures[n]); return { photo: `photos/p${n}.jpg`, width: shapes[n][0], height: shapes[n][1] }; };
  add({ said: 'Bom dia. O mapa vem antes da abertura.' });
  add({ ...photo(0), said: 'Mapa da tarde: índice, dólar e ouro.' });
  add(photo(3), 0);
  add(photo(6), 0);
  add({ ...photo(1), said: 'Quatro quadros.' });
  add(photo(2), 0);
  add(photo(4), 0);
  add({ photo: '(File not included. Change data exporting settings to download.)', width: 1200, height: 800 }, 0);
  add({ ...photo(5), said: 'Sozinha.' });
  add({ file: 'video/v.webm', media_type: 'video_file', mime_type: 'video/webm', width: 480, height: 270, duration_seconds: 1, said: 'O filme.' });
  add({ file: 'sound/s.wav', media_type: 'voice_message', mime_type: 'audio/wav', duration_seconds: 60 });
  add({ file: 'files/report.pdf', file_name: 'relatório de novembro.pdf', mime_type: 'application/pdf', said: 'O relatório.' });
  add({ file: '(File not included. Change data exporting settings to download.)', file_name: 'planilha.xlsx', file_size: 2_400_000, mime_type: 'application/vnd.ms-excel' });
  own = await imported({ name: 'Mesa Norte · Sinais', type: 'public_channel', id: 9_100_000_002, messages }, files, (message) => {
    if (message.id >= 2 && message.id <= 4) message.album = '1';
    if (message.id >= 5 && message.id <= 8) message.album = '2';
  });
  use(own.url);
  [{ channelId }] = await api('telegram-gateway/channels?px=50');
});
after(async () => { await close(); await own?.stop(); });
const here = () => use(own.url);
const there = () => use(demo);

test('an album stands in rows, each picture in its true shape', async () => {
  here();
  const [first] = (await api(`messages?channelId=${channelId}&limit=100&sort=oldest`)).filter(({ albumId }) => albumId);
  for (const [name, size] of Object.entries({ desk: {}, phone: { width: 390, height: 844, locale: 'pt-BR' } })) {
    for (const scheme of ['light', 'dark']) {
      const page = await open(at(first), { scheme, ...size });
      const album = page.locator('.is-album').first();
      await album.waitFor();
      await until('its pictures are here', () => album.locator('img').evaluateAll((all) => all.length === 3 && all.every((one) => one.complete && one.naturalWidth > 0)));

      const drawnAs = await album.locator('.picture').evaluateAll((all) => all.map((one) => one.clientWidth / one.clientHeight));
      const true3 = [shapes[0], shapes[3], shapes[6]].map(([w, h]) => w / h);
      drawnAs.forEach((ratio, i) => assert.ok(Math.abs(ratio / true3[i] - 1) < 0.04, `picture ${i} is ${ratio}, not ${true3[i]}`));
      assert.deepEqual(await violations(page), []);
      assert.ok(await tooWide(page) <= 0);
      await shot(page, `reading-album-${name}-${scheme}`);
      await done(page);
    }
  }
});

test('what is not here keeps its place, says why, and is counted', async () => {
  here();
  const page = await open(`c/${channelId}/5`);
  const album = page.locator('.is-album', { has: page.getByText('Quatro quadros.') });
  await album.waitFor();

  assert.match(await album.innerText(), /1 of 4 still to fetch/);
  assert.equal(await album.locator('.picture-absent').getAttribute('aria-label'), 'Photo, 1,200 × 800, not in the export');
  assert.equal(await album.getByRole('button', { name: /Download/ }).count(), 0, 'nobody has it');
  await done(page);
});

test('the lightbox by keyboard: next, zoom, Esc, and back where one was', async () => {
  here();
  const page = await open(`c/${channelId}/2`);
  const second = page.locator('.is-album').first().locator('button.picture').nth(1);
  await second.waitFor();
  await second.focus();

  await page.keyboard.press('Enter');

  const box = page.locator('dialog.lightbox');
  await box.waitFor();
  const picture = box.locator('.lightbox-picture img');
  const width = async () => (await picture.boundingBox()).width;
  await until('the picture is here', () => picture.evaluate((one) => one.complete && one.naturalWidth > 0));
  assert.match(await box.innerText(), /2 of 3/);
  assert.deepEqual(await violations(page), []);
  await shot(page, 'reading-lightbox');
  const fit = await width();
  await page.keyboard.press('+');
  await until('it is larger', async () => (await width()) > fit * 1.2);
  await page.keyboard.press('0');
  await until('it fits again', async () => Math.abs((await width()) - fit) < 2);
  await page.keyboard.press('ArrowRight');
  await box.getByRole('status').getByText('3 of 3').waitFor();
  await page.keyboard.press('ArrowRight');
  await box.getByRole('status').getByText('1 of 3').waitFor();
  await page.keyboard.press('ArrowLeft');
  await box.getByRole('status').getByText('3 of 3').waitFor();
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  assert.equal(await second.evaluate((one) => one === document.activeElement), true);
  await done(page);
});

test('a video plays from parts of its file, and a sound can be begun anywhere', async () => {
  here();
  const page = await open(`c/${channelId}/10`);
  const asked = [];
  page.on('response', (response) => { if (response.request().resourceType() === 'media') asked.push([response.status(), response.request().headers().range ?? '']); });
  const video = bubble(page, { messageId: 10 }).locator('video');
  await video.waitFor();
  await video.evaluate((one) => one.play());
  await until('it runs', () => video.evaluate((one) => one.currentTime > 0 || one.ended));
  assert.equal(await video.evaluate((one) => one.controls), true);

  const sound = bubble(page, { messageId: 11 }).locator('audio');
  await sound.waitFor();
  await sound.evaluate((one) => { one.preload = 'metadata'; one.load(); });
  await until('its length is known', () => sound.evaluate((one) => one.duration > 59 && one.duration < 61));
  await sound.evaluate((one) => { one.currentTime = 55; });
  await until('it is there', () => sound.evaluate((one) => one.readyState >= 2 && !one.seeking && one.currentTime > 54));

  await until('the parts were noted', () => asked.length >= 2);
  assert.ok(asked.every(([status]) => status === 206), JSON.stringify(asked));
  await shot(page, 'reading-players');
  assert.deepEqual(await violations(page), []);
  await done(page);
});

test('a document has a name, a size and a download under that name', async () => {
  here();
  const page = await open(`c/${channelId}/12`);
  const file = bubble(page, { messageId: 12 });
  await file.waitFor();
  assert.match(await file.innerText(), /relatório de novembro\.pdf\s+8 B/);

  const saving = page.waitForEvent('download');
  await file.getByRole('link', { name: 'Download: relatório de novembro.pdf' }).click();

  assert.equal((await saving).suggestedFilename(), 'relatório de novembro.pdf');
  assert.match(await bubble(page, { messageId: 13 }).innerText(), /planilha\.xlsx\s+2\.4 MB .*not in the export/);
  await done(page);
});

test('the gallery by keyboard, its tab in the address', async () => {
  here();
  for (const scheme of ['light', 'dark']) {
    const page = await open(`c/${channelId}`, { scheme });
    await page.waitForSelector('article');
    await page.getByRole('button', { name: 'Media' }).click();
    await page.waitForURL(/gallery=photos/);
    await page.waitForSelector('.gallery-grid li');
    assert.equal(await page.locator('.gallery-grid li').count(), 8);
    await until('its pictures are here', () => page.locator('.gallery-grid img:not(.miniature)').evaluateAll((all) => all.length === 7 && all.every((one) => one.complete)));
    assert.deepEqual(await violations(page), []);
    await shot(page, `reading-gallery-${scheme}`);
    await page.getByRole('tab', { name: 'Photos' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/gallery=videos/);
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/gallery=files/);
    await page.waitForSelector('.gallery-rows li');
    assert.equal(await page.locator('.gallery-rows > li').count(), 3);
    assert.deepEqual(await violations(page), []);
    await page.locator('.gallery-there').first().click();
    await page.waitForURL(/\/c\/[^/]+\/13/);
    await page.waitForSelector('article');
    await done(page);
  }
});

test('a consumer that acknowledged says after how long; one that did not says why', async () => {
  there();
  const send = (path, body) => fetch(`${demo}/api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  for (const [name, from] of [['exec-bot', 'oldest'], ['idle-bot', 'oldest']]) await send('consumers', { name, from });
  const message = await someMessage('a live message', 'origin=live', (one) => !one.deletedAt && !one.service && !one.albumId && one.versions === 1);
  for (const name of ['exec-bot', 'idle-bot']) await api(`messages/unprocessed?limit=500&channelId=${message.channelId}&excludeProcessedBy=${name}`);
  assert.equal((await send('messages/mark-processed', { messageIds: [message.id], processedBy: 'exec-bot' })).status, 200);
  await send('consumers', { name: 'late-bot', from: 'now' });

  for (const [name, more] of Object.entries({ light: {}, dark: { scheme: 'dark' } })) {
    const page = await open(at(message), more);
    await bubble(page, message).waitFor();
    await page.getByRole('tab', { name: 'Delivery' }).click();
    const line = (who) => page.locator('.delivery li', { hasText: who });
    await line('exec-bot').waitFor();
    assert.match(await line('journal').innerText(), /on disk\s+(< 1|[\d.,]+) ?(ms|s)/);
    assert.match(await line('exec-bot').innerText(), /acknowledged\s+[\d.,]+ ?(ms|s|min)/);
    assert.match(await line('idle-bot').innerText(), /Offered once, at .*; not acknowledged\./);
    assert.match(await line('late-bot').innerText(), /It began after this message/);
    assert.deepEqual(await violations(page), []);
    await shot(page, `reading-delivery-${name}`);
    await done(page);
  }
});

test('a permalink into a hole says so and has it fetched', async () => {
  there();
  const channel = (await api('telegram-gateway/channels?px=50')).find(({ messageCount }) => messageCount > 150);
  const page = await open('');
  const hole = { from: channel.coverage.to + 1, to: channel.coverage.to + 25, ids: 25, since: new Date().toISOString(), cause: 'connection_lost' };
  await page.route('**/api/telegram-gateway/channels?*', async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    for (const one of body.data) if (one.channelId === channel.channelId) one.coverage = { ...one.coverage, to: hole.to, missing: 25, holes: [hole] };
    await route.fulfill({ response: answer, json: body });
  });
  const synced = [];
  await page.route('**/api/telegram-gateway/sync-messages', async (route) => { synced.push(route.request().postDataJSON()); await route.continue(); });
  await page.goto(`${demo}/ui/c/${channel.channelId}/${hole.to}`);
  const bar = page.locator('.absent-bar');
  await bar.waitFor();
  assert.match(await bar.innerText(), /is in a hole\. Ids .*connection lost/);
  await shot(page, 'reading-hole');

  await bar.getByRole('button', { name: 'Fetch now' }).click();

  await until('it was asked for', () => synced.length === 1);
  assert.deepEqual(synced[0].channels, [channel.channelId]);
  assert.deepEqual(page.problems.splice(0).filter((one) => !/status of 404/.test(one)), [], 'the message is not stored, and that is all');
  await done(page);
});

test('a permalink to what the database keeps no longer says when it was posted, and that it is erased', async () => {
  there();
  const channel = (await api('telegram-gateway/channels?px=50')).find(({ messageCount }) => messageCount > 150);
  const page = await open('');
  await page.route('**/api/messages?*around=*', async (route) => {
    const answer = await route.fetch({ url: route.request().url().replace(/around=[^&]*/, '') });
    const body = await answer.json();
    await route.fulfill({ json: { ...body, pagination: { ...body.pagination, absent: { reason: 'erased', date: '2024-05-06T07:08:09Z', keepDays: 90 } } } });
  });
  await page.goto(`${demo}/ui/c/${channel.channelId}/${channel.coverage.to + 9}`);
  const bar = page.locator('.absent-bar');
  await bar.waitFor();

  assert.match(await bar.innerText(), /is not stored here\. Erased: it was posted at 6 May 2024.*, and the database keeps 90 days\./);
  await done(page);
});

test('topics are tabs', async () => {
  there();
  const [channel] = await api('telegram-gateway/channels?px=50');
  const page = await open('');
  await page.route('**/api/telegram-gateway/channels?*', async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    for (const one of body.data) if (one.channelId === channel.channelId) one.topics = [{ id: '1', title: 'General' }, { id: '7', title: 'Índice' }];
    await route.fulfill({ response: answer, json: body });
  });
  await page.goto(`${demo}/ui/c/${channel.channelId}`);
  await page.getByRole('tab', { name: 'All' }).focus();

  await page.keyboard.press('ArrowRight');

  await page.waitForURL(/topic=1/);
  assert.equal(await page.getByRole('tab', { name: 'General' }).getAttribute('aria-selected'), 'true');
  assert.equal(await page.getByRole('tab', { name: 'General' }).evaluate((one) => one === document.activeElement), true);
  assert.deepEqual(await violations(page), []);
  await done(page);
});

test('the row that has the focus survives being scrolled away', async () => {
  there();
  const channel = (await api('telegram-gateway/channels?px=50')).find(({ messageCount }) => messageCount > 150);
  const page = await open(`c/${channel.channelId}`);
  await page.waitForSelector('article');
  await page.keyboard.press('k');
  await page.waitForURL(/\/c\/[^/]+\/\d+/);
  await until('a row has the focus', () => page.evaluate(() => document.activeElement.matches('article')));
  const focused = () => page.evaluate(() => document.activeElement.closest('article')?.dataset.id ?? '');
  const before = await focused();

  await page.locator('.scroller').evaluate((list) => { list.scrollTop = 200; });
  await until('it is far away', () => page.evaluate(() => { const box = document.activeElement.getBoundingClientRect(); return box.bottom < -500 || box.top > innerHeight + 500; }));
  assert.equal(await focused(), before);
  assert.ok(Number(await page.evaluate(() => document.activeElement.getAttribute('aria-posinset'))) > 0);
  await page.keyboard.press('k');

  await until('the one before it', async () => (await focused()) !== before && Number((await focused()).split(':')[1]) < Number(before.split(':')[1]));
  await until('it is in sight', () => page.evaluate(() => { const box = document.activeElement.getBoundingClientRect(); return box.top > 0 && box.bottom < innerHeight; }));
  await done(page);
});

test('an older page moves what is read by a pixel at most', async () => {
  there();
  const channel = (await api('telegram-gateway/channels?px=50')).find(({ messageCount }) => messageCount > 300);
  const page = await open('');
  let letGo;
  const held = new Promise((resume) => { letGo = resume; });
  await page.route('**/api/messages?*cursor=*', async (route) => { await held; await route.continue(); });
  await page.goto(`${demo}/ui/c/${channel.channelId}`);
  await page.waitForSelector('article');
  await page.locator('.scroller').evaluate((list) => { list.scrollTop = 1_200; });
  const place = (id) => page.evaluate((wanted) => {
    const one = wanted ? document.querySelector(`[data-message="${wanted}"]`) : [...document.querySelectorAll('[data-message]')].find((each) => each.getBoundingClientRect().top > 120);
    return one ? { id: one.dataset.message, top: one.getBoundingClientRect().top, height: document.querySelector('.scroller').scrollHeight } : null;
  }, id);
  let last = await place();
  await until('it stands still', async () => { const now = await place(); const still = now && now.id === last?.id && now.top === last.top; last = now; return still; });

  letGo();
  await until('the page came', async () => (await place(last.id)).height > last.height + 500);

  const moved = Math.abs((await place(last.id)).top - last.top);
  assert.ok(moved <= 1, `moved by ${moved} px`);
  await done(page);
});
