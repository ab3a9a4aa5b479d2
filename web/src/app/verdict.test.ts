import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { noteServerTime, recovered } from '../api/client.ts';
import type { Overview } from '../api/types.ts';
import { verdictOf } from './verdict.ts';

const data = {
  now: '2026-11-04T14:00:00Z', verdict: { code: 'complete', missing: 0, lost: 0, channels: 1, provenAt: '2026-11-04T13:59:50Z' },
  completeness: {}, attention: [], accounts: [],
} as unknown as Overview;
const said = () => verdictOf({ data, loading: false, epoch: recovered.value }, Date.now());

test('green decays when the gateway falls silent, later where nobody looks', () => {
  mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-11-04T14:00:00Z') });
  noteServerTime(null);
  assert.equal(said()?.tone, 'ok');
  mock.timers.tick(31_000);
  assert.equal(said()?.tone, 'unknown');
  Object.assign(document, { hidden: true });
  assert.equal(said()?.tone, 'ok');
  mock.timers.tick(60_000);
  assert.equal(said()?.tone, 'unknown');
  noteServerTime(null);
  assert.equal(said()?.tone, 'ok');
});
test('an answer of before the gateway came back is not believed', () => {
  assert.equal(verdictOf({ data, loading: false, epoch: recovered.value - 1 }, Date.now())?.tone, 'unknown');
});
