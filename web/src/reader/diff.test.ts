import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines, words } from './diff.ts';

test('pieces that stay or came rebuild the newer text at their places', () => {
  const after = 'Stop 128.250\nAlvo 129';
  const kept = words('Stop 128.180\nAlvo 129', after).filter(({ kind }) => kind !== 'removed');
  assert.equal(kept.map(({ text }) => text).join(''), after);
  for (const piece of kept) assert.equal(after.slice(piece.start, piece.start + piece.text.length), piece.text);
});
test('a changed line is one line out and one line in', () => {
  assert.deepEqual(lines('a\nStop 1\nb', 'a\nStop 2\nb').map(({ kind }) => kind), ['same', 'removed', 'added', 'same']);
});
test('a number with its points is one word', () => {
  assert.deepEqual(words('Stop 128.180', 'Stop 128.250').map(({ kind, text }) => `${kind} ${text}`), ['same Stop ', 'removed 128.180', 'added 128.250']);
});
