// Matches a day, days without one included, with a table twin.
import { useSignal } from '@preact/signals';
import { num, shortDate } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { TableSwitch } from '../ui/TableSwitch.tsx';

interface Day { date: string; count: number }
const dayMs = 86_400_000;
const most = 366;

export function filled(days: Day[]): Day[] {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return [];
  const counts = new Map(days.map(({ date, count }) => [date, count]));
  const out: Day[] = [];
  for (let at = Date.parse(last.date); at >= Date.parse(first.date) && out.length < most; at -= dayMs) {
    const date = new Date(at).toISOString().slice(0, 10);
    out.unshift({ date, count: counts.get(date) ?? 0 });
  }
  return out;
}

export function Histogram({ days }: { days: Day[] }) {
  const asTable = useSignal(false);
  const all = filled(days);
  const top = Math.max(1, ...all.map(({ count }) => count));
  const noon = (date: string): string => `${date}T12:00:00Z`;
  return (
    <div class="histogram">
      <p class="line-between"><span class="quiet">{t('ru.byDay')}</span>
        <TableSwitch title={t('ru.byDay')} on={asTable} /></p>
      {asTable.value ? (
        <div class="table-scroll lag-table" tabIndex={0} role="region" aria-label={t('ru.byDay')}>
          <table class="table"><thead><tr><th>{t('days.date')}</th><th class="num">{t('ru.matched')}</th></tr></thead>
            <tbody>{all.slice().reverse().map(({ date, count }) => <tr key={date}><td>{shortDate(noon(date))}</td><td class="num">{num(count)}</td></tr>)}</tbody></table>
        </div>
      ) : (
        <>
          <svg viewBox={`0 0 ${String(all.length * 10)} 40`} preserveAspectRatio="none" role="img" aria-label={t('ru.histogramLabel', { n: all.length, max: num(top) })}>
            {all.map(({ date, count }, i) => (count > 0 ? <rect key={date} class="live-colour" x={i * 10 + 1} width="8" y={40 - Math.max(1.5, (count / top) * 40)} height={Math.max(1.5, (count / top) * 40)} /> : null))}
          </svg>
          <p class="line-between quiet small"><span>{all[0] ? shortDate(noon(all[0].date)) : ''}</span><span>{all.length > 1 ? shortDate(noon((all.at(-1) as Day).date)) : ''}</span></p>
        </>
      )}
    </div>
  );
}
