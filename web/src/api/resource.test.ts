import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recovered } from './client.ts';
import { reload, resource } from './resource.ts';

test('what was asked for before the gateway came back is asked for again', async () => {
  const waiting: ((response: Response) => void)[] = [];
  globalThis.fetch = () => new Promise((resolve) => waiting.push(resolve));
  const answer = (data: number): void => waiting.shift()?.(new Response(JSON.stringify({ success: true, data })));

  const first = reload('x');
  recovered.value += 1;
  const second = reload('x');
  assert.equal(waiting.length, 1);
  answer(1);
  await first;
  await new Promise((go) => setImmediate(go));
  answer(2);
  await second;

  assert.equal(resource('x').value.data, 2);
  assert.equal(resource('x').value.epoch, recovered.value);
});
