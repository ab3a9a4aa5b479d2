// Bars or lines over time, drawn as SVG, with the same numbers as a table.
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { clock } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { vars } from '../ui/css.ts';
import { TableSwitch } from '../ui/TableSwitch.tsx';
import { roundTop, timeMarks } from './axis.ts';

export interface Series { key: string; label: string; tone: string }
export interface Point { at: string; values: (number | null)[] }  // one a series, null: not known

export function Chart({ title, kind, series, points, format, summary, top: least = 0 }: {
  title: string; kind: 'bars' | 'lines'; series: Series[]; points: Point[]; format: (value: number) => string; summary: string; top?: number;
}) {
  const id = useId();
  const asTable = useSignal(false);
  const heights = points.map(({ values }) => (kind === 'bars' ? values.reduce<number>((sum, value) => sum + (value ?? 0), 0) : Math.max(0, ...values.map((value) => value ?? 0))));
  const top = roundTop(Math.max(least, ...heights));
  const first = points[0];
  const last = points.at(-1);
  return (
    <section class="card permin chart" aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2><span class="spacer" />
        <span class="permin-legend">{series.map(({ key, label, tone }) => <span key={key}><i class={`swatch ${tone}`} />{label}</span>)}</span>
        <TableSwitch title={title} on={asTable} />
      </header>
      {asTable.value ? (
        <div class="table-scroll permin-table" tabIndex={0} role="region" aria-label={title}>
          <table class="table"><thead><tr><th>{t('mpm.time')}</th>{series.map(({ key, label }) => <th key={key} class="num">{label}</th>)}</tr></thead>
            <tbody>{points.slice().reverse().map(({ at, values }) => <tr key={at}><td>{clock(at)}</td>{values.map((value, i) => <td key={series[i]?.key} class="num">{value === null ? '–' : format(value)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      ) : (
        <div class="permin-chart" role="img" aria-label={summary}>
          <div class="permin-plot">
            <span class="grid-line" /><span class="grid-line half" />
            <svg viewBox={`0 0 ${String(Math.max(1, points.length * 10))} 100`} preserveAspectRatio="none" aria-hidden="true">
              {kind === 'bars' ? <Bars points={points} series={series} top={top} /> : <Lines points={points} series={series} top={top} />}
            </svg>
            <span class="axis-top tabular">{format(top)}</span><span class="axis-half tabular">{format(top / 2)}</span>
          </div>
          <p class="permin-axis quiet tabular">{first && last && timeMarks(Date.parse(first.at), Date.parse(last.at)).map(({ at, part }) => <span key={at} ref={vars({ '--at': `${part.toFixed(2)}%` })}>{clock(at)}</span>)}</p>
        </div>
      )}
    </section>
  );
}

function Bars({ points, series, top }: { points: Point[]; series: Series[]; top: number }) {
  return (
    <>
      {points.map(({ at, values }, i) => {
        let base = 100;
        return values.map((value, s) => {
          const height = ((value ?? 0) / top) * 100;
          if (height <= 0) return null;
          base -= height;
          return <rect key={`${at}${String(s)}`} class={series[s]?.tone} x={i * 10 + 1} width="8" y={base} height={height} />;
        });
      })}
    </>
  );
}

/** Where a value is not known the line is broken; a value alone is a short stroke. */
function Lines({ points, series, top }: { points: Point[]; series: Series[]; top: number }) {
  return (
    <>
      {series.map(({ key, tone }, s) => {
        let path = '';
        let drawing = false;
        points.forEach(({ values }, i) => {
          const value = values[s] ?? null;
          if (value === null) { drawing = false; return; }
          const y = (100 - (value / top) * 100).toFixed(2);
          path += drawing ? `L${String(i * 10 + 5)} ${y}` : `M${String(i * 10 + 3)} ${y}L${String(i * 10 + 5)} ${y}`;
          drawing = true;
        });
        return <path key={key} class={`line ${tone}`} d={path} />;
      })}
    </>
  );
}
