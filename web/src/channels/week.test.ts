import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inZone, minutesAhead } from './week.ts';

test('an hour of Monday in London is one of Sunday in São Paulo', () => {
  const hours = new Array<number>(168).fill(0);
  hours[1] = 7;
  const days = inZone(hours, minutesAhead('America/Sao_Paulo', Date.UTC(2025, 10, 4)));
  assert.equal(days[6]?.[22], 7);
  assert.equal(days.flat().reduce((sum, n) => sum + n, 0), 7);
});
test('zones are as far ahead as they are at that time of the year', () => {
  assert.equal(minutesAhead('Europe/Berlin', Date.UTC(2025, 0, 1)), 60);
  assert.equal(minutesAhead('Europe/Berlin', Date.UTC(2025, 6, 1)), 120);
  assert.equal(minutesAhead('Asia/Kolkata', Date.UTC(2025, 6, 1)), 330);
});
