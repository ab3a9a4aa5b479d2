import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hole, Message } from '../api/types.ts';
import { merge } from './feed.ts';
import { toRows } from './rows.ts';

const message = (messageId: number, more: Partial<Message> = {}): Message =>
  ({ id: `-1001:${String(messageId)}`, messageId, scope: 0, seq: messageId, date: '2026-11-04T14:00:00.000Z', text: '', versions: 1, origin: 'live', ...more }) as Message;
const hole: Hole = { from: 3, to: 5, ids: 3, since: '2026-11-04T14:00:00Z', cause: 'connection_lost' };
const kinds = (items: Message[], holes: Hole[] = []): string[] => toRows(items, holes, false).map(({ kind }) => kind);

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
  assert.deepEqual(toRows([message(1), message(9)], [hole], true).map(({ kind }) => kind), ['day', 'bubble', 'bubble']);
});
test('an album is one bubble', () => {
  const rows = toRows([message(1, { albumId: 'a' }), message(2, { albumId: 'a' }), message(3)], [], false);
  assert.deepEqual(rows.map((row) => (row.kind === 'bubble' ? row.messages.length : row.kind)), ['day', 2, 1]);
});
test('a newer state replaces an older one, never the other way', () => {
  const items = merge([message(1, { seq: 5, text: 'new' })], [message(1, { seq: 4, text: 'old' })]);
  assert.equal(items[0]?.text, 'new');
});
