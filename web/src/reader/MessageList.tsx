// The virtual list: anchored at the end, follows only when the reader is there, pages both ways.
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Channel, Hole } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { clock, longDay, longDayYear, num, year } from '../app/format.ts';
import { t, word } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { join, vars } from '../ui/css.ts';
import { Bubble, Service } from './Bubble.tsx';
import { selected } from './context.ts';
import type { Feed } from './feed.ts';
import { holds, lead, toRows, type Row } from './rows.ts';

export interface ListHandle {
  toEnd: () => void; center: (id: string) => boolean; step: (by: number) => void; atEnd: () => boolean;
}
interface Props {
  feed: Feed; channel: Channel | undefined; filtered: boolean; wanted: string | null;
  onSelect: (id: string) => void; onView: (id: number, date: string, last: number) => void; handle: { current: ListHandle | null };
}

const estimate = (row: Row | undefined): number => {
  if (!row || row.kind === 'day') return 44;
  if (row.kind === 'hole') return 72;
  if (row.kind === 'service') return 40;
  const text = row.messages[0]?.text ?? '';
  return 62 + (row.messages.some(({ hasMedia }) => hasMedia) ? 220 : 0) + Math.ceil(text.length / 56) * 21 + (text.match(/\n/g)?.length ?? 0) * 12;
};
export const dayText = (date: string): string => (year(date) === year(now.peek()) ? longDay(date) : longDayYear(date));

export function MessageList({ feed, channel, filtered, wanted, onSelect, onView, handle }: Props) {
  const { items, older, newer, loading, change } = feed.state.value;
  const holes = channel?.coverage.holes ?? [];
  const rows = useMemo(() => toRows(items, holes, filtered), [items, holes, filtered]);
  const scroller = useRef<HTMLDivElement>(null);
  const pill = useSignal('');
  const placed = useRef<Feed | null>(null);
  const selectedIndex = selected.value ? rows.findIndex((row) => holds(row, selected.value as string)) : -1;

  const virtual = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(rows[index]),
    getItemKey: (index) => rows[index]?.key ?? index,
    anchorTo: 'end',
    followOnAppend: change === 'live' && newer === null,
    scrollEndThreshold: 60,
    overscan: 6,
    paddingStart: 12,
    paddingEnd: 16,
    directDomUpdates: true,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return selectedIndex >= 0 && !shown.includes(selectedIndex) ? [...shown, selectedIndex].sort((a, b) => a - b) : shown;
    },
    onChange: () => { noteView(); },
  });

  const center = (id: string): boolean => {
    const index = rows.findIndex((row) => holds(row, id));
    if (index < 0) return false;
    virtual.scrollToIndex(index, { align: 'center' });
    return true;
  };
  const focusRow = (index: number): void => {
    virtual.scrollToIndex(index, { align: 'auto' });
    requestAnimationFrame(() => requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${String(index)}"] article`)?.focus({ preventScroll: true })));
  };
  handle.current = {
    toEnd: () => { virtual.scrollToEnd(); },
    center,
    atEnd: () => newer === null && virtual.isAtEnd(60),
    step: (by) => {
      // Of this moment, not of the last render: keys come faster than frames.
      const from = selected.peek() === null ? -1 : rows.findIndex((row) => holds(row, selected.peek() as string));
      let index = from >= 0 ? from : (virtual.range?.endIndex ?? rows.length);
      do { index += by; } while (rows[index] && !lead(rows[index] as Row));
      const message = rows[index] && lead(rows[index] as Row);
      if (message) { onSelect(message.id); focusRow(index); }
    },
  };

  useLayoutEffect(() => {
    if (rows.length === 0 || loading === 'first' || placed.current === feed) return;
    placed.current = feed;
    if (!(wanted && center(wanted))) virtual.scrollToEnd();
  }, [feed, rows.length, loading]);

  const viewFrame = useRef(0);
  const noteView = (): void => {
    viewFrame.current ||= requestAnimationFrame(() => {
      viewFrame.current = 0;
      const { range } = virtual;
      const element = scroller.current;
      if (!range || !element || placed.current !== feed) return;
      const top = element.scrollTop;
      const visible = virtual.getVirtualItems().filter(({ start, end }) => end > top + 8 && start < top + element.clientHeight);
      const first = visible[0] ? rows[visible[0].index] : undefined;
      const message = visible.map(({ index }) => rows[index] && lead(rows[index] as Row)).find(Boolean);
      const last = visible.map(({ index }) => rows[index] && lead(rows[index] as Row)).filter(Boolean).at(-1);
      pill.value = !first || first.kind === 'day' || !message ? '' : message.date;
      if (message && last) onView(message.messageId, message.date, last.messageId);
      if (virtual.isAtEnd(60) && newer === null) feed.seen();
      if (top < 900) void feed.loadOlder();
      if (element.scrollHeight - top - element.clientHeight < 900) void feed.loadNewer();
    });
  };
  useEffect(() => { noteView(); }, [rows]);

  const group = channel !== undefined && channel.kind !== 'channel';
  return (
    <div class="list">
      {pill.value && <p class="day-pill floating" aria-hidden="true">{dayText(pill.value)}</p>}
      <div class="scroller" ref={scroller} tabIndex={0} role="feed" aria-busy={loading !== ''} aria-label={t('r.feed', { title: channel?.title ?? '' })} onScroll={noteView}>
        {loading === 'older' && <p class="list-note small quiet">{t('r.loadingOlder')}</p>}
        {!older && loading !== 'first' && rows.length > 0 && <p class="sr">{t('r.start')}</p>}
        <div class="rows" ref={virtual.containerRef}>
          {virtual.getVirtualItems().map(({ index, key }) => {
            const row = rows[index];
            return row && (
              <div key={key} class={join('row', `row-${row.kind}`)} data-index={index} ref={virtual.measureElement}>
                <RowBody row={row} index={index} count={rows.length} group={group} onSelect={onSelect} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function RowBody({ row, index, count, group, onSelect }: { row: Row; index: number; count: number; group: boolean; onSelect: (id: string) => void }) {
  if (row.kind === 'day') return <p class="day-pill">{dayText(row.date)}</p>;
  if (row.kind === 'hole') return <HoleCard hole={row.hole} />;
  const message = lead(row);
  if (!message) return null;
  const active = selected.value !== null && holds(row, selected.value);
  return (
    <article tabIndex={active ? 0 : -1} aria-posinset={index + 1} aria-setsize={count} aria-current={active ? 'true' : undefined} data-id={message.id} onClick={() => onSelect(message.id)}>
      {row.kind === 'service' ? <Service message={row.message} /> : <Bubble messages={row.messages} joined={row.joined} group={group} />}
    </article>
  );
}

function HoleCard({ hole }: { hole: Hole }) {
  const { filling } = hole;
  return (
    <div class="hole-card" role="note">
      <Icon name="warn" size={17} class="warn" />
      <div class="hole-text"><p class="strong">{t('r.hole', { n: hole.ids })}</p><p class="quiet">{num(hole.from)} – {num(hole.to)}, {t('r.holeCause', { cause: word('cause', hole.cause), time: clock(hole.since) })}</p></div>
      {filling && <><i class="meter" ref={vars({ '--part': `${String(Math.round((filling.done / Math.max(1, filling.total)) * 100))}%` })} /><span class="tabular small">{t('cov.fillingText', { done: filling.done, total: filling.total })}</span></>}
    </div>
  );
}
