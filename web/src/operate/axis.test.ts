import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grouped, roundTop, timeMarks } from './axis.ts';

test('the top of an axis is round and no less than the highest value', () => {
  assert.deepEqual([0, 0.03, 1, 1.2, 3, 5, 97, 4000].map(roundTop), [1, 0.04, 1, 2, 4, 10, 100, 4000]);
});

test('many points become few groups, the newest whole', () => {
  assert.deepEqual(grouped([1, 2, 3, 4, 5], 3), [[1], [2, 3], [4, 5]]);
  assert.deepEqual(grouped([], 3), []);
});

test('times of a whole step are marked', () => {
  const hour = 3_600_000;
  assert.deepEqual(timeMarks(0, 6 * hour).map(({ at }) => at / hour), [1, 2, 3, 4, 5]);
  assert.equal(timeMarks(5, 5).length, 0);
});
