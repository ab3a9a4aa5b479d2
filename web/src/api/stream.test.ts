import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { recovered, unreachable } from './client.ts';
import { listen, opened, skippedAt, skips } from './stream.ts';

class FakeSource {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 1;
  onopen?: () => void;
  onerror?: () => void;
  heard = new Map<string, (event: { data: string; lastEventId: string }) => void>();
  constructor(readonly url: string) { FakeSource.all.push(this); }
  addEventListener(kind: string, heard: (event: { data: string; lastEventId: string }) => void): void { this.heard.set(kind, heard); }
  close(): void { this.readyState = 2; }
}
// What a timer begins runs in the second step.
const later = (): void => { mock.timers.tick(300); mock.timers.tick(300); };
const newest = (): FakeSource => FakeSource.all.at(-1) as FakeSource;
const settle = async (): Promise<void> => { for (let i = 0; i < 20; i += 1) await new Promise((go) => setImmediate(go)); };

beforeEach(() => {
  Object.assign(globalThis, { EventSource: FakeSource, requestAnimationFrame: (run: () => void) => setImmediate(run) });
  mock.timers.enable({ apis: ['setTimeout'] });
  unreachable.value = null;
});
afterEach(() => { mock.timers.reset(); });

test('a stream that is refused, and a session that cannot be read, are tried again', async () => {
  const leave = listen('overview', 'overview', () => undefined);
  mock.timers.tick(50);
  globalThis.fetch = () => Promise.resolve(new Response('{}', { status: 429, headers: { 'X-Gateway-Now': new Date().toISOString() } }));
  newest().close();
  newest().onerror?.();
  await settle();

  assert.notEqual(unreachable.value, null);
  leave();
  later();
});

test('nothing is told once more to a page that follows no channel', () => {
  const leaveOne = listen('channel:1', 'message', () => undefined);
  later();
  newest().heard.get('message')?.({ data: '{}', lastEventId: '7' });
  const leaveOverview = listen('overview', 'overview', () => undefined);
  later();
  assert.match(newest().url, /after=7/);
  leaveOne();
  later();
  assert.doesNotMatch(newest().url, /after=/);

  const leaveTwo = listen('channel:2', 'message', () => undefined);
  later();
  assert.doesNotMatch(newest().url, /after=/);
  leaveTwo();
  leaveOverview();
  later();
});

test('a page on which nothing was posted yet goes on from where its stream began', () => {
  const leave = listen('channel:*', 'message', () => undefined);
  later();
  newest().heard.get('heartbeat')?.({ data: '{}', lastEventId: '41' });
  const leaveJobs = listen('jobs', 'jobs', () => undefined);
  later();

  assert.match(newest().url, /after=41/);
  leaveJobs();
  leave();
  later();
});

test('what a stream skipped is loaded anew when the next one is open, not before', () => {
  const leave = listen('channel:*', 'message', () => undefined);
  later();
  newest().onopen?.();
  const before = { recovered: recovered.peek(), opened: opened.peek(), skips: skips.peek() };
  newest().heard.get('gone')?.({ data: '{}', lastEventId: '' });
  later();
  assert.deepEqual([recovered.peek(), skippedAt.peek()], [before.recovered, null]);

  newest().onopen?.();
  assert.notEqual(skippedAt.peek(), null);
  assert.deepEqual([recovered.peek(), opened.peek()], [before.recovered + 1, before.opened + 1]);
  newest().onopen?.();
  assert.deepEqual([recovered.peek(), skips.peek()], [before.recovered + 1, before.skips + 1], 'once');
  skippedAt.value = null;
  leave();
  later();
});
