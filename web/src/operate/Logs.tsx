import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { patch, reload, useApi } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { LogRecord } from '../api/types.ts';
import { clockSeconds, full } from '../app/format.ts';
import { href } from '../app/links.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Loaded } from '../ui/State.tsx';

const levels = ['debug', 'info', 'warn', 'error'];
const mostLines = 2_000;
const fieldText = (record: LogRecord): string =>
  Object.entries(record.fields ?? {}).map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(' ');

export default function Logs() {
  const { query, route } = useLocation();
  const level = levels.includes(query.level ?? '') ? query.level as string : 'info';
  const path = `telegram-gateway/logs?${new URLSearchParams({ level, ...(query.q ? { q: query.q } : {}), limit: '500' }).toString()}`;
  const logs = useApi<LogRecord[]>(path);
  const follow = useSignal(true);
  const q = useSignal(query.q ?? '');
  useLive<LogRecord>('logs', 'log', (record) => {
    if (levels.indexOf(record.level) < levels.indexOf(level)) return;
    if (query.q && !`${record.event} ${fieldText(record)}`.toLowerCase().includes(query.q.toLowerCase())) return;
    patch<LogRecord[]>(path, (list) => [...list, record].slice(-mostLines));
  });
  const go = (change: Record<string, string>): void => {
    const next = new URLSearchParams(Object.entries({ level, q: query.q ?? '', ...change }).filter(([, value]) => value));
    route(`${href('logs')}?${next.toString()}`, true);
  };
  return (
    <Page title={t('nav.logs')} class="plain logs-page">
      <form class="filter-bar" role="search" onSubmit={(event) => { event.preventDefault(); go({ q: q.peek().trim() }); }}>
        <label class="select"><span class="sr">{t('l.level')}</span><Icon name="chevron" size={14} /><select value={level} onChange={(event) => go({ level: event.currentTarget.value })}>{levels.map((name) => <option key={name} value={name}>{name}+</option>)}</select></label>
        <label class="filter"><Icon name="search" size={15} /><span class="sr">{t('l.text')}</span><input type="search" placeholder={t('l.text')} value={q.value} onInput={(event) => { q.value = event.currentTarget.value; }} /></label>
        <label class="check"><input type="checkbox" checked={follow.value} onChange={(event) => { follow.value = event.currentTarget.checked; }} />{t('l.follow')}</label>
      </form>
      <Loaded from={logs} what={t('nav.logs')} rows={10} retry={() => { void reload(path); }}>{(list) => <Lines list={list} follow={follow} />}</Loaded>
    </Page>
  );
}

function Lines({ list, follow }: { list: LogRecord[]; follow: { value: boolean } }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => { if (follow.value && box.current) box.current.scrollTop = box.current.scrollHeight; }, [list, follow.value]);
  return (
    <div class="card log-lines" ref={box} tabIndex={0} role="log" aria-live="off" aria-label={t('l.label')}
      onScroll={(event) => { const { scrollTop, scrollHeight, clientHeight } = event.currentTarget; const end = scrollHeight - scrollTop - clientHeight < 40; if (follow.value !== end) follow.value = end; }}>
      {list.length === 0 && <p class="quiet pad">{t('l.none')}</p>}
      {list.map((record, i) => (
        <p key={`${record.at}${String(i)}`} class={`log-line log-${record.level}`}>
          <time dateTime={record.at} title={full(record.at)}>{clockSeconds(record.at)}</time><span class="log-level">{record.level}</span><b>{record.event}</b><span class="log-fields"><bdi>{fieldText(record)}</bdi></span>
        </p>
      ))}
    </div>
  );
}
