import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { request, session, silentMs, unreachable } from './client.ts';

const gateway = { 'X-Gateway-Now': '2026-11-04T14:00:00.000Z' };
const answer = (status: number, body: unknown, headers: Record<string, string> = gateway): Response => new Response(JSON.stringify(body), { status, headers });
const answers = (...given: Response[]): RequestInit[] => {
  const asked: RequestInit[] = [];
  globalThis.fetch = (_, init) => { asked.push(init ?? {}); const next = given.shift(); return next ? Promise.resolve(next) : Promise.reject(new TypeError('nobody there')); };
  return asked;
};

beforeEach(() => { mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-11-04T14:00:00Z') }); unreachable.value = null; });
afterEach(() => { mock.timers.reset(); });

test('an error that a proxy made up is no answer of the gateway', async () => {
  answers(answer(503, {}, {}));
  await assert.rejects(request('x'));
  assert.notEqual(unreachable.value, null);
});
test('an error of the gateway itself is an answer', async () => {
  answers(answer(503, { success: false, error: 'busy', message: 'busy' }));
  await assert.rejects(request('x'), { status: 503, code: 'busy' });
  assert.equal(unreachable.value, null);
});
test('a request that takes too long counts as no answer', async () => {
  globalThis.fetch = () => Promise.reject(new DOMException('too long', 'TimeoutError'));
  await assert.rejects(request('x'));
  assert.notEqual(unreachable.value, null);
});
test('how long the gateway is silent is known, and an answer ends it', async () => {
  answers(answer(200, { success: true, data: 1 }));
  mock.timers.tick(40_000);
  assert.ok(silentMs() >= 40_000);
  await request('x');
  assert.ok(silentMs() < 1_000);
});
test('a session that another tab renewed is asked for, and the change is sent once more', async () => {
  session.value = { required: true, signedIn: true, scopes: [], csrf: 'old' };
  const asked = answers(answer(403, { success: false, error: 'csrf' }), answer(200, { success: true, data: { required: true, signedIn: true, scopes: [], csrf: 'new' } }), answer(200, { success: true, data: 1 }));
  await request('x', { method: 'POST', body: '{}' });
  assert.deepEqual(asked.map(({ headers }) => new Headers(headers).get('X-CSRF-Token')), ['old', null, 'new']);
});
