// Shows a chart as the table of its numbers, and back.
import type { Signal } from '@preact/signals';
import { t } from '../i18n/index.ts';
import { Icon } from './Icon.tsx';

export function TableSwitch({ title, on }: { title: string; on: Signal<boolean> }) {
  return (
    <button type="button" class="icon-button small" aria-pressed={on.value} aria-label={`${title}: ${t(on.value ? 'app.chart' : 'app.table')}`}
      onClick={() => { on.value = !on.peek(); }}><Icon name={on.value ? 'chart' : 'table'} size={14} /></button>
  );
}
