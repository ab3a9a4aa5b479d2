// How far one destination was behind over the last day: a line that breaks where nobody looked, with a table twin.
import { useSignal } from '@preact/signals';
import { reload, useApi } from '../api/resource.ts';
import { now } from '../app/clock.ts';
import { behind, clock, num, span } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { roundTop } from '../operate/axis.ts';
import { Failed } from '../ui/State.tsx';
import { vars } from '../ui/css.ts';
import { TableSwitch } from '../ui/TableSwitch.tsx';
import { onePath } from './act.ts';

interface Point { at: string; behindEvents: number; behindSeconds: number }
interface Lag { stepSeconds: number; points: Point[] }
type What = 'behindSeconds' | 'behindEvents';
const dayMs = 86_400_000;

/** Runs of minutes that follow one another: between two runs nothing is known. */
export function runsOf(points: Point[], stepMs: number): Point[][] {
  const runs: Point[][] = [];
  let last = 0;
  for (const point of points) {
    const at = Date.parse(point.at);
    if (runs.length === 0 || at - last > 2 * stepMs) runs.push([]);
    runs.at(-1)?.push(point);
    last = at;
  }
  return runs;
}
const steps = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 86_400, 7 * 86_400];
export function topOf(most: number, what: What): number {
  if (what === 'behindSeconds') return steps.find((step) => step >= most) ?? Math.ceil(most / 86_400) * 86_400;
  return roundTop(Math.max(10, most));
}

export function LagChart({ name }: { name: string }) {
  const path = `${onePath(name)}/lag`;
  const { data, error, loading } = useApi<Lag>(path, 30_000);
  const asTable = useSignal(false);
  const what = useSignal<What>('behindSeconds');
  const points = data?.points ?? [];
  const most = Math.max(0, ...points.map((point) => point[what.value]));
  const top = topOf(most, what.value);
  const show = (value: number): string => (what.value === 'behindSeconds' ? behind(value) : num(value));
  const newest = points.at(-1);
  return (
    <section class="card lag" aria-labelledby="lag-title">
      <header class="card-head">
        <h2 id="lag-title">{t('dd.lag')}</h2>
        <span class="tabs" role="group" aria-label={t('dd.lagUnit')}>
          {(['behindSeconds', 'behindEvents'] as const).map((one) => <button key={one} type="button" class="tab" aria-pressed={what.value === one} onClick={() => { what.value = one; }}>{t(one === 'behindSeconds' ? 'dd.lagTime' : 'dd.lagEvents')}</button>)}
        </span>
        <span class="spacer" />
        <TableSwitch title={t('dd.lag')} on={asTable} />
      </header>
      {error && !data && !loading && <Failed what={t('dd.lag')} error={error} onRetry={() => { void reload(path); }} />}
      {data && points.length === 0 && <p class="quiet pad">{t('dd.lagNone')}</p>}
      {points.length > 0 && (asTable.value ? <LagTable points={points} /> : (
        <div class="lag-chart" role="img" aria-label={t('dd.lagLabel', { max: show(most), now: newest ? show(newest[what.value]) : '–' })}>
          <div class="permin-plot">
            <span class="grid-line" /><span class="grid-line half" />
            <svg viewBox="0 0 1440 100" preserveAspectRatio="none" aria-hidden="true">{runsOf(points, (data?.stepSeconds ?? 60) * 1000).map((run) => {
              const x = (point: Point): number => 1440 - (now.peek() - Date.parse(point.at)) / dayMs * 1440;
              const first = run[0] as Point;
              const last = run.at(-1) as Point;
              const right = Math.max(x(last), x(first) + 2);
              const line = run.map((point) => `${x(point).toFixed(1)},${(100 - (point[what.value] / top) * 100).toFixed(2)}`);
              if (run.length === 1) line.push(`${right.toFixed(1)},${(100 - (last[what.value] / top) * 100).toFixed(2)}`);
              return <g key={first.at}><polygon points={`${x(first).toFixed(1)},100 ${line.join(' ')} ${right.toFixed(1)},100`} /><polyline points={line.join(' ')} /></g>;
            })}</svg>
            <span class="axis-top tabular">{what.value === 'behindSeconds' ? span(top) : num(top)}</span><span class="axis-half tabular">{what.value === 'behindSeconds' ? behind(top / 2) : num(top / 2)}</span>
          </div>
          <p class="permin-axis quiet tabular">{hours().map(({ at, part }) => <span key={at} ref={vars({ '--at': `${part.toFixed(2)}%` })}>{clock(at)}</span>)}</p>
        </div>
      ))}
    </section>
  );
}

function LagTable({ points }: { points: Point[] }) {
  return (
    <div class="table-scroll lag-table" tabIndex={0} role="region" aria-label={t('dd.lag')}>
      <table class="table">
        <thead><tr><th>{t('mpm.time')}</th><th class="num">{t('dd.lagTime')}</th><th class="num">{t('dd.lagEvents')}</th></tr></thead>
        <tbody>{points.slice(-240).reverse().map((point) => <tr key={point.at}><td>{clock(point.at)}</td><td class="num">{behind(point.behindSeconds)}</td><td class="num">{num(point.behindEvents)}</td></tr>)}</tbody>
      </table>
    </div>
  );
}

/** Every fourth whole hour of the last day. */
function hours(): { at: number; part: number }[] {
  const end = now.peek();
  const marks: { at: number; part: number }[] = [];
  for (let at = Math.ceil((end - dayMs) / 3_600_000) * 3_600_000; at <= end; at += 3_600_000) {
    const part = 100 - (end - at) / dayMs * 100;
    if (Number(clock(at).slice(0, 2)) % 4 === 0 && part > 2 && part < 98) marks.push({ at, part });
  }
  return marks;
}
