// What a channel posts: figures, a bar a day, the hours of its week, who speaks most.
import { useSignal, type Signal } from '@preact/signals';
import { gatewayNow } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import type { Channel } from '../api/types.ts';
import { num, percent, zoneName } from '../app/format.ts';
import { zone } from '../app/settings.ts';
import { region, t } from '../i18n/index.ts';
import { vars } from '../ui/css.ts';
import { Loaded } from '../ui/State.tsx';
import { TableSwitch } from '../ui/TableSwitch.tsx';
import type { Stats } from './types.ts';
import { inZone, minutesAhead } from './week.ts';

export function Statistics({ channel }: { channel: Channel }) {
  const path = `channels/${encodeURIComponent(channel.channelId)}/stats`;
  const stats = useApi<Stats>(path, 60_000);
  return <Loaded from={stats} what={t('c.statistics')} rows={3} retry={() => { void reload(path); }}>{(data) => <Shown stats={data} />}</Loaded>;
}

function Shown({ stats }: { stats: Stats }) {
  const { totalMessages, messagesLast24h, messagesLast7d, averagePerDay, mediaPercentage } = stats.statistics;
  const figures: [string, string][] = [
    [t('stats.total'), num(totalMessages)], [t('stats.day'), num(messagesLast24h)], [t('stats.week'), num(messagesLast7d)],
    [t('stats.average'), num(averagePerDay, 1)], [t('stats.media'), percent(mediaPercentage / 100)],
  ];
  return (
    <>
      <ul class="card figures" aria-label={t('c.statistics')}>{figures.map(([label, value]) => <li key={label} class="figure"><span class="figure-label">{label}</span><span class="figure-line"><b class="tabular">{value}</b></span></li>)}</ul>
      {totalMessages > 0 && <div class="thirds">
        <Days days={stats.messagesByDate} />
        <Week hours={stats.hourOfWeek} />
        <Top senders={stats.topSenders} />
      </div>}
    </>
  );
}

const dayMs = 86_400_000;
const shownDay = (date: string): string => new Intl.DateTimeFormat(region, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(date));

function Days({ days }: { days: Stats['messagesByDate'] }) {
  const asTable = useSignal(false);
  const today = Math.floor(gatewayNow() / dayMs);
  const counts = new Map(days.map(({ date, count }) => [Math.floor(Date.parse(date) / dayMs), count]));
  const bars = Array.from({ length: 30 }, (_, i) => ({ date: new Date((today - 29 + i) * dayMs).toISOString().slice(0, 10), count: counts.get(today - 29 + i) ?? 0 }));
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <section class="card day-counts" aria-labelledby="days-title">
      <Head id="days-title" title={t('c.perDay')} on={asTable} />
      {asTable.value ? (
        <div class="table-scroll chart-table" tabIndex={0} role="region" aria-label={t('c.perDay')}><table class="table"><thead><tr><th>{t('days.date')}</th><th class="num">{t('nav.messages')}</th></tr></thead>
          <tbody>{bars.slice().reverse().map(({ date, count }) => <tr key={date}><td>{shownDay(date)}</td><td class="num">{num(count)}</td></tr>)}</tbody></table></div>
      ) : (
        <div class="chart" role="img" aria-label={t('c.perDayLabel', { max: most, n: bars.at(-1)?.count ?? 0 })}>
          <div class="day-bars">{bars.map(({ date, count }) => <i key={date} title={`${shownDay(date)}: ${num(count)}`} ref={vars({ '--part': `${((count / most) * 100).toFixed(1)}%` })} />)}</div>
          <p class="axis quiet small"><span>{shownDay(bars[0]?.date ?? '')}</span><span>{t('c.most', { n: most })}</span><span>{t('days.today')}</span></p>
        </div>
      )}
    </section>
  );
}

function Week({ hours }: { hours: number[] }) {
  const asTable = useSignal(false);
  const days = inZone(hours, minutesAhead(zone(), gatewayNow()));
  const most = Math.max(1, ...days.flat());
  const names = Array.from({ length: 7 }, (_, i) => new Intl.DateTimeFormat(region, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + i)));
  const busiest = days.flatMap((day, i) => day.map((count, hour) => ({ count, at: `${names[i] as string} ${String(hour).padStart(2, '0')}:00` }))).reduce((a, b) => (b.count > a.count ? b : a));
  const level = (count: number): number => (count === 0 ? 0 : Math.max(1, Math.ceil((count / most) * 5)));
  return (
    <section class="card week" aria-labelledby="week-title">
      <Head id="week-title" title={t('c.week')} on={asTable} />
      {asTable.value ? (
        <div class="table-scroll chart-table" tabIndex={0} role="region" aria-label={t('c.week')}><table class="table"><thead><tr><th>{t('mpm.time')}</th>{names.map((name) => <th key={name} class="num">{name}</th>)}</tr></thead>
          <tbody>{Array.from({ length: 24 }, (_, hour) => <tr key={hour}><td class="tabular">{String(hour).padStart(2, '0')}:00</td>{days.map((day, i) => <td key={i} class="num">{num(day[hour] ?? 0)}</td>)}</tr>)}</tbody></table></div>
      ) : (
        <div class="chart" role="img" aria-label={t('c.weekLabel', { at: busiest.at, n: busiest.count })}>
          <div class="heat">{days.map((day, i) => [<span key={`n${String(i)}`} class="quiet small">{names[i]}</span>, ...day.map((count, hour) => <i key={`${String(i)}-${String(hour)}`} class={`heat-${String(level(count))}`} title={`${names[i] as string} ${String(hour).padStart(2, '0')}:00: ${num(count)}`} />)])}</div>
          <p class="axis quiet small heat-axis"><span>00</span><span>06</span><span>12</span><span>18</span><span>{zoneName()}</span></p>
        </div>
      )}
    </section>
  );
}

function Head({ id, title, on }: { id: string; title: string; on: Signal<boolean> }) {
  return <header class="card-head"><h2 id={id}>{title}</h2><span class="spacer" /><TableSwitch title={title} on={on} /></header>;
}

function Top({ senders }: { senders: Stats['topSenders'] }) {
  const most = Math.max(1, ...senders.map(({ count }) => count));
  return (
    <section class="card top-senders" aria-labelledby="top-title"><header class="card-head"><h2 id="top-title">{t('c.top')}</h2></header>
      {senders.length === 0 ? <p class="pad quiet">{t('c.topNone')}</p> : (
        <ol>{senders.slice(0, 7).map(({ sender, count }) => <li key={sender}><bdi class="cut">{sender}</bdi><i class="share" ref={vars({ '--part': `${((count / most) * 100).toFixed(1)}%` })} /><span class="tabular quiet">{num(count)}</span></li>)}</ol>
      )}
    </section>
  );
}
