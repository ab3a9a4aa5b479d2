// Messages per minute, five minutes a bar, with a table twin.
import { useSignal } from '@preact/signals';
import type { Minute } from '../api/types.ts';
import { clock, num } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { vars } from '../ui/css.ts';
import { TableSwitch } from '../ui/TableSwitch.tsx';

const perBar = 5;
interface Bar { at: string; live: number; caught: number }

function barsOf(minutes: Minute[]): Bar[] {
  const bars: Bar[] = [];
  for (let end = minutes.length; end > 0; end -= perBar) {
    const part = minutes.slice(Math.max(0, end - perBar), end);
    const mean = (of: (minute: Minute) => number): number => part.reduce((sum, minute) => sum + of(minute), 0) / part.length;
    bars.unshift({ at: part[0]?.at ?? '', live: mean(({ live }) => live), caught: mean(({ catchup }) => catchup) });
  }
  return bars;
}
/** A round number of two whole steps above the highest bar: 2, 4, 10, 20, 40, 100, … */
function roundTop(most: number): number {
  const least = Math.max(2, most);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 4, 10].map((step) => step * power).find((top) => top >= least) ?? 10 * power;
}

export function PerMinute({ minutes }: { minutes: Minute[] }) {
  const asTable = useSignal(false);
  const bars = barsOf(minutes);
  const most = Math.max(0, ...bars.map(({ live, caught }) => live + caught));
  const top = roundTop(most);
  const hours = Math.max(1, Math.round(minutes.length / 60));
  return (
    <section class="card permin" aria-labelledby="permin-title">
      <header class="card-head">
        <h2 id="permin-title">{t('mpm.title')}</h2><span class="spacer" />
        <span class="permin-legend"><span><i class="swatch live-colour" />{t('mpm.live')}</span><span><i class="swatch busy-colour" />{t('mpm.caught')}</span></span>
        <TableSwitch title={t('mpm.title')} on={asTable} />
      </header>
      {asTable.value ? (
        <div class="table-scroll permin-table" tabIndex={0} role="region" aria-label={t('mpm.title')}>
          <table class="table"><thead><tr><th>{t('mpm.time')}</th><th class="num">{t('mpm.live')}</th><th class="num">{t('mpm.caught')}</th></tr></thead>
            <tbody>{bars.slice().reverse().map((bar) => <tr key={bar.at}><td>{clock(bar.at)}</td><td class="num">{num(bar.live, 1)}</td><td class="num">{num(bar.caught, 1)}</td></tr>)}</tbody>
          </table>
        </div>
      ) : (
        <div class="permin-chart" role="img" aria-label={t('mpm.label', { hours, max: num(most, 1), now: num((bars.at(-1)?.live ?? 0), 1) })}>
          <div class="permin-plot">
            <span class="grid-line" /><span class="grid-line half" />
            <svg viewBox={`0 0 ${String(Math.max(1, bars.length * 10))} 100`} preserveAspectRatio="none" aria-hidden="true">
              {bars.map((bar, i) => {
                const live = (bar.live / top) * 100;
                const caught = (bar.caught / top) * 100;
                return [
                  live > 0 && <rect key={`l${bar.at}`} class="live-colour" x={i * 10 + 1} width="8" y={100 - live} height={live} />,
                  caught > 0 && <rect key={`c${bar.at}`} class="busy-colour" x={i * 10 + 1} width="8" y={99 - live - caught} height={caught} />,
                ];
              })}
            </svg>
            <span class="axis-top tabular">{num(top)}</span><span class="axis-half tabular">{num(top / 2)}</span>
          </div>
          <p class="permin-axis quiet tabular">{hourMarks(bars).map(({ at, part }) => <span key={at} ref={vars({ '--at': `${part.toFixed(2)}%` })}>{clock(at)}</span>)}</p>
        </div>
      )}
    </section>
  );
}

function hourMarks(bars: Bar[]): { at: string; part: number }[] {
  const first = bars[0];
  const last = bars.at(-1);
  if (!first || !last) return [];
  const begin = Date.parse(first.at);
  const length = Math.max(1, Date.parse(last.at) - begin);
  const marks: { at: string; part: number }[] = [];
  for (let hour = Math.ceil(begin / 3_600_000) * 3_600_000; hour <= begin + length; hour += 3_600_000) {
    const at = new Date(hour).toISOString();
    const part = ((hour - begin) / length) * 100;
    if (Number(clock(at).slice(0, 2)) % 2 === 0 && part <= 100) marks.push({ at, part });
  }
  return marks;
}
