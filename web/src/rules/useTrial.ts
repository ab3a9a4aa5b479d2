// A rule tried on the archive as it is typed: 300 ms after the last key, the earlier run cancelled, here and at the gateway.
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { ApiError, gatewayNow, request } from '../api/client.ts';
import type { Problem, Trial } from './types.ts';

const pauseMs = 300;
export type Days = 1 | 7 | 30 | 0;
export interface TrialState { result?: Trial; problems: Problem[]; error?: Error; running: boolean }

export const problemsOf = (error: unknown): Problem[] =>
  (error instanceof ApiError ? (error.body as { problems?: Problem[] } | undefined)?.problems ?? [] : []);

/** `rule`: what to try, as JSON, or nothing while it asks nothing. */
export function useTrial(rule: string | null, days: Days): { state: TrialState; now: () => void } {
  const state = useSignal<TrialState>({ problems: [], running: false });
  const name = useMemo(() => crypto.randomUUID?.() ?? String(Math.random()), []);
  const run = useRef<AbortController | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();

  const go = async (): Promise<void> => {
    clearTimeout(timer.current);
    run.current?.abort();
    if (rule === null) { state.value = { problems: [], running: false }; return; }
    const mine = new AbortController();
    run.current = mine;
    state.value = { ...state.peek(), running: true };
    try {
      const from = days ? { from: new Date(gatewayNow() - days * 86_400_000).toISOString() } : {};
      const { data } = await request<Trial>('telegram-gateway/rules/test', { method: 'POST', signal: mine.signal, body: JSON.stringify({ rule: JSON.parse(rule) as unknown, trial: name, limit: 20, ...from }) });
      if (!mine.signal.aborted) state.value = { result: data, problems: [], running: false };
    } catch (error) {
      if (mine.signal.aborted) return;
      if (error instanceof ApiError && error.status === 429) { timer.current = setTimeout(() => { void go(); }, 1_000); return; }
      const problems = problemsOf(error);
      state.value = { result: problems.length > 0 ? undefined : state.peek().result, problems, error: problems.length > 0 ? undefined : error as Error, running: false };
    }
  };
  useEffect(() => {
    timer.current = setTimeout(() => { void go(); }, pauseMs);
    return () => clearTimeout(timer.current);
  }, [rule, days]);
  useEffect(() => () => { run.current?.abort(); }, []);
  return { state: state.value, now: () => { void go(); } };
}
