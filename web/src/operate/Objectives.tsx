// What is promised, and how much of what may go wrong is not used up yet.
import { clock, num } from '../app/format.ts';
import { t, type Key } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { vars } from '../ui/css.ts';
import type { Objective, SystemPoint } from './systemTypes.ts';

const toneOf = (left: number): string => (left <= 0 ? 'bad' : left < 0.25 ? 'warn' : 'ok');

export function Objectives({ list, points, hours }: { list: Objective[]; points: SystemPoint[]; hours: number }) {
  const first = points[0];
  return (
    <section class="card objectives" aria-labelledby="objectives-title">
      <header class="card-head"><h2 id="objectives-title">{t('sys.budget')}</h2></header>
      <ul>
        {list.map(({ name, target, good, total, left }) => {
          const shown = left === null ? null : Math.max(0, Math.min(1, left));
          const tone = left === null ? 'unknown' : toneOf(left);
          return (
            <li key={name} data-objective={name}>
              <span class="objective-head"><b>{t(`sys.goal.${name}` as Key)}</b><span class={`tabular ${tone === 'ok' ? 'accent' : tone}`}>{tone !== 'ok' && <Icon name={tone} size={15} />}{shown === null ? t('fig.noData') : t('sys.left', { percent: `${num(shown * 100)} %` })}</span></span>
              <span class={`budget budget-${tone}`} role="img" aria-label={shown === null ? t('fig.noData') : t('sys.left', { percent: `${num(shown * 100)} %` })} ref={vars({ '--part': `${((shown ?? 0) * 100).toFixed(1)}%` })} />
              <span class="quiet small">{total > 0 ? t('sys.reached', { target: `${num(target * 100, target > 0.99 ? 1 : 0)} %`, now: `${num((good / total) * 100, 2)} %` }) : t('sys.target', { target: `${num(target * 100, target > 0.99 ? 1 : 0)} %` })}</span>
            </li>
          );
        })}
      </ul>
      {first && <p class="quiet small pad">{t('sys.budgetSince', { time: clock(first.at), hours })}</p>}
    </section>
  );
}
