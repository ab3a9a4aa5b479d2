import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { unreachable } from '../api/client.ts';
import { opened, skips } from '../api/stream.ts';
import type { Message, MessageEvent } from '../api/types.ts';
import { Feed, mostFollowed, slack, type Filters } from './feed.ts';

const peer = '-1001';
const noFilters: Filters = { q: '', media: false, origin: '', deleted: '', sender: '', topic: '' };
const message = (id: number, more: Partial<Message> = {}): Message => ({
  id: `${peer}:${String(id)}`, messageId: id, channelId: peer, scope: 0, seq: id, text: `text ${String(id)}`, date: new Date(id * 60_000).toISOString(), hasMedia: false, origin: 'live', versions: 1, ...more,
} as Message);
const posted = (id: number, more: Partial<Message> = {}, kind = 'new'): MessageEvent => ({ kind, origin: 'live', channelId: peer, seq: id, message: message(id, more) });

/** What the gateway has stored, and what it answers: newest first, 60 a page, as its API does. */
let stored: Message[] = [];
let asked: URLSearchParams[] = [];
let broken = false;
let held: (() => void)[] | null = null;
const store = (from: number, to: number): void => { for (let id = from; id <= to; id += 1) stored.push(message(id)); };

function page(query: URLSearchParams): Response {
  const newestFirst = stored.slice().sort((a, b) => b.messageId - a.messageId);
  const cursor = query.get('cursor');
  const around = query.get('around');
  if (around && stored.length === 0) return new Response('{"success":false,"error":"not_found","message":"nothing"}', { status: 404, headers: { 'X-Gateway-Now': new Date().toISOString() } });
  let first = 0;
  if (cursor?.startsWith('older')) first = newestFirst.findIndex(({ messageId }) => messageId < Number(cursor.slice(5)));
  if (cursor?.startsWith('newer')) first = Math.max(0, newestFirst.findIndex(({ messageId }) => messageId === Number(cursor.slice(5))) - 60);
  if (around) first = Math.max(0, newestFirst.findIndex(({ id }) => id === around) - 29);
  const items = newestFirst.slice(first, first + 60);
  const hasMore = first + 60 < newestFirst.length;
  return new Response(JSON.stringify({
    success: true, data: items,
    pagination: { total: stored.length, limit: 60, hasMore, nextCursor: hasMore ? `older${String(items.at(-1)?.messageId)}` : null, prevCursor: first > 0 ? `newer${String(items[0]?.messageId)}` : null },
  }), { headers: { 'X-Gateway-Now': new Date().toISOString() } });
}
const settle = async (): Promise<void> => { for (let i = 0; i < 30; i += 1) await new Promise((go) => setImmediate(go)); };
const release = async (): Promise<void> => { const all = held ?? []; held = null; for (const go of all) go(); await settle(); };

beforeEach(() => {
  stored = []; asked = []; broken = false; held = null;
  unreachable.value = null;
  globalThis.fetch = async (address) => {
    const query = new URL(String(address)).searchParams;
    asked.push(query);
    // Answered as things stood when it was asked, however late the answer comes.
    const answer = broken ? new Response('{"success":false,"error":"busy","message":"busy"}', { status: 503, headers: { 'X-Gateway-Now': new Date().toISOString() } }) : page(query);
    const { promise, resolve } = later();
    if (held) held.push(resolve); else resolve();
    await promise;
    return answer;
  };
});
function later(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((go) => { resolve = go; });
  return { promise, resolve };
}

const ids = (feed: Feed): number[] => feed.state.peek().items.map(({ messageId }) => messageId);
const run = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
function reading(atEnd: boolean, filters: Partial<Filters> = {}): Feed & { told: number[]; toEnds: number; place: number } {
  const feed = Object.assign(new Feed(peer, { ...noFilters, ...filters }), { told: [] as number[], toEnds: 0, place: 0 });
  feed.reader = {
    atEnd: () => atEnd && feed.state.peek().newer === null, toEnd: () => { feed.toEnds += 1; }, posted: (n) => { feed.told.push(n); },
    place: () => feed.place || null, toPlace: (id) => { feed.place = -id; },
  };
  return feed;
}
async function opens(atEnd: boolean, filters: Partial<Filters> = {}) {
  const feed = reading(atEnd, filters);
  await feed.loadNewest();
  return feed;
}

test('what is posted while the first page is on its way stays', async () => {
  store(1, 10);
  held = [];
  const feed = reading(true);
  void feed.loadNewest();
  await settle();
  feed.apply(posted(11));
  await release();

  assert.deepEqual(ids(feed), run(1, 11));
});

test('what is posted while the page around a permalink is on its way is in none of its gaps', async () => {
  store(1, 200);
  held = [];
  const feed = reading(false);
  void feed.loadAround(100, 0);
  await settle();
  feed.apply(posted(201));
  await release();

  assert.equal(ids(feed).includes(201), false);
  assert.equal(feed.state.peek().fresh, 1);
});

test('what is posted while the last page is on its way is not lost at its end', async () => {
  store(1, 160);
  const feed = reading(false);
  await feed.loadAround(100, 0);
  held = [];
  void feed.loadNewer();
  await settle();
  feed.apply(posted(161));
  await release();
  await feed.loadNewer();

  assert.deepEqual(ids(feed).slice(-3), [159, 160, 161]);
});

test('after a gap longer than a page nothing is missing between', async () => {
  store(1, 100);
  const feed = await opens(true);
  store(101, 250);
  opened.value += 1;
  feed.apply(posted(251));
  await settle();

  assert.deepEqual(ids(feed), run(41, 251));
});

test('after a gap too long to walk back, who reads the end is at the new one', async () => {
  store(1, 100);
  const feed = await opens(true);
  store(101, 900);
  opened.value += 1;
  await feed.catchUp();

  assert.deepEqual(ids(feed), run(601, 900));
  assert.equal(feed.toEnds, 1);
  assert.equal(asked.length, 1 + 5);
  await feed.loadOlder();
  assert.deepEqual(ids(feed), run(541, 900));
});

test('after a gap too long to walk back, who reads above goes on from there', async () => {
  store(1, 100);
  const feed = await opens(false);
  store(101, 900);
  opened.value += 1;
  await feed.catchUp();
  assert.deepEqual(ids(feed), run(41, 100));

  feed.apply(posted(901));
  await settle();
  assert.equal(ids(feed).at(-1), 100);

  await feed.loadNewer();
  assert.deepEqual(ids(feed), run(41, 129));
});

test('a gap that comes while something loads is looked at afterwards', async () => {
  store(1, 100);
  held = [];
  const feed = reading(true);
  void feed.loadNewest();
  await settle();
  store(101, 101);
  opened.value += 1;
  await feed.catchUp();
  assert.equal(asked.length, 1);
  await release();

  assert.deepEqual(ids(feed), run(41, 101));
});

test('a gap that could not be looked at is looked at when the stream is there again', async () => {
  store(1, 100);
  const feed = await opens(true);
  store(101, 102);
  broken = true;
  opened.value += 1;
  await feed.catchUp();
  feed.apply(posted(103));
  await settle();
  assert.equal(ids(feed).at(-1), 100);
  assert.equal(feed.state.peek().failed, 'newer');

  broken = false;
  store(103, 103);
  opened.value += 1;
  await feed.catchUp();
  assert.deepEqual(ids(feed), run(41, 103));
  assert.equal(feed.state.peek().failed, '');
});

test('a gap that could not be looked at is looked at again by itself', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  store(1, 100);
  const feed = await opens(true);
  store(101, 102);
  broken = true;
  opened.value += 1;
  await feed.catchUp();
  feed.apply(posted(103));
  await settle();
  assert.equal(ids(feed).at(-1), 100);
  const before = asked.length;

  broken = false;
  store(103, 103);
  await settle();
  assert.equal(asked.length, before, 'not at every message');
  context.mock.timers.tick(3_000);
  await settle();
  assert.deepEqual(ids(feed), run(41, 103));
  assert.equal(feed.state.peek().failed, '');
});

/** Far above the end, while the stream was away longer than it can tell. */
function edited(id: number): void {
  stored = stored.map((one) => (one.messageId === id ? message(id, { seq: 1_000, text: 'edited' }) : one));
  skips.value += 1;
  opened.value += 1;
}

test('what was edited while the stream skipped ahead is loaded anew, at the same place', async () => {
  store(1, 300);
  const feed = await opens(false);
  await feed.loadOlder();
  await feed.loadOlder();
  feed.place = 150;
  edited(150);
  await feed.catchUp();

  assert.equal(feed.state.peek().items.find(({ messageId }) => messageId === 150)?.text, 'edited');
  assert.deepEqual([feed.place, feed.toEnds], [150, 0], 'the list keeps what it shows where it is');
  const before = asked.length;
  opened.value += 1;
  await feed.catchUp();
  assert.equal(asked.length, before, 'once');
});

test('who scrolls on while the list is loaded anew is not thrown back', async () => {
  store(1, 600);
  const feed = await opens(false);
  feed.place = 580;
  held = [];
  edited(300);
  void feed.catchUp();
  await settle();
  feed.place = 300;
  await release();

  assert.ok(ids(feed).includes(300), 'what is read now is loaded');
  assert.equal(feed.state.peek().items.find(({ messageId }) => messageId === 300)?.text, 'edited');
  assert.deepEqual([feed.place, feed.toEnds], [300, 0]);
});

test('who leaves the end while the list is loaded anew is not thrown back', async () => {
  store(1, 300);
  const feed = await opens(true);
  held = [];
  edited(290);
  void feed.catchUp();
  await settle();
  feed.reader.atEnd = () => false;
  await release();

  assert.equal(feed.state.peek().items.find(({ messageId }) => messageId === 290)?.text, 'edited');
  assert.equal(feed.toEnds, 0);
});

test('a jump of the rail that another place overtook leaves alone what is said there', async () => {
  store(1, 600);
  const feed = await opens(false);
  held = [];
  void feed.jump(300);
  await settle();
  const first = held;
  held = null;
  stored = stored.filter(({ messageId }) => messageId !== 500);
  await feed.loadAround(500, 0);
  for (const go of first) go();
  await settle();

  assert.deepEqual([feed.state.peek().absent?.id, feed.place], [500, 0]);
});

test('what is said of a permalink stays said when the list is loaded anew', async () => {
  store(1, 600);
  stored = stored.filter(({ messageId }) => messageId !== 500);
  const feed = reading(false);
  await feed.loadAround(500, 0);
  feed.place = 498;
  edited(498);
  await feed.catchUp();
  assert.equal(feed.state.peek().absent?.id, 500);

  store(500, 500);
  edited(498);
  await feed.catchUp();
  assert.equal(feed.state.peek().absent, null);
});

test('what is said of a permalink stays said when the list cannot be loaded anew, and is of one numbering', async () => {
  store(1, 600);
  const feed = reading(false);
  await feed.loadAround(500, 7);
  feed.place = 498;
  broken = true;
  edited(498);
  await feed.catchUp();
  assert.equal(feed.state.peek().failed, 'first');
  assert.deepEqual(feed.state.peek().absent, { id: 500, scope: 7, why: undefined });

  broken = false;
  opened.value += 1;
  await feed.catchUp();
  assert.equal(feed.state.peek().items.find(({ messageId }) => messageId === 498)?.text, 'edited', 'it is loaded anew after all');
  assert.equal(feed.state.peek().absent?.id, 500, 'message 500 of another account is not it');
});

test('who scrolls up from the end while the list is loaded anew is not thrown back to it', async () => {
  store(1, 600);
  const feed = await opens(true);
  await feed.loadOlder();
  held = [];
  edited(400);
  void feed.catchUp();
  await settle();
  feed.reader.atEnd = () => false;
  feed.place = 490;
  await release();

  assert.ok(ids(feed).includes(490), 'what is read now is loaded');
  assert.deepEqual([feed.place, feed.toEnds], [490, 0]);
});

test('who scrolls down to the end while the list is loaded anew is there', async () => {
  store(1, 600);
  const feed = await opens(false);
  await feed.loadOlder();
  feed.place = 490;
  held = [];
  edited(590);
  void feed.catchUp();
  await settle();
  feed.reader.atEnd = () => feed.state.peek().newer === null;
  await release();

  assert.deepEqual(ids(feed), run(541, 600));
  assert.deepEqual([feed.place, feed.toEnds], [490, 1]);
});

test('who reads far and goes to the end while the list is loaded anew is there', async () => {
  store(1, 2_000);
  const feed = await opens(false);
  feed.place = 1_900;
  held = [];
  edited(1_950);
  void feed.catchUp();
  for (const place of [1_500, 1_100, 700, 0]) {
    await settle();
    feed.place = place;
    if (place === 0) feed.reader.atEnd = () => feed.state.peek().newer === null;
    const all = held;
    held = place === 0 ? null : [];
    for (const go of all ?? []) go();
  }
  await settle();

  assert.equal(ids(feed).at(-1), 2_000);
  assert.equal(feed.toEnds, 1);
});

test('a permalink into a channel of which nothing is stored says so, also once the stream has begun', async () => {
  const feed = reading(false);
  await feed.loadAround(5, 0);
  assert.deepEqual(feed.state.peek().absent, { id: 5, scope: 0 });

  opened.value += 1;
  await feed.catchUp();
  assert.equal(feed.state.peek().absent?.id, 5);
});

test('who reads the end when the stream skips ahead is at the end afterwards, and nothing old is left above', async () => {
  store(1, 300);
  const feed = await opens(true);
  await feed.loadOlder();
  edited(200);
  store(301, 302);
  await feed.catchUp();
  await feed.loadOlder();

  assert.deepEqual(ids(feed), run(183, 302));
  assert.equal(feed.state.peek().items.find(({ messageId }) => messageId === 200)?.text, 'edited');
  assert.equal(feed.toEnds, 1);
});

test('an empty channel that got messages meanwhile shows them', async () => {
  const feed = await opens(true);
  store(1, 100);
  opened.value += 1;
  await feed.catchUp();

  assert.deepEqual(ids(feed), run(41, 100));
  assert.notEqual(feed.state.peek().older, null);
});

test('what came between the page and the beginning of the stream is asked for, and else nothing is', async () => {
  store(1, 100);
  const feed = await opens(true);
  await feed.catchUp();
  assert.equal(asked.length, 1);

  store(101, 101);
  opened.value += 1;
  await feed.catchUp();
  assert.deepEqual(ids(feed), run(41, 101));
});

test('a tab that follows the end for hours does not grow, and loads on above', async () => {
  store(1, 60);
  const feed = await opens(true);
  for (let id = 61; id <= 5_000; id += 20) {
    for (let n = id; n < id + 20; n += 1) { stored.push(message(n)); feed.apply(posted(n)); }
    await Promise.resolve();
    feed.seen();
    assert.ok(ids(feed).length <= mostFollowed + slack);
  }
  const { items: [first, ...rest] } = feed.state.peek();
  assert.deepEqual([first, ...rest].map((one) => one?.messageId), run(first?.messageId ?? 0, 5_000));

  await feed.loadOlder();
  assert.ok((ids(feed)[0] ?? 0) < (first?.messageId ?? 0));
  assert.deepEqual(ids(feed), run(ids(feed)[0] ?? 0, 5_000));
});

test('away from the end the list grows to a limit, and what came after is counted and loaded on', async () => {
  store(1, 60);
  const feed = await opens(false);
  for (let id = 61; id <= 5_000; id += 20) {
    for (let n = id; n < id + 20; n += 1) { stored.push(message(n)); feed.apply(posted(n)); }
    await Promise.resolve();
  }
  assert.ok(ids(feed).length <= mostFollowed + 20);
  assert.equal(feed.state.peek().fresh, 4_940);

  const end = ids(feed).at(-1) ?? 0;
  await feed.loadNewer();
  assert.deepEqual(ids(feed), run(1, end + 29));
});

test('events that come together change the list once', async () => {
  store(1, 60);
  const feed = await opens(true);
  let changes = -1;
  const leave = feed.state.subscribe(() => { changes += 1; });
  for (let id = 61; id <= 70; id += 1) feed.apply(posted(id));
  feed.apply(posted(70, { seq: 71, text: 'edited' }, 'edited'));
  await settle();
  leave();

  assert.equal(changes, 1);
  assert.deepEqual(ids(feed), run(1, 70));
  assert.equal(feed.state.peek().items.at(-1)?.text, 'edited');
  assert.deepEqual(feed.told, [10]);
});

test('only what was posted counts as new', async () => {
  store(1, 200);
  const feed = reading(false);
  await feed.loadAround(100, 0);
  feed.apply(posted(190, {}, 'edited'));
  feed.apply(posted(191, {}, 'deleted'));
  await settle();
  assert.equal(feed.state.peek().fresh, 0);

  feed.apply(posted(201));
  await settle();
  assert.equal(feed.state.peek().fresh, 1);
});

test('a filter by words or sender takes what fits of what is posted', async () => {
  const words = await opens(true, { q: 'orgao' });
  words.apply(posted(1, { text: 'O Órgão disse' }));
  words.apply(posted(2, { text: 'nothing of it' }));
  const sender = await opens(true, { sender: '7' });
  sender.apply(posted(1, { senderId: '7' }));
  sender.apply(posted(2, { senderId: '8' }));
  await settle();

  assert.deepEqual(ids(words), [1]);
  assert.deepEqual(ids(sender), [1]);
});

test('where deleted messages are hidden, one that is deleted goes, and comes back when it is restored', async () => {
  store(1, 100);
  const hiding = await opens(true, { deleted: 'hide' });
  const showing = await opens(true);
  for (const feed of [hiding, showing]) feed.apply(posted(90, { seq: 101, deletedAt: new Date().toISOString() }, 'deleted'));
  await settle();
  assert.deepEqual(ids(hiding), run(41, 100).filter((id) => id !== 90));
  assert.deepEqual(ids(showing), run(41, 100));

  hiding.apply(posted(90, { seq: 102 }, 'restored'));
  await settle();
  assert.deepEqual(ids(hiding), run(41, 100));
});

test('a first page that failed is no empty channel, and is asked for again', async () => {
  store(1, 10);
  broken = true;
  const feed = await opens(true);
  feed.apply(posted(11));
  await settle();
  assert.deepEqual(ids(feed), []);
  assert.equal(feed.state.peek().failed, 'first');

  broken = false;
  feed.retry();
  await settle();
  assert.deepEqual(ids(feed), run(1, 10));
});

test('a page that failed is not asked for by scrolling, but when it is told to', async () => {
  store(1, 100);
  const feed = await opens(true);
  broken = true;
  await feed.loadOlder();
  await feed.loadOlder();
  assert.equal(asked.length, 2);
  assert.equal(feed.state.peek().failed, 'older');

  broken = false;
  feed.retry();
  await settle();
  assert.deepEqual(ids(feed), run(1, 100));
});
