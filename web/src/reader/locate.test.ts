import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locate, type Place } from './locate.ts';

const uneven: Place[] = Array.from({ length: 5_000 }, (_, i) => ({ id: i * 3 + 1, at: Math.round(i ** 1.7) * 1_000 }));
const first = uneven[0] as Place;
const last = uneven.at(-1) as Place;

test('an id in the middle is found in a few steps', async () => {
  let asked = 0;
  const place = await locate(7_000, first, last, (at) => { asked += 1; return Promise.resolve(uneven.find((one) => one.at >= at) ?? null); });
  assert.ok(Math.abs(place.id - 7_000) < 400, `found ${String(place.id)}`);
  assert.ok(asked <= 8);
});
test('an id beyond the newest leads to the newest', async () => {
  const place = await locate(99_999, first, last, (at) => Promise.resolve(uneven.find((one) => one.at >= at) ?? null));
  assert.equal(place.id, last.id);
});
