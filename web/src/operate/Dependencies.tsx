import { now } from '../app/clock.ts';
import { full, span } from '../app/format.ts';
import { t, type Key } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import type { Dependency } from './systemTypes.ts';

const marks: Record<string, [icon: string, tone: string]> = { ok: ['ok', 'accent'], degraded: ['warn', 'warn'], down: ['bad', 'bad'] };
const order = ['down', 'degraded', 'ok'];

export function summaryOf(list: Dependency[]): { tone: string; icon: string; text: string } {
  const down = list.filter(({ state }) => state === 'down').length;
  const weak = list.filter(({ state }) => state === 'degraded').length;
  if (down > 0) return { tone: 'bad', icon: 'bad', text: t('sys.down', { n: down, of: list.length }) };
  if (weak > 0) return { tone: 'warn', icon: 'warn', text: t('sys.degraded', { n: weak, of: list.length }) };
  return list.length > 0 ? { tone: 'ok', icon: 'ok', text: t('sys.well', { n: list.length }) } : { tone: 'unknown', icon: 'unknown', text: t('sys.unknown') };
}

export function Dependencies({ list }: { list: Dependency[] }) {
  const sorted = list.slice().sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return (
    <section class="card dependencies" aria-labelledby="dependencies-title">
      <header class="card-head"><h2 id="dependencies-title">{t('sys.dependencies')}</h2></header>
      <ul>
        {sorted.map(({ name, role, state, detail, since }) => {
          const [icon, tone] = marks[state] ?? ['unknown', 'quiet'];
          return (
            <li key={name} data-dependency={name} data-state={state}>
              <Icon name={icon} size={17} class={tone} />
              <span class="dep-text"><span><b><bdi>{name}</bdi></b> {role !== name && <span class="quiet">{t(`sys.role.${role}` as Key)}</span>}</span>{detail && <span class="dep-detail"><bdi>{detail}</bdi></span>}</span>
              <span class={`dep-state ${tone}`}>{t(`sys.state.${state}` as Key)}</span>
              <span class="quiet tabular dep-since" title={full(since)}>{span((now.value - Date.parse(since)) / 1000)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
