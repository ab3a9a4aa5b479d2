// Is the program itself healthy: what it depends on, what it costs, how fast it is, and what is left of its budgets.
import { useLocation } from 'preact-iso';
import { reload, useApi } from '../api/resource.ts';
import { now } from '../app/clock.ts';
import { full, milliseconds, num, percent, size, span } from '../app/format.ts';
import { href } from '../app/links.ts';
import { t, type Key } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Loaded } from '../ui/State.tsx';
import { Dependencies, summaryOf } from './Dependencies.tsx';
import { Objectives } from './Objectives.tsx';
import { CostChart, LatencyChart, Throughput } from './SystemCharts.tsx';
import type { Latency, SystemData } from './systemTypes.ts';
import { Icon } from '../ui/Icon.tsx';

const windows = [1, 6, 24];
const everyMs = 5_000;

export default function System() {
  const { query, route } = useLocation();
  const hours = windows.find((one) => String(one) === query.hours) ?? 6;
  const path = `telegram-gateway/system?minutes=${String(hours * 60)}`;
  const system = useApi<SystemData>(path, everyMs);
  return (
    <Page title={t('nav.system')} class="plain system">
      <Loaded from={system} what={t('nav.system')} rows={8} retry={() => { void reload(path); }}>
        {(data) => (
          <>
            <section class="system-head">
              <Summary data={data} />
              <span class="spacer" />
              <div class="tabs" role="group" aria-label={t('sys.window')}>
                {windows.map((one) => <button key={one} type="button" class="tab" aria-pressed={one === hours} onClick={() => route(`${href('system')}${one === 6 ? '' : `?hours=${String(one)}`}`, true)}>{t('sys.hours', { n: one })}</button>)}
              </div>
            </section>
            <Figures data={data} />
            <div class="system-grid">
              <Dependencies list={data.dependencies} />
              <Objectives list={data.objectives} points={data.points} hours={hours} />
              <Throughput hours={hours} everyMs={everyMs} />
              <LatencyChart points={data.points} hours={hours} />
              <LatencyTable data={data} />
              <CostChart points={data.points} hours={hours} what="cpu" />
              <JournalCard data={data} />
              <CostChart points={data.points} hours={hours} what="memory" />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Summary({ data }: { data: SystemData }) {
  const { tone, icon, text } = summaryOf(data.dependencies);
  return <h2 class={`chip chip-${tone}`}><Icon name={icon} size={17} />{text}</h2>;
}

function Figures({ data: { process, disk, version, startedAt } }: { data: SystemData }) {
  const one = (label: string, value: string, beside = '') => (
    <li class="figure"><span class="figure-label">{label}</span><span class="figure-line"><b class="tabular">{value}</b><span class="figure-beside quiet">{beside}</span></span></li>
  );
  return (
    <ul class="card figures">
      {one(t('sys.uptime'), span((now.value - Date.parse(startedAt)) / 1000, 2), t('sys.version', { version }))}
      {one(t('sys.cpu'), process.cpu === undefined ? '–' : `${num(process.cpu * 100, 1)} %`, t('sys.ofCore'))}
      {one(t('sys.memory'), size(process.residentBytes))}
      {one(t('sys.hits'), process.memoryHitRatio === undefined ? '–' : percent(process.memoryHitRatio), t('sys.hitsText'))}
      {one(t('sys.disk'), disk ? size(disk.freeBytes) : '–', disk ? t('sys.diskOf', { size: size(disk.totalBytes) }) : '')}
    </ul>
  );
}

function LatencyTable({ data: { latency } }: { data: SystemData }) {
  const ms = (value: number | null): string => (value === null ? '–' : milliseconds(value));
  return (
    <section class="card latency" aria-labelledby="latency-title">
      <header class="card-head"><h2 id="latency-title">{t('sys.latency')}</h2></header>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={t('sys.latency')}>
        <table class="table">
          <thead><tr><th>{t('sys.what')}</th><th class="num">p50</th><th class="num">p95</th><th class="num">p99</th><th class="num">{t('sys.count')}</th></tr></thead>
          <tbody>
            {(Object.entries(latency) as [string, Latency][]).map(([name, one]) => (
              <tr key={name}><th scope="row">{t(`sys.lat.${name}` as Key)}</th><td class="num">{ms(one.p50Ms)}</td><td class="num">{ms(one.p95Ms)}</td><td class="num">{ms(one.p99Ms)}</td><td class="num">{num(one.count)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function JournalCard({ data: { journal, latency } }: { data: SystemData }) {
  const rows: [string, string][] = [
    [t('sys.size'), size(journal.bytes)],
    [t('sys.oldest'), journal.oldestAt ? full(journal.oldestAt) : '–'],
    [t('sys.newest'), journal.newestAt ? full(journal.newestAt) : '–'],
    [t('sys.fsync'), latency.commit.p95Ms === null ? '–' : milliseconds(latency.commit.p95Ms)],
    [t('sys.seq'), String(journal.headSeq)],
  ];
  return (
    <section class="card journal-card" aria-labelledby="journal-title">
      <header class="card-head"><h2 id="journal-title">{t('sys.journal')}</h2></header>
      <dl class="facts">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd class="tabular">{value}</dd></div>)}</dl>
    </section>
  );
}
