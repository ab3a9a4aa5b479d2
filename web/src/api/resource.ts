// What was fetched, kept by path: the last known data is shown at once, fetched anew, and never dimmed.
import { signal, useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError, recovered, request } from './client.ts';
import type { Pagination } from './types.ts';

export interface Resource<T> { data?: T; pagination?: Pagination; error?: ApiError | Error; loading: boolean }
const kept = new Map<string, Signal<Resource<unknown>>>();
const running = new Map<string, Promise<void>>();
const mostKept = 60;

function entry<T>(path: string): Signal<Resource<T>> {
  let found = kept.get(path);
  if (!found) {
    found = signal<Resource<unknown>>({ loading: false });
    kept.set(path, found);
    if (kept.size > mostKept) kept.delete(kept.keys().next().value as string);
  }
  return found as Signal<Resource<T>>;
}

export function reload(path: string): Promise<void> {
  const under = running.get(path);
  if (under) return under;
  const target = entry<unknown>(path);
  target.value = { ...target.peek(), loading: true };
  const run = request<unknown>(path)
    .then(({ data, pagination }) => { target.value = { data, pagination, loading: false }; })
    .catch((error: Error) => { target.value = { ...target.peek(), error, loading: false }; })
    .finally(() => running.delete(path));
  running.set(path, run);
  return run;
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
    void reload(path);
    if (!everyMs) return;
    const timer = setInterval(() => { if (!document.hidden) void reload(path); }, everyMs);
    return () => clearInterval(timer);
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
