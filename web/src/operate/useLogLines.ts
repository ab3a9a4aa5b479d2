// Log lines as they come, and what came while the stream was away; where that is gone, a gap stands between the lines.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { gatewayNow, request } from '../api/client.ts';
import { opened, useLive } from '../api/stream.ts';
import type { LogRecord, Pagination } from '../api/types.ts';
import { queryOf, type LogFilter } from './logFilter.ts';

export interface Gap { gap: true; id: number; from: number; to: number }
export type Line = LogRecord | Gap;
export const isGap = (line: Line): line is Gap => 'gap' in line;
export interface Lines { lines: Line[]; loaded: boolean; error?: Error }

const mostLines = 2_000;
const mostUnfollowed = 6_000;  // what is looked at does not go away so soon
type Kept = Pagination & { oldestId?: number; newestId?: number };

/** By id; what is there already is left out. */
function merged(lines: Line[], more: Line[], most: number): Line[] {
  const newest = lines.at(-1)?.id ?? 0;
  if (more.every(({ id }) => id > newest)) return more.length === 0 ? lines : [...lines, ...more].slice(-most);
  const known = new Set(lines.map(({ id }) => id));
  const fresh = more.filter(({ id }) => !known.has(id));
  return fresh.length === 0 ? lines : [...lines, ...fresh].sort((a, b) => a.id - b.id).slice(-most);
}

export function useLogLines(filter: LogFilter, follow: () => boolean, onNew: (count: number) => void): Lines & { retry: () => void } {
  const query = queryOf(filter, true);
  const state = useSignal<Lines>({ lines: [], loaded: false });
  const wanted = useRef(query);
  wanted.current = query;
  const seen = useRef({ query: '', id: 0, at: 0 });  // the newest record, asked for or not
  const again = useRef(false);                       // something came before the first answer

  const add = (more: Line[]): void => {
    const { lines } = state.peek();
    const next = merged(lines, more, follow() ? mostLines : mostUnfollowed);
    if (next === lines) return;
    const known = new Set(lines.map(({ id }) => id));
    state.value = { lines: next, loaded: true };
    onNew(more.filter((line) => !isGap(line) && !known.has(line.id)).length);
  };
  const load = async (): Promise<void> => {
    const after = seen.current.query === query ? seen.current.id : 0;
    const { at } = seen.current;
    try {
      const { data, pagination } = await request<LogRecord[]>(`telegram-gateway/logs?${query}&limit=${after ? '2000' : '500'}${after ? `&after=${String(after)}` : ''}`);
      if (wanted.current !== query) return;
      const { oldestId = 0, newestId = 0 } = (pagination ?? {}) as Kept;
      const gap: Line[] = after > 0 && oldestId > after + 1 ? [{ gap: true, id: oldestId - 0.5, from: at, to: data[0] ? Date.parse(data[0].at) : gatewayNow() }] : [];
      if (after) add([...gap, ...data]); else state.value = { lines: data, loaded: true };
      seen.current = { query, id: Math.max(newestId, seen.current.query === query ? seen.current.id : 0), at: gatewayNow() };
      if (again.current) { again.current = false; void load(); }
    } catch (error) { if (wanted.current === query) state.value = { ...state.peek(), error: error as Error }; }
  };

  useEffect(() => {
    seen.current = { query: '', id: 0, at: 0 };
    again.current = false;
    state.value = { lines: [], loaded: false };
    void load();
    // Before the first event of a stream that begins: what came while it was away is asked for from where this page was.
    let first = true;
    return opened.subscribe(() => {
      if (first) { first = false; return; }
      if (seen.current.query === query) void load(); else again.current = true;
    });
  }, [query]);
  useLive<LogRecord>(`logs:${query}`, 'log', (record) => {
    if (seen.current.query !== query) { again.current = true; return; }
    add([record]);
    seen.current = { query, id: Math.max(seen.current.id, record.id), at: gatewayNow() };
  });
  return { ...state.value, retry: () => { void load(); } };
}
