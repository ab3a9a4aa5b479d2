import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOfDay } from './format.ts';

test('a day begins where its zone says', () => {
  assert.equal(startOfDay('2026-11-04', 'America/Sao_Paulo').toISOString(), '2026-11-04T03:00:00.000Z');
  assert.equal(startOfDay('2026-11-04', 'Asia/Kolkata').toISOString(), '2026-11-03T18:30:00.000Z');
  assert.equal(startOfDay('2026-11-04', 'UTC').toISOString(), '2026-11-04T00:00:00.000Z');
});
test('on days on which the clocks change, too', () => {
  assert.equal(startOfDay('2026-03-29', 'Europe/Berlin').toISOString(), '2026-03-28T23:00:00.000Z');
  assert.equal(startOfDay('2026-10-25', 'Europe/Berlin').toISOString(), '2026-10-24T22:00:00.000Z');
  assert.equal(startOfDay('2018-11-04', 'America/Sao_Paulo').toISOString(), '2018-11-04T03:00:00.000Z');
});
