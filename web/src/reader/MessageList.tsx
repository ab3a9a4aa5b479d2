// The virtual list: anchored at the end, follows only when the reader is there, pages both ways.
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Channel, Message } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { longDay, longDayYear, year } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { hurried } from '../media/Miniature.tsx';
import { Failed } from '../ui/State.tsx';
import { join } from '../ui/css.ts';
import { memo } from '../ui/react.ts';
import { Bubble, Service } from './Bubble.tsx';
import { HoleCard } from './HoleCard.tsx';
import { selected } from './context.ts';
import { folded } from './entities.ts';
import type { Feed } from './feed.ts';
import { articles, holds, lead, toRows, type Row } from './rows.ts';

export interface ListHandle {
  toEnd: () => void; center: (id: string) => boolean; step: (by: number) => void; atEnd: () => boolean;
}
interface Props {
  feed: Feed; channel: Channel | undefined; filtered: boolean; wanted: string | null; labelledBy?: string;
  onSelect: (id: string) => void; onView: (id: number, date: string, last: number) => void; handle: { current: ListHandle | null };
}

/** So far from an end of what is loaded the next page is asked for, so that a fast hand does not meet it. */
const prefetchPx = 4_800;
/** Faster than anybody reads. */
const hurryPxMs = 5;
/** While it scrolls: the day above the list and the place on the rail. */
const tellEveryMs = 100;
const guesses = new WeakMap<Message, number>();
function guess(row: Row | undefined): number {
  if (!row || row.kind === 'day') return 44;
  if (row.kind === 'hole') return 72;
  if (row.kind === 'service') return 40;
  const first = row.messages[0] as Message;
  let height = guesses.get(first);
  if (height === undefined) {
    const text = first.text.slice(0, folded(first.text));
    height = 62 + (row.messages.some(({ hasMedia }) => hasMedia) ? 220 : 0) + Math.ceil(text.length / 56) * 21 + (text.split('\n').length - 1) * 12;
    guesses.set(first, height);
  }
  return height;
}
export const dayText = (date: string): string => (year(date) === year(now.peek()) ? longDay(date) : longDayYear(date));

export function MessageList({ feed, channel, filtered, wanted, labelledBy, onSelect, onView, handle }: Props) {
  const { items, older, newer, loading, change, error, failed } = feed.state.value;
  const holes = channel?.coverage.holes;
  // What is asked for, or would wait for a page that fails, is shown, whatever it may lack.
  const waits = older !== null && failed !== 'older' && !items.some(({ id, albumId }) => id === wanted && albumId && albumId === items[0]?.albumId);
  const rows = useMemo(() => toRows(items, holes ?? [], filtered, older === null, waits), [items, holes, filtered, older === null, waits]);
  const scroller = useRef<HTMLDivElement>(null);
  const pill = useSignal('');
  const placed = useRef<Feed | null>(null);
  // The end, until a person scrolls away: where the list stands says nothing while a large batch is still being laid out.
  const follows = useRef(false);
  // Who does not get away from it, with a touch or a key that scrolls nothing, goes on following: noteView sees that.
  const leave = (): void => { follows.current = false; noteView(); };
  const toEnd = (): void => { follows.current = true; virtual.scrollToEnd(); };
  const selectedIndex = useMemo(() => (selected.value ? rows.findIndex((row) => holds(row, selected.value as string)) : -1), [rows, selected.value]);

  const virtual = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => guess(rows[index]),
    // Another function has the whole list measured again.
    getItemKey: useMemo(() => (index: number) => rows[index]?.key ?? index, [rows]),
    anchorTo: 'end',
    followOnAppend: change === 'live' && newer === null && follows.current,
    scrollEndThreshold: 60,
    overscan: 4,
    paddingStart: 12,
    paddingEnd: 16,
    directDomUpdates: true,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return selectedIndex >= 0 && !shown.includes(selectedIndex) ? [...shown, selectedIndex].sort((a, b) => a - b) : shown;
    },
    onChange: () => { noteView(); },
  });

  // Where the last scroll to a message leads, for as long as it is under way.
  const aim = useRef<{ id: string; align: 'center' | 'auto' } | null>(null);
  const scrollTo = (id: string, align: 'center' | 'auto'): boolean => {
    const index = rows.findIndex((row) => holds(row, id));
    if (index < 0) return false;
    leave();
    aim.current = { id, align };
    virtual.scrollToIndex(index, { align });
    return true;
  };
  const center = (id: string): boolean => scrollTo(id, 'center');
  const focusRow = (id: string): void => {
    scrollTo(id, 'auto');
    requestAnimationFrame(() => requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`article[data-id="${id}"]`)?.focus({ preventScroll: true })));
  };
  handle.current = {
    toEnd,
    center,
    atEnd: () => newer === null && follows.current,
    step: (by) => {
      // Of this moment, not of the last render: keys come faster than frames.
      const from = selected.peek() === null ? -1 : rows.findIndex((row) => holds(row, selected.peek() as string));
      let index = from >= 0 ? from : (virtual.range?.endIndex ?? rows.length);
      do { index += by; } while (rows[index] && !lead(rows[index] as Row));
      const message = rows[index] && lead(rows[index] as Row);
      if (message) { onSelect(message.id); focusRow(message.id); }
    },
  };

  useEffect(() => () => { handle.current = null; }, []);
  const viewFrame = useRef(0);
  const stood = useRef({ top: 0, scrollHeight: 0, rows: [] as { key: unknown; at: number }[], at: 0, told: 0 });
  const noteView = (): void => {
    viewFrame.current ||= requestAnimationFrame((at) => {
      viewFrame.current = 0;
      const { range } = virtual;
      const element = scroller.current;
      if (!range || !element || placed.current !== feed) return;
      const { scrollTop: top, scrollHeight, clientHeight } = element;
      const was = stood.current;
      const items = virtual.getVirtualItems().filter(({ start, end }) => end > top && start < top + clientHeight);
      stood.current = { top, scrollHeight, rows: items.map(({ key, start }) => ({ key, at: start - top })), at, told: was.told };
      if (Math.abs(top - was.top) > hurryPxMs * (at - was.at)) hurried(at);
      // Layout moves it up by no more than the list shrank: beyond that a person did, by whatever means.
      if (was.top - top > 1 + Math.max(0, was.scrollHeight - scrollHeight)) follows.current = false;
      if (newer === null) {
        if (virtual.isAtEnd(2)) follows.current = true;
        else if (follows.current) virtual.scrollToEnd();
        if (follows.current) feed.seen();
      }
      if (top < prefetchPx) void feed.loadOlder();
      if (scrollHeight - top - clientHeight < prefetchPx) void feed.loadNewer();
      if (virtual.isScrolling && at - was.told < tellEveryMs) return;
      stood.current.told = at;
      const visible = items.filter(({ end }) => end > top + 8).map(({ index }) => rows[index]);
      const messages = visible.map((row) => row && lead(row)).filter((message): message is Message => Boolean(message));
      const [message] = messages;
      const last = messages.at(-1);
      pill.value = !visible[0] || visible[0].kind === 'day' || !message ? '' : dayText(message.date);
      if (message && last) onView(message.messageId, message.date, last.messageId);
    });
  };
  useEffect(() => { noteView(); }, [rows, older]);
  // The list holds on to the first row that is seen. Where that is taken away, to the next that is left. A scroll that is
  // under way knows an index, which is another row's once a page has come above.
  useLayoutEffect(() => {
    const under = virtual['scrollState'];
    if (aim.current && under && under.index !== null && !under.toEnd && scrollTo(aim.current.id, aim.current.align)) return;
    const place = ({ key }: { key: unknown }): number => rows.findIndex((row) => row.key === key);
    const [first, ...others] = stood.current.rows;
    if (!first || follows.current || place(first) >= 0) return;
    const kept = others.find((one) => place(one) >= 0);
    if (!kept) return;
    // By what this commit has measured; and the list is told, as what it measures next depends on where it stands.
    virtual.scrollToOffset(Math.max(0, (virtual['getMeasurements']()[place(kept)]?.start ?? 0) - kept.at));
  }, [rows]);
  useLayoutEffect(() => {
    if (rows.length === 0 || loading === 'first' || placed.current === feed) return;
    placed.current = feed;
    if (!(wanted && center(wanted))) toEnd();
  }, [feed, rows.length, loading]);

  const latest = useRef(onSelect);
  latest.current = onSelect;
  const pick = useMemo(() => (id: string) => latest.current(id), []);
  const group = channel !== undefined && channel.kind !== 'channel';
  const total = older === null && newer === null ? articles(rows) : -1;  // -1: not known
  return (
    <div class="list">
      {error && failed && <div class={join('page-failed', failed === 'newer' && 'at-end')} role="alert"><Failed what={t('r.title')} error={error} onRetry={() => feed.retry()} /></div>}
      {pill.value && <p class="day-pill floating" aria-hidden="true">{pill.value}</p>}
      <div class="scroller" ref={scroller} tabIndex={0} role="feed" aria-busy={loading !== ''} aria-label={t('r.feed', { title: channel?.title ?? '' })} aria-describedby={labelledBy} onScroll={noteView} onTouchMove={leave}
        onWheel={({ deltaY }) => { if (deltaY < 0) leave(); }} onKeyDown={({ key }) => { if (['ArrowUp', 'PageUp', 'Home'].includes(key)) leave(); }}>
        {loading === 'older' && <p class="list-note small quiet">{t('r.loadingOlder')}</p>}
        {!older && loading !== 'first' && rows.length > 0 && <p class="sr">{t('r.start')}</p>}
        <div class="rows" ref={virtual.containerRef}>
          {virtual.getVirtualItems().map(({ index, key }) => {
            const row = rows[index];
            return row && (
              <div key={key} class={join('row', `row-${row.kind}`, row.kind === 'bubble' && row.joined && 'row-joined')} data-index={index} ref={virtual.measureElement}>
                <RowBody row={row} total={total} group={group} peer={feed.peer} onSelect={pick} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

const RowBody = memo(function RowBody({ row, total, group, peer, onSelect }: { row: Row; total: number; group: boolean; peer: string; onSelect: (id: string) => void }) {
  if (row.kind === 'day') return <p class="day-pill">{dayText(row.date)}</p>;
  if (row.kind === 'hole') return <HoleCard hole={row.hole} peer={peer} />;
  const message = lead(row);
  if (!message) return null;
  const active = selected.value !== null && holds(row, selected.value);
  return (
    <article class={row.kind === 'bubble' && row.messages.length > 1 ? 'of-album' : undefined} tabIndex={active ? 0 : -1} aria-posinset={row.nth} aria-setsize={total} aria-current={active ? 'true' : undefined} data-id={message.id} onClick={() => onSelect(message.id)}>
      {row.kind === 'service' ? <Service message={row.message} /> : <Bubble messages={row.messages} joined={row.joined} group={group} />}
    </article>
  );
});
