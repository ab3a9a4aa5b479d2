import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hole, Message } from '../api/types.ts';
import { merge } from './feed.ts';
import { lead, toRows } from './rows.ts';

const message = (messageId: number, more: Partial<Message> = {}): Message =>
  ({ id: `-1001:${String(messageId)}`, messageId, scope: 0, seq: messageId, date: '2026-11-04T14:00:00.000Z', text: '', versions: 1, origin: 'live', ...more }) as Message;
const hole: Hole = { from: 3, to: 5, ids: 3, since: '2026-11-04T14:00:00Z', cause: 'connection_lost' };
const kinds = (items: Message[], holes: Hole[] = []): string[] => toRows(items, holes, false, true).map(({ kind }) => kind);

test('a hole stands between the bubbles where it is', () => {
  assert.deepEqual(kinds([message(1), message(2), message(6)], [hole]), ['day', 'bubble', 'bubble', 'hole', 'bubble']);
});
test('a hole behind the newest message stands at the end', () => {
  assert.deepEqual(kinds([message(1), message(2)], [hole]), ['day', 'bubble', 'bubble', 'hole']);
});
test('a hole before the loaded page is not drawn', () => {
  assert.deepEqual(kinds([message(9)], [hole]), ['day', 'bubble']);
});
test('filters hide holes: what lies between is not only missing', () => {
  assert.deepEqual(toRows([message(1), message(9)], [hole], true, true).map(({ kind }) => kind), ['day', 'bubble', 'bubble']);
});
test('the first row stays the first message when the page before it comes', () => {
  const [older, next] = ['2026-11-04T13:00:00.000Z', '2026-11-05T09:00:00.000Z'];
  const page = [message(2), message(3, { date: next })];
  const rows = toRows(page, [], false, false);
  assert.deepEqual(rows.map(({ kind }) => kind), ['bubble', 'day', 'bubble']);
  const more = toRows([message(1, { date: older }), ...page], [], false, true);
  assert.deepEqual(more.map(({ kind }) => kind), ['day', 'bubble', 'bubble', 'day', 'bubble']);
  assert.deepEqual(more.slice(2).map(({ key }) => key), rows.map(({ key }) => key));
});
test('days that take turns have rows of their own', () => {
  const next = { date: '2026-11-05T09:00:00.000Z' };
  const keys = toRows([message(1), message(2, next), message(3)], [], false, true).map(({ key }) => key);
  assert.equal(new Set(keys).size, 6);
});
test('an album is one bubble', () => {
  const rows = toRows([message(1, { albumId: 'a' }), message(2, { albumId: 'a' }), message(3)], [], false, true);
  assert.deepEqual(rows.map((row) => (row.kind === 'bubble' ? row.messages.length : row.kind)), ['day', 2, 1]);
});
test('an album that the page before may begin waits for it, unless nothing else is there', () => {
  const half = [message(2, { albumId: 'a' }), message(3, { albumId: 'a' })];
  const leads = (items: Message[], waits = true) => toRows(items, [], false, false, waits).map((row) => lead(row)?.messageId);
  assert.deepEqual(leads([...half, message(4)]), [4]);
  assert.deepEqual(leads([message(0), message(1, { albumId: 'a' }), ...half, message(4)]), [0, 1, 4]);
  assert.deepEqual(leads(half), [2]);
  assert.deepEqual(leads([...half, message(4)], false), [2, 4]);
});
test('a newer state replaces an older one, never the other way', () => {
  const items = merge([message(1, { seq: 5, text: 'new' })], [message(1, { seq: 4, text: 'old' })]);
  assert.equal(items[0]?.text, 'new');
});
