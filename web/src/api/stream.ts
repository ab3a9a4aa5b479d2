// The one EventSource of a visible tab. Events are handed over once a frame.
import { batch, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { apiUrl, gatewayNow, loadSession, noteServerTime, noteUnreachable, probe, recovered, signInNeeded, unreachable } from './client.ts';

export type LiveState = 'connecting' | 'live' | 'lost' | 'resting';
export const live = signal<LiveState>('connecting');
/** Gateway time at which the stream had to skip ahead (410), or null. */
export const skippedAt = signal<number | null>(null);
/** How often it had to. */
export const skips = signal(0);
/** Rises each time the stream begins anew: what came while it was away is asked for by whoever needs it. */
export const opened = signal(0);

type Listener = (data: unknown) => void;
const listeners = new Map<string, Set<Listener>>();
const topics = new Map<string, number>();
const kinds = ['overview', 'message', 'destinations', 'jobs', 'log', 'auth', 'heartbeat', 'gone'];
const silenceMs = 20_000;
const restMs = 30_000;

let source: EventSource | null = null;
let openTopics = '';
let lastId = '';
let watchdog: ReturnType<typeof setTimeout> | undefined;
let rest: ReturnType<typeof setTimeout> | undefined;
let pending: [string, unknown][] = [];
let frame = 0;
let scheduled = false;
/** When the stream skipped ahead. Pages are told once the next one is open, so that nothing falls between it and what they load. */
let skipped: number | null = null;

function flush(): void {
  frame = 0;
  const events = pending;
  pending = [];
  batch(() => {
    for (const [kind, data] of events) for (const listener of listeners.get(kind) ?? []) listener(data);
  });
}

function receive(kind: string, event: globalThis.MessageEvent<string>): void {
  feedWatchdog();
  noteServerTime(null);
  if (event.lastEventId && openTopics.includes('channel:')) lastId = event.lastEventId;
  let data: unknown;
  try { data = JSON.parse(event.data); } catch { return; }
  if (kind === 'gone') { skipAhead(); return; }
  if (kind === 'heartbeat') noteServerTime((data as { now?: string }).now ?? null);
  pending.push([kind, data]);
  if (document.hidden) flush();
  else frame ||= requestAnimationFrame(flush);
}

function feedWatchdog(): void {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => { lost(); }, silenceMs);
}

function close(): void {
  clearTimeout(watchdog);
  source?.close();
  source = null;
}

function lost(): void {
  close();
  live.value = 'lost';
  noteUnreachable();
}

/** The gateway answered, but not with a stream: the session is over, what was seen last is trimmed, or it is away. */
async function refused(): Promise<void> {
  close();
  live.value = 'connecting';
  const signedIn = await loadSession().then(() => !signInNeeded.peek(), () => null);
  if (source) return;  // begun anew meanwhile
  if (signedIn && lastId) skipAhead();
  else if (signedIn || (signedIn === null && !unreachable.peek())) lost();  // where it is noted as unreachable, it is tried again
}

/** The stream cannot go on from where this page was: what is on screen is loaded anew. */
function skipAhead(): void {
  close();
  lastId = '';
  skipped = gatewayNow();
  schedule();
}

function open(): void {
  close();
  openTopics = [...topics.keys()].sort().join(',');
  if (!openTopics.includes('channel:')) lastId = '';  // else what was posted meanwhile would all be told once more, for nobody
  if (!openTopics || document.hidden) return;
  if (live.peek() !== 'live') live.value = 'connecting';
  const resume = lastId ? `&after=${encodeURIComponent(lastId)}` : '';
  const begun = new EventSource(apiUrl(`stream?topics=${encodeURIComponent(openTopics)}${resume}`));
  source = begun;
  for (const kind of kinds) begun.addEventListener(kind, (event) => receive(kind, event as globalThis.MessageEvent<string>));
  begun.onopen = () => {
    batch(() => {
      live.value = 'live';
      opened.value += 1;
      if (skipped === null) return;
      skippedAt.value = skipped;
      skips.value += 1;
      skipped = null;
      recovered.value += 1;
    });
    noteServerTime(null);
    feedWatchdog();
  };
  begun.onerror = () => {
    if (begun !== source) return;
    // The browser tries again by itself; that it will not succeed is known sooner from a question.
    if (begun.readyState !== EventSource.CLOSED) {
      if (live.peek() === 'live') void probe();
      live.value = 'connecting';
      return;
    }
    void refused();
  };
  feedWatchdog();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => { scheduled = false; open(); }, 30);
}

function retune(): void {
  if ([...topics.keys()].sort().join(',') !== openTopics || !source) schedule();
}

recovered.subscribe(() => { if (topics.size > 0 && !source) schedule(); });
unreachable.subscribe((away) => { if (!away && topics.size > 0 && !source) schedule(); });

document.addEventListener('visibilitychange', () => {
  clearTimeout(rest);
  if (document.hidden) rest = setTimeout(() => { close(); live.value = 'resting'; }, restMs);
  else if (!source) schedule();
});

/** Listens to `kind`, and holds `topic` open, until what is returned is called. */
export function listen(topic: string, kind: string, heard: Listener): () => void {
  const set = listeners.get(kind) ?? new Set();
  listeners.set(kind, set.add(heard));
  topics.set(topic, (topics.get(topic) ?? 0) + 1);
  retune();
  return () => {
    set.delete(heard);
    const left = (topics.get(topic) ?? 1) - 1;
    if (left > 0) topics.set(topic, left); else topics.delete(topic);
    setTimeout(() => retune(), 200);
  };
}

/** Listens while mounted. */
export function useLive<T>(topic: string | null, kind: string, listener: (data: T) => void): void {
  const current = useRef(listener);
  current.current = listener;
  useEffect(() => (topic ? listen(topic, kind, (data) => current.current(data as T)) : undefined), [topic, kind]);
}
