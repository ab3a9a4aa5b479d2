import { useSignal } from '@preact/signals';
import type { Day } from '../api/types.ts';
import { num, shortDate } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { TableSwitch } from '../ui/TableSwitch.tsx';

const noon = (date: string): string => `${date.slice(0, 10)}T12:00:00Z`;

export function DayStrip({ days, channels }: { days: Day[]; channels: number }) {
  const asTable = useSignal(false);
  const closed = days.reduce((sum, day) => sum + day.closed, 0);
  const open = days.filter((day) => day.open > 0).length;
  const summary = t('days.summary', { days: days.length, proven: days.filter(({ state }) => state === 'proven').length, open, closed });
  return (
    <div class="days">
      <p class="days-head">
        <span class="days-title">{t('days.title')}</span>
        <span class="quiet days-sub">{t('days.sub', { n: channels, days: days.length })}</span>
        <TableSwitch title={t('days.title')} on={asTable} />
      </p>
      {asTable.value ? <DayTable days={days} /> : (
        <>
          <div class="days-strip" role="img" aria-label={summary}>
            {days.map((day, i) => (
              <span key={day.date} class={`day day-${day.state} ${i === days.length - 1 ? 'day-last' : ''}`} title={`${shortDate(noon(day.date))}: ${t(`days.${day.state}`)}`}>
                <i class="day-bar" /><i class={day.open > 0 ? 'day-mark day-open' : day.closed > 0 ? 'day-mark day-closed' : 'day-mark'} />
              </span>
            ))}
          </div>
          <p class="days-foot quiet">
            <span>{days[0] ? shortDate(noon(days[0].date)) : ''}</span>
            <span class="days-legend">
              <span><i class="ring" />{t('days.closed', { n: closed })}</span>
              {open > 0 && <span><i class="triangle" />{t('days.open')}</span>}
            </span>
            <span>{t('days.today')}</span>
          </p>
        </>
      )}
    </div>
  );
}

function DayTable({ days }: { days: Day[] }) {
  return (
    <div class="table-scroll days-table" tabIndex={0} role="region" aria-label={t('days.title')}>
      <table class="table">
        <thead><tr><th>{t('days.date')}</th><th>{t('days.state')}</th><th class="num">{t('days.closedColumn')}</th><th class="num">{t('days.openColumn')}</th></tr></thead>
        <tbody>{days.slice().reverse().map((day) => <tr key={day.date}><td>{shortDate(noon(day.date))}</td><td>{t(`days.${day.state}`)}</td><td class="num">{num(day.closed)}</td><td class="num">{num(day.open)}</td></tr>)}</tbody>
      </table>
    </div>
  );
}
