import { useApi } from '../api/resource.ts';
import { milliseconds, num, size } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { Failed } from '../ui/State.tsx';
import { grouped } from './axis.ts';
import { Chart, type Point } from './Chart.tsx';
import type { SystemPoint, TimeSeries } from './systemTypes.ts';
import { reload } from '../api/resource.ts';

const mostPoints = 72;
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const worst = (values: (number | null)[]): number | null => values.reduce((most, value) => (value === null ? most : Math.max(most ?? 0, value)), null);
const latest = (points: Point[], series = 0): number | null => points.at(-1)?.values[series] ?? null;

export function Throughput({ hours, everyMs }: { hours: number; everyMs: number }) {
  const path = `telegram-gateway/timeseries?minutes=${String(hours * 60)}`;
  const { data, error } = useApi<TimeSeries>(path, everyMs * 2);
  if (!data) return error ? <section class="card"><Failed what={t('sys.throughput')} error={error} onRetry={() => { void reload(path); }} /></section> : <section class="card permin chart" aria-busy="true" />;
  const points = grouped(data.points, mostPoints).map((group): Point => {
    const perMinute = (of: 'live' | 'catchup' | 'backfill' | 'import'): number => (group.reduce((sum, point) => sum + point[of], 0) * 60) / Math.max(1, group.reduce((sum, { seconds }) => sum + seconds, 0));
    return { at: group[0]?.at ?? '', values: [perMinute('live'), perMinute('catchup'), perMinute('backfill'), perMinute('import')] };
  });
  const most = Math.max(0, ...points.map(({ values }) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0)));
  return (
    <Chart title={t('sys.throughput')} kind="bars" points={points} format={(value) => num(value, value < 10 ? 1 : 0)}
      series={[{ key: 'live', label: t('mpm.live'), tone: 'live-colour' }, { key: 'catchup', label: t('mpm.caught'), tone: 'busy-colour' }, { key: 'backfill', label: t('r.history'), tone: 'history-colour' }, { key: 'import', label: t('r.imported'), tone: 'import-colour' }]}
      summary={t('sys.throughputSummary', { hours, most: num(most, 1), now: num(latest(points) ?? 0, 1) })} />
  );
}

export function LatencyChart({ points, hours }: { points: SystemPoint[]; hours: number }) {
  const shown = grouped(points, mostPoints).map((group): Point => ({
    at: group[0]?.at ?? '', values: [worst(group.map(({ storedP50Ms }) => storedP50Ms)), worst(group.map(({ storedP95Ms }) => storedP95Ms)), worst(group.map(({ storedP99Ms }) => storedP99Ms))],
  }));
  const p95 = latest(shown, 1);
  return (
    <Chart title={t('sys.stored')} kind="lines" points={shown} format={milliseconds}
      series={[{ key: 'p50', label: 'p50', tone: 'live-colour' }, { key: 'p95', label: 'p95', tone: 'busy-colour' }, { key: 'p99', label: 'p99', tone: 'hole-colour' }]}
      summary={t('sys.storedSummary', { hours, now: p95 === null ? '–' : milliseconds(p95) })} />
  );
}

export function CostChart({ points, hours, what }: { points: SystemPoint[]; hours: number; what: 'cpu' | 'memory' }) {
  const cpu = what === 'cpu';
  const format = cpu ? (value: number): string => `${num(value * 100, value < 0.1 ? 1 : 0)} %` : size;
  const shown = grouped(points, mostPoints).map((group): Point => ({
    at: group[0]?.at ?? '', values: [cpu ? mean(group.map((point) => point.cpu)) : Math.max(...group.map(({ residentBytes }) => residentBytes))],
  }));
  const title = t(cpu ? 'sys.cpu' : 'sys.memory');
  return (
    <Chart title={title} kind={cpu ? 'bars' : 'lines'} points={shown} format={format} series={[{ key: what, label: cpu ? t('sys.ofCore') : t('sys.resident'), tone: 'live-colour' }]}
      summary={t('sys.costSummary', { what: title, hours, now: format(latest(shown) ?? 0) })} />
  );
}
