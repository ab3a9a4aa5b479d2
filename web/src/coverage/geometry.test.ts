import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parts } from './geometry.ts';

test('neighbours of one state are one part', () => {
  const found = parts({ from: 1, to: 100, bar: [{ from: 1, to: 50, state: 'proven' }, { from: 51, to: 100, state: 'proven' }] });
  assert.deepEqual(found, [{ state: 'proven', start: 0, size: 100 }]);
});
test('a hole is drawn last', () => {
  const found = parts({ from: 1, to: 100, bar: [{ from: 1, to: 9, state: 'hole' }, { from: 10, to: 100, state: 'proven' }] });
  assert.deepEqual(found.map(({ state }) => state), ['proven', 'hole']);
});
test('an empty channel has no parts', () => {
  assert.deepEqual(parts({ from: 0, to: -1, bar: [] }), []);
});
