import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { LogRecord } from '../api/types.ts';
import { useAfter } from '../api/resource.ts';
import { useKeys } from '../app/keys.ts';
import { href } from '../app/links.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Failed, Skeleton } from '../ui/State.tsx';
import { CopyButton } from './CopyButton.tsx';
import { LogBar } from './LogBar.tsx';
import { filterOf, journalctl, levels, queryOf, withField, type Level, type LogFilter } from './logFilter.ts';
import { GapLine, LogLine, type Narrow } from './LogLine.tsx';
import { isGap, useLogLines } from './useLogLines.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

export default function Logs() {
  const { url, route } = useLocation();
  const filter = filterOf(url.split('?')[1] ?? '');
  const follow = useSignal(true);
  const paused = useSignal(false);
  const unseen = useSignal(0);
  const current = useSignal(0);
  const open = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const { lines, loaded, error, retry } = useLogLines(filter, () => follow.peek(), (count) => { if (!follow.peek()) unseen.value += count; });
  const slow = useAfter(!loaded && !error, 150);

  const go = (next: LogFilter): void => {
    const query = queryOf(next);
    follow.value = true; paused.value = false; unseen.value = 0; open.value = 0; current.value = 0;
    route(`${href('logs')}${query ? `?${query}` : ''}`, true);
  };
  const narrow: Narrow = (name, value) => go(name === 'level' ? { ...filter, level: value as Level } : withField(filter, name, value));
  const toEnd = (): void => {
    follow.value = true; paused.value = false; unseen.value = 0;
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  const stop = (): void => { follow.value = false; paused.value = true; };
  const records = lines.filter((line): line is LogRecord => !isGap(line));
  const step = (by: number): void => {
    if (records.length === 0) return;
    const at = records.findIndex(({ id }) => id === current.peek());
    const next = records[at < 0 ? records.length - 1 : Math.max(0, Math.min(records.length - 1, at + by))] as LogRecord;
    stop();
    current.value = next.id;
    requestAnimationFrame(() => {
      const row = box.current?.querySelector<HTMLElement>(`[data-id="${String(next.id)}"] .log-time`);
      row?.focus({ preventScroll: true });
      row?.scrollIntoView({ block: 'nearest' });
    });
  };
  useKeys({
    l: () => (follow.peek() ? stop() : toEnd()), ' ': () => (paused.peek() ? toEnd() : stop()), End: toEnd,
    j: () => step(1), k: () => step(-1),
  });
  useLayoutEffect(() => { if (follow.value && box.current) box.current.scrollTop = box.current.scrollHeight; }, [lines, follow.value]);
  const onScroll = (event: Event): void => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget as HTMLElement;
    const atEnd = scrollHeight - scrollTop - clientHeight < 30;
    if (!atEnd && follow.peek()) follow.value = false;
    if (atEnd && !follow.peek() && !paused.peek()) toEnd();
  };
  return (
    <Page title={t('nav.logs')} class="plain logs-page">
      <LogBar filter={filter} go={go} follow={follow.value} paused={paused.value} onFollow={() => (follow.peek() ? stop() : toEnd())}
        command={journalctl(filter, records[0]?.at)} />
      <div class="card log-card">
        {error && lines.length === 0 ? <Failed what={t('nav.logs')} error={error} onRetry={retry} /> : !loaded ? <div aria-busy="true" class="log-lines">{slow && <Skeleton rows={10} />}</div> : (
          <div class="log-lines" ref={box} tabIndex={0} role="log" aria-live="off" aria-label={t('l.label')} onScroll={onScroll}>
            {lines.length === 0 && <NoLines filter={filter} go={go} />}
            {lines.map((line) => isGap(line)
              ? <GapLine key={line.id} gap={line} command={journalctl(filter, iso(line.from), iso(line.to))} />
              : <LogLine key={line.id} record={line} current={current.value === line.id} open={open.value === line.id} narrow={narrow}
                  onToggle={() => { if (open.peek() !== line.id) stop(); current.value = line.id; open.value = open.peek() === line.id ? 0 : line.id; }} />)}
          </div>
        )}
        {!follow.value && loaded && (
          <button type="button" class="log-pill" onClick={toEnd}><Icon name="down" size={15} />{unseen.value > 0 ? t('log.new', { n: unseen.value }) : t(paused.value ? 'log.pausedPill' : 'log.toEnd')}</button>
        )}
        <span class="sr" role="status">{paused.value ? t('log.paused') : ''}</span>
      </div>
    </Page>
  );
}

function NoLines({ filter, go }: { filter: LogFilter; go: (next: LogFilter) => void }) {
  const narrowed = filter.q !== '' || filter.fields.length > 0 || filter.level !== 'info';
  return (
    <div class="empty">
      <Icon name="logs" size={28} /><p class="strong">{t('l.none')}</p>
      <p class="quiet">{t(narrowed ? 'log.noneText' : 'log.noneYet')}</p>
      {narrowed && <button type="button" class="button" onClick={() => go({ level: levels[1], q: '', fields: [] })}>{t('log.clear')}</button>}
      {narrowed && <CopyButton text={journalctl(filter)} label={t('log.copyAs')} worded />}
    </div>
  );
}
