// What was fetched, kept by path: the last known data is shown at once, fetched anew, and never dimmed.
import { signal, useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError, recovered, request } from './client.ts';
import type { Pagination } from './types.ts';

/** `epoch`: of `recovered` when the data was asked for; another one now means that it was not confirmed since. */
export interface Resource<T> { data?: T; pagination?: Pagination; error?: ApiError | Error; loading: boolean; epoch?: number }
const kept = new Map<string, Signal<Resource<unknown>>>();
const running = new Map<string, { epoch: number; run: Promise<void> }>();
const mostKept = 60;
const answeredWithinMs = 60_000;
/** How many components show a path now: what is shown is not forgotten. */
const shown = new Map<string, number>();

function entry<T>(path: string): Signal<Resource<T>> {
  let found = kept.get(path);
  if (!found) {
    found = signal<Resource<unknown>>({ loading: false });
    kept.set(path, found);
    if (kept.size > mostKept) for (const old of kept.keys()) if (old !== path && !shown.has(old)) { kept.delete(old); break; }
  }
  return found as Signal<Resource<T>>;
}

export function reload(path: string): Promise<void> {
  const under = running.get(path);
  const epoch = recovered.peek();
  // What was asked for before the gateway came back does not confirm anything.
  if (under) return under.epoch === epoch ? under.run : under.run.then(() => reload(path));
  const target = entry<unknown>(path);
  target.value = { ...target.peek(), loading: true };
  const run = request<unknown>(path)
    .then(({ data, pagination }) => { target.value = { data: newest(data, target.peek().data), pagination, loading: false, epoch }; })
    .catch((error: Error) => { target.value = { ...target.peek(), error, loading: false }; })
    .finally(() => running.delete(path));
  running.set(path, { epoch, run });
  return run;
}

/** What the stream told meanwhile may be newer than an answer; both say of which moment they are. */
function newest(answer: unknown, kept: unknown): unknown {
  const [a = NaN, b = NaN] = [answer, kept].map((one) => Date.parse((one as { now?: string } | undefined)?.now ?? ''));
  return b > a && b - a < answeredWithinMs ? kept : answer;
}

export function patch<T>(path: string, change: (data: T) => T): void {
  const target = entry<T>(path);
  const { data } = target.peek();
  if (data !== undefined) target.value = { ...target.peek(), data: change(data), error: undefined };
}

export function peek<T>(path: string): T | undefined { return entry<T>(path).peek().data; }
export function resource<T>(path: string): Signal<Resource<T>> { return entry<T>(path); }

const nothing = signal<Resource<unknown>>({ loading: false });

export function useApi<T>(path: string | null, everyMs?: number): Resource<T> {
  const epoch = recovered.value;
  useEffect(() => {
    if (!path) return;
    shown.set(path, (shown.get(path) ?? 0) + 1);
    const leave = (): void => {
      const left = (shown.get(path) ?? 1) - 1;
      if (left > 0) shown.set(path, left); else shown.delete(path);
    };
    void reload(path);
    if (!everyMs) return leave;
    const timer = setInterval(() => { if (!document.hidden) void reload(path); }, everyMs);
    return () => { clearInterval(timer); leave(); };
  }, [path, everyMs, epoch]);
  return (path ? entry<T>(path) : nothing as Signal<Resource<T>>).value;
}

/** True once `active` has lasted `ms`: skeletons and progress bars must not flicker. */
export function useAfter(active: boolean, ms: number): boolean {
  const passed = useSignal(false);
  useEffect(() => {
    passed.value = false;
    if (!active) return;
    const timer = setTimeout(() => { passed.value = true; }, ms);
    return () => clearTimeout(timer);
  }, [active, ms]);
  return active && passed.value;
}
