import assert from 'node:assert/strict';
import { test } from 'node:test';
import { albumRows, beside } from './album.ts';

const shape = (ratios: number[]): number[] => albumRows(ratios).map((row) => row.length);

test('nothing is lost and the order stays', () => {
  for (let n = 1; n <= 10; n += 1) {
    const ratios = Array.from({ length: n }, (_, i) => [1.5, 0.7, 1, 1.78][i % 4] as number);
    assert.deepEqual(albumRows(ratios).flat(), ratios);
  }
});
test('wide pictures stand in rows of two, upright ones in rows of more', () => {
  assert.deepEqual(shape([1.5, 1.5, 1.5, 1.5]), [2, 2]);
  assert.deepEqual(shape([0.7, 0.7, 0.7, 0.7]), [4]);
});
test('beside each other they are equally high', () => {
  const { left, ratio } = beside([1.5, 1.8, 1.8]);
  const height = 1 / ratio;
  assert.ok(Math.abs(left / 1.5 - height) < 1e-9);
  assert.ok(Math.abs(2 * ((1 - left) / 1.8) - height) < 1e-9);
});
