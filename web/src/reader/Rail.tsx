// The whole channel, upright: proven, unknown, holes, and where the reader is. Click or arrow keys jump.
import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { request } from '../api/client.ts';
import type { Channel, Message } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { full, monthYear, num, shortDate, year } from '../app/format.ts';
import { describe } from '../coverage/describe.ts';
import { parts } from '../coverage/geometry.ts';
import { t } from '../i18n/index.ts';
import { vars } from '../ui/css.ts';

export interface View { id: number; last: number; date: string }
interface Tick { label: string; id: number }
const known = new Map<string, Tick[]>();
const yearMs = 365.25 * 86_400_000;

async function firstAfter(peer: string, from?: string): Promise<Message | undefined> {
  const query = new URLSearchParams({ channelId: peer, sort: 'oldest', limit: '1' });
  if (from) query.set('from', from);
  return (await request<Message[]>(`messages?${query.toString()}`)).data[0];
}

/** Marks at the start of years, or of months when the channel is young. */
async function ticksOf(peer: string, newest: string): Promise<Tick[]> {
  const oldest = await firstAfter(peer);
  if (!oldest) return [];
  const begin = new Date(oldest.date);
  const end = Date.parse(newest);
  const long = end - begin.getTime() > 1.5 * yearMs;
  const starts: Date[] = [];
  for (let i = 1; i <= 12; i += 1) {
    const start = long ? new Date(Date.UTC(begin.getUTCFullYear() + i, 0, 1)) : new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + i, 1));
    if (start.getTime() >= end) break;
    starts.push(start);
  }
  const found = await Promise.all(starts.slice(-8).map(async (start): Promise<Tick | null> => {
    const message = await firstAfter(peer, start.toISOString());
    return message ? { id: message.messageId, label: long ? year(start.getTime() + 43_200_000) : monthYear(start.getTime() + 43_200_000) } : null;
  }));
  const first: Tick = { id: oldest.messageId, label: long ? year(oldest.date) : shortDate(oldest.date) };
  return [first, ...found.filter((tick): tick is Tick => tick !== null)];
}

export function Rail({ channel, view: seen, onJump }: { channel: Channel; view: Signal<View | null>; onJump: (id: number) => void }) {
  const view = seen.value;  // read here, so that scrolling draws the rail anew and nothing else
  const { coverage, channelId } = channel;
  const { from, to } = coverage;
  const ticks = useSignal<Tick[]>(known.get(channelId) ?? []);
  useEffect(() => {
    const kept = known.get(channelId);
    ticks.value = kept ?? [];
    if (kept || !channel.lastMessageAt) return;
    let here = true;
    ticksOf(channelId, channel.lastMessageAt)
      .then((found) => { known.set(channelId, found); if (here) ticks.value = found; })
      .catch(() => undefined);
    return () => { here = false; };
  }, [channelId]);
  const aim = useRef<number | null>(null);  // where the last key led: keys come faster than pages
  useEffect(() => { aim.current = null; }, [view?.id]);
  const drawn = useMemo(() => parts(coverage), [coverage]);
  if (!(to > from)) return null;

  const at = (id: number): number => Math.min(100, Math.max(0, ((id - from) / (to - from)) * 100));
  const start = view ? at(view.id) : 100;
  const size = view ? Math.max(0, at(view.last) - start) : 0;
  const jump = (fraction: number): void => {
    aim.current = Math.min(1, Math.max(0, fraction));
    onJump(Math.round(from + aim.current * (to - from)));
  };
  const onKey = (event: KeyboardEvent): void => {
    const here = aim.current ?? (view ? (view.id - from) / (to - from) : 1);
    const moves: Record<string, number> = { ArrowUp: here - 0.01, ArrowDown: here + 0.01, PageUp: here - 0.1, PageDown: here + 0.1, Home: 0, End: 1 };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    jump(move);
  };
  let lastTick = -10;
  return (
    <div class="rail">
      <div class="rail-track" role="slider" tabIndex={0} aria-orientation="vertical" aria-label={t('rail.label')} aria-valuemin={from} aria-valuemax={to} aria-valuenow={view?.id ?? to}
        aria-valuetext={view ? `${t('rd.railValue', { date: full(view.date), id: num(view.id), to: num(to) })}. ${describe(channel, now.peek())}` : num(to)} onKeyDown={onKey}
        onClick={(event) => { const box = event.currentTarget.getBoundingClientRect(); jump((event.clientY - box.top) / box.height); }}>
        {drawn.map((part, i) => <i key={i} class={`rail-${part.state}`} ref={vars({ '--start': `${part.start.toFixed(3)}%`, '--size': `${part.size.toFixed(3)}%` })} />)}
        <b class="rail-thumb" ref={vars({ '--start': `${start.toFixed(3)}%`, '--size': `${size.toFixed(3)}%` })} />
      </div>
      {ticks.value.map((tick) => {
        const place = at(tick.id);
        if (place - lastTick < 4) return null;
        lastTick = place;
        return <span key={tick.id} class="rail-tick small quiet" aria-hidden="true" ref={vars({ '--start': `${place.toFixed(2)}%` })}>{tick.label}</span>;
      })}
    </div>
  );
}
