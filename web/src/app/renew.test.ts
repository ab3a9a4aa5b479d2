import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { unreachable } from '../api/client.ts';
import { reloads } from './renew.ts';

let loads = 0;
const noted = new Map<string, string>();
const answer = (): Promise<Response> => Promise.resolve(new Response('{}', { headers: { 'X-Gateway-Now': new Date().toISOString() } }));

beforeEach(() => {
  loads = 0;
  noted.clear();
  unreachable.value = null;
  Object.assign(globalThis, { fetch: answer, location: { reload: () => { loads += 1; } }, sessionStorage: { getItem: (key: string) => noted.get(key) ?? null, setItem: (key: string, value: string) => { noted.set(key, value); } } });
});

test('a page whose files are gone is loaded anew, once', async () => {
  assert.equal(await reloads(), true);
  assert.equal(await reloads(), false);
  assert.equal(loads, 1);
});

test('nothing is loaded anew while the gateway is away', async () => {
  globalThis.fetch = () => Promise.reject(new TypeError('nobody there'));
  assert.equal(await reloads(), false);
  assert.equal(loads, 0);
});

test('where nothing can be noted, nothing is loaded anew', async () => {
  Object.assign(globalThis, { sessionStorage: { getItem: () => { throw new Error('refused'); } } });
  assert.equal(await reloads(), false);
  assert.equal(loads, 0);
});
