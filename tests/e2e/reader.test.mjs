import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { api, at, bubble, close, done, gateway, open, shot, someMessage, until } from './browser.mjs';

after(close);

const versionsOf = (message) => api(`messages/${encodeURIComponent(message.id)}/versions`);
const busiest = async () => (await api('telegram-gateway/channels?px=50')).sort((a, b) => (b.lastMessageAt ?? '').localeCompare(a.lastMessageAt ?? ''))[0];
const middleOf = (locator) => locator.evaluate((element) => {
  const box = element.getBoundingClientRect();
  const list = document.querySelector('.scroller').getBoundingClientRect();
  return (box.top + box.height / 2 - list.top) / list.height;
});

test('new messages are appended without a reload', async () => {
  const channel = await busiest();
  const page = await open(`c/${channel.channelId}`);
  await page.waitForSelector('article');
  await page.evaluate(() => { window.sameDocument = true; });
  const newest = () => page.locator('.bubble[data-message]').evaluateAll((all) => Math.max(0, ...all.map((one) => Number(one.dataset.message))));
  await until('the newest message of the API is shown', async () => (await newest()) > 0);
  const before = await newest();

  await until('a newer message', async () => (await newest()) > before, 180_000);

  assert.equal(await page.evaluate(() => window.sameDocument), true);
  await done(page);
});

test('filters are in the address and survive a reload', async () => {
  const channel = await busiest();
  const page = await open(`c/${channel.channelId}`);
  await page.waitForSelector('article');

  await page.getByRole('button', { name: 'Filter by words' }).click();
  await page.getByLabel('With media').check();
  await page.waitForURL(/media=1/);
  await page.getByLabel('Origin').selectOption('live');
  await page.waitForURL(/origin=live/);
  await page.reload();

  await page.waitForSelector('.filter-bar');
  assert.equal(await page.getByLabel('With media').isChecked(), true);
  assert.equal(await page.getByLabel('Origin').inputValue(), 'live');
  await done(page);
});

test('back and forward walk through the filters', async () => {
  const channel = await busiest();
  const page = await open(`c/${channel.channelId}`);
  await page.waitForSelector('article');
  await page.getByRole('button', { name: 'Filter by words' }).click();
  await page.getByLabel('With media').check();
  await page.waitForURL(/media=1/);
  await until('only messages with media', () => page.evaluate(() => [...document.querySelectorAll('article .bubble')].every((one) => one.querySelector('.picture, .file, .poll')) && document.querySelector('article .bubble')));

  await page.goBack();
  await page.waitForURL((url) => !url.search.includes('media'));
  await page.waitForSelector('article .bubble:not(:has(.picture, .file, .poll))');

  await page.goForward();
  await page.waitForURL(/media=1/);
  assert.equal(await page.getByLabel('With media').isChecked(), true);
  await done(page);
});

test('an edited message shows what was changed', async () => {
  const message = await someMessage('an edit of words', 'onlyEdited=true', async (one) => {
    if (one.deletedAt || one.versions < 2) return false;
    const versions = await versionsOf(one);
    return versions.length > 1 && versions.at(-2).text !== versions.at(-1).text && one.text === versions.at(-1).text;
  });
  const page = await open(at(message));
  await bubble(page, message).waitFor();

  await page.keyboard.press('e');

  await bubble(page, message).locator('del, ins').first().waitFor();
  await page.waitForSelector('.inspector .compared-box :is(.line-removed, .line-added)');
  assert.match(await bubble(page, message).innerText(), /edited/);
  await shot(page, 'reader-diff');
  await done(page);
});

test('a deleted message is kept and marked', async () => {
  const message = await someMessage('a deletion', 'onlyDeleted=true', (one) => Boolean(one.deletedAt) && one.text !== '' && !one.albumId);
  const page = await open(at(message));

  const shown = bubble(page, message);
  await shown.waitFor();
  assert.match(await shown.innerText(), /Deleted in the channel at .+, kept here/);
  assert.ok((await shown.locator('[data-text]').innerText()).length > 0, 'its text is legible');
  await done(page);
});

test('where deleted messages are hidden, one that is deleted goes at once, and what is read does not move', async () => {
  const { channelId } = await busiest();
  const page = await open(`c/${channelId}?deleted=hide`);
  await page.waitForSelector('.bubble');
  await page.mouse.move(720, 500);
  const places = () => page.locator('.bubble[data-message]:not(.is-album)').evaluateAll((all) => {
    const list = document.querySelector('.scroller').getBoundingClientRect();
    return all.map((one) => ({ id: one.dataset.message, top: one.getBoundingClientRect().top - list.top, bottom: one.getBoundingClientRect().bottom - list.top }));
  });
  const rests = () => page.evaluate(async () => {
    const list = document.querySelector('.scroller');
    for (let still = 0, top = NaN; still < 30; still = list.scrollTop === top ? still + 1 : 0, top = list.scrollTop) await new Promise(requestAnimationFrame);
  });
  const removed = async (what, fits) => {
    const { id } = await until(what, async () => { await page.mouse.wheel(0, -90); await rests(); return (await places()).filter(fits).at(-1); });
    const read = (await places()).find(({ top }) => top > 150);
    assert.ok((await fetch(`${gateway}/api/messages/${channelId}:${id}`, { method: 'DELETE', headers: { 'Content-Type': 'application/json' }, body: '{}' })).ok);
    await page.locator(`.bubble[data-message="${id}"]`).waitFor({ state: 'detached' });
    await rests();
    return Math.abs((await places()).find((one) => one.id === read.id).top - read.top);
  };

  // What follows it, and may be seen in part, may begin a run of its sender then, which is 5 px higher.
  for (const [what, fits] of [['one above what is read', ({ bottom }) => bottom < -10], ['one at the upper edge', ({ top, bottom }) => top < -10 && bottom > 10 && bottom < 140], ['a tall one there', ({ top, bottom }) => top < -10 && bottom > 10 && bottom < 140 && bottom - top > 200]]) {
    const by = await removed(what, fits);
    assert.ok(by <= 6, `${what}: ${String(by)} px`);
  }
  await done(page);
});

test('at the very top, what is read stays when the page before it comes', async () => {
  const { channelId } = await busiest();
  const page = await open(`c/${channelId}`);
  await page.waitForSelector('.bubble');
  let through;
  const asked = new Promise((resume) => {
    void page.route(/\/api\/messages\?.*cursor=/, async (route) => { resume(); await new Promise((go) => { through = go; }); await route.continue(); }, { times: 1 });
  });
  await page.locator('.scroller').evaluate((list) => { list.scrollTop = 0; });
  await asked;
  await page.waitForFunction(() => document.querySelector('.scroller').scrollTop === 0 && document.querySelector('.row[data-index="0"]'));
  const [id] = (await page.locator('.bubble[data-message]:not(.is-album)').evaluateAll((all) => all.map((one) => Number(one.dataset.message)))).sort((a, b) => a - b);
  const place = () => page.locator('.scroller').evaluate((list, which) => ({
    top: list.querySelector(`[data-message="${String(which)}"]`)?.getBoundingClientRect().top ?? NaN, height: list.scrollHeight,
  }), id);
  const before = await place();
  through();
  await page.waitForFunction((height) => document.querySelector('.scroller').scrollHeight > height + 1_000, before.height);
  const by = Math.abs((await place()).top - before.top);
  // It may join a run of its sender then, which is 5 px higher.
  assert.ok(by <= 6, `${String(by)} px`);
  await done(page);
});

test('an album is one bubble', async () => {
  const first = await someMessage('an album', 'hasMedia=true', (one) => Boolean(one.albumId) && !one.deletedAt);
  const parts = (await api(`messages?channelId=${first.channelId}&around=${encodeURIComponent(first.id)}&limit=60&includeDeleted=true`)).filter(({ albumId }) => albumId === first.albumId);
  assert.ok(parts.length > 1);
  const page = await open(at(first));

  const album = page.locator('.bubble.is-album', { has: page.getByRole('group', { name: `Album of ${parts.length}` }) }).first();
  await album.waitFor();
  assert.equal(await album.locator('.picture, .file').count(), parts.length);
  await done(page);
});

test('a reply shows its quote, which leads to the message', async () => {
  const message = await someMessage('a reply', '', (one) => Boolean(one.replyTo?.text || one.replyTo?.quote) && !one.deletedAt && !one.albumId);
  const page = await open(at(message));

  const quote = bubble(page, message).locator('.reply');
  await quote.waitFor();
  assert.ok((await quote.innerText()).length > 0);
  await quote.click();
  await page.waitForURL(new RegExp(`/c/[^/]+/${message.replyTo.messageId}`));
  await done(page);
});

test('permalinks open with their message in the middle, whatever pages come around it', async () => {
  const channel = (await api('telegram-gateway/channels?px=50')).find(({ messageCount }) => messageCount > 150);
  const messages = (await api(`messages?channelId=${channel.channelId}&limit=60&offset=70&sort=newest`)).filter((one) => !one.service && !one.albumId);
  for (const message of messages.slice(10, 15)) {
    const page = await open(at(message));
    await bubble(page, message).waitFor();

    await until('the message is in the middle of the list', async () => { const place = await middleOf(bubble(page, message)); return place > 0.3 && place < 0.7; });
    assert.match(await bubble(page, message).getAttribute('class'), /selected/);
    await done(page);
  }
});

test('older pages are added above without moving the reader', async () => {
  const channel = (await api('telegram-gateway/channels?px=50')).find(({ messageCount }) => messageCount > 150);
  const page = await open(`c/${channel.channelId}`);
  await page.waitForSelector('article');
  const oldest = () => page.locator('.bubble[data-message]').evaluateAll((all) => Math.min(...all.map((one) => Number(one.dataset.message))));
  const before = await oldest();

  await page.locator('.scroller').hover();
  await until('messages of an older page', async () => { await page.mouse.wheel(0, -1500); return (await oldest()) < before - 90; });

  await done(page);
});

test('the rail jumps by keys', async () => {
  const channel = (await api('telegram-gateway/channels?px=50')).find(({ messageCount }) => messageCount > 150);
  const page = await open(`c/${channel.channelId}`);
  const rail = page.getByRole('slider');
  await rail.waitFor();
  await until('the rail knows where the reader is', async () => Number(await rail.getAttribute('aria-valuenow')) > 0);
  const before = Number(await rail.getAttribute('aria-valuenow'));

  await rail.focus();
  await page.keyboard.press('Home');

  await until('the reader is far from the end', async () => Number(await rail.getAttribute('aria-valuenow')) < before - 50);
  await page.keyboard.press('End');
  await until('the reader is back', async () => Number(await rail.getAttribute('aria-valuenow')) > before - 50);
  await done(page);
});
