import { t } from '../i18n/index.ts';

const width = 64;
const height = 22;
export function Sparkline({ values }: { values: number[] }) {
  const most = Math.max(1, ...values);
  const points = values.map((value, i) => `${((i / Math.max(1, values.length - 1)) * width).toFixed(1)},${(height - 2 - (value / most) * (height - 5)).toFixed(1)}`);
  const total = values.reduce((sum, value) => sum + value, 0);
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${String(width)} ${String(height)}`} role="img" aria-label={t('ch.hourly', { n: total })}>
      <polygon points={`0,${String(height)} ${points.join(' ')} ${String(width)},${String(height)}`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
}
