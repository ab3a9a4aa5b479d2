// One door to the API: relative to <base>, tells the server's clock, and knows whether the gateway answers.
import { signal } from '@preact/signals';
import type { Pagination, Session } from './types.ts';

export const base = new URL(document.baseURI).pathname;
export const apiUrl = (path: string): string => new URL(`../api/${path}`, document.baseURI).href;

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly body?: unknown) { super(message); }
}
export interface Answer<T> { data: T; pagination?: Pagination }

/** Milliseconds to add to this browser's clock to get the gateway's. */
export const clockSkew = signal(0);
/** Set while the gateway does not answer; `nextTry` and `since` are gateway times in ms. */
export const unreachable = signal<{ since: number; nextTry: number } | null>(null);
export const signInNeeded = signal(false);
export const session = signal<Session | null>(null);
/** Rises each time the gateway answers again, so that what is on screen is fetched anew. */
export const recovered = signal(0);

const answerWithinMs = 30_000;
/** A change may wait for Telegram, or try a rule on much. */
const changeWithinMs = 60_000;
let lastAnswer = Date.now();
let heardAt = performance.now();
let retryDelay = 2_000;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let waitingForSignIn: (() => void)[] = [];

export const gatewayNow = (): number => Date.now() + clockSkew.peek();

/** Since the gateway was last heard. Of two clocks: one may be set back, the other may stand still in sleep. */
export const silentMs = (): number => Math.max(Date.now() - lastAnswer, performance.now() - heardAt);

export function noteServerTime(now: string | null): void {
  lastAnswer = Date.now();
  heardAt = performance.now();
  const server = now ? Date.parse(now) : NaN;
  if (!Number.isNaN(server) && Math.abs(server - gatewayNow()) > 1_000) clockSkew.value = server - Date.now();
}

export function noteUnreachable(): void {
  clearTimeout(retryTimer);
  unreachable.value = { since: unreachable.peek()?.since ?? lastAnswer + clockSkew.peek(), nextTry: gatewayNow() + retryDelay };
  retryTimer = setTimeout(probe, retryDelay);
  retryDelay = Math.min(retryDelay * 2, 30_000);
}

/** Asks whether the gateway answers; `unreachable` says what came of it. */
export async function probe(): Promise<void> {
  try { await send('session', {}); } catch { /* send() has noted it */ }
}

function noteReachable(): void {
  if (!unreachable.peek()) return;
  clearTimeout(retryTimer);
  retryDelay = 2_000;
  unreachable.value = null;
  recovered.value += 1;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    const limit = AbortSignal.timeout(init.method && init.method !== 'GET' ? changeWithinMs : answerWithinMs);
    // Browsers of before 2024 lack any().
    const signal = init.signal ? AbortSignal.any?.([init.signal, limit]) ?? init.signal : limit;
    const response = await fetch(apiUrl(path), { credentials: 'same-origin', ...init, signal });
    const now = response.headers.get('X-Gateway-Now');
    if (response.status >= 500 && !now) throw new TypeError('a proxy answers in its place');
    noteServerTime(now);
    noteReachable();
    return response;
  } catch (error) {
    if ((error as Error).name !== 'AbortError') noteUnreachable();
    throw error;
  }
}

export async function request<T>(path: string, init: RequestInit = {}, again = false): Promise<Answer<T>> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json');
  if (init.body && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
  const csrf = session.peek()?.csrf;
  if (csrf && init.method && init.method !== 'GET') headers.set('X-CSRF-Token', csrf);

  const response = await send(path, { ...init, headers });
  if (response.status === 401) {
    signInNeeded.value = true;
    await new Promise<void>((resume) => waitingForSignIn.push(resume));
    return request<T>(path, init);
  }
  const body = await response.json().catch(() => null) as
    { success?: boolean; data?: T; pagination?: Pagination; error?: string; message?: string } | null;
  // Signed in anew in another tab: the session has another value now.
  if (response.status === 403 && body?.error === 'csrf' && !again) {
    await loadSession();
    return request<T>(path, init, true);
  }
  if (!response.ok || !body || body.success === false) {
    throw new ApiError(response.status, body?.error ?? `http_${response.status}`, body?.message ?? response.statusText, body);
  }
  return { data: body.data as T, pagination: body.pagination };
}

export const post = <T>(path: string, body: unknown = {}): Promise<Answer<T>> =>
  request<T>(path, { method: 'POST', body: JSON.stringify(body) });

export async function loadSession(): Promise<void> {
  const { data } = await request<Session>('session');
  session.value = data;
  signInNeeded.value = data.required && !data.signedIn;
}

export async function signIn(token: string): Promise<void> {
  const response = await send('session', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token }),
  });
  const body = await response.json().catch(() => null) as { data?: Session; error?: string; message?: string } | null;
  if (!response.ok || !body?.data) throw new ApiError(response.status, body?.error ?? 'refused', body?.message ?? response.statusText);
  session.value = body.data;
  signInNeeded.value = false;
  const resumes = waitingForSignIn;
  waitingForSignIn = [];
  for (const resume of resumes) resume();
  recovered.value += 1;
}
