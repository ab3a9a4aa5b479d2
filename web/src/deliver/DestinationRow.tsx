import type { Destination } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { full, num, span } from '../app/format.ts';
import { href } from '../app/links.ts';
import { t, word, type Key } from '../i18n/index.ts';
import { behindText, destinationMark, stateOf } from '../overview/Side.tsx';
import { Icon } from '../ui/Icon.tsx';
import { ActButton } from './ActButton.tsx';
import { may } from './act.ts';

export const secondsTo = (when: string | undefined): number | null => (when ? Math.max(0, (Date.parse(when) - now.value) / 1000) : null);
export const destinationPath = (name: string): string => `destinations/${encodeURIComponent(name)}`;

export const missedText = ({ missed }: Destination): string => (missed?.atMost === undefined ? t('dd.missedSome') : t('dd.missed', { n: missed.atMost }));
/** Why it is as it is, and what happens next by itself. */
export function Why({ destination }: { destination: Destination }) {
  const { lastError, missed, parkedAt, state } = destination;
  const next = secondsTo(destination.nextTryAt);
  if (state === 'off') return <span class="quiet">{t('dd.offWhy')}</span>;
  if (parkedAt) return <span>{t('dd.parkedSince', { time: full(parkedAt) })}</span>;
  if (missed) return <span class="bad">{missedText(destination)}</span>;
  if (lastError) return <span><bdi>{lastError}</bdi>{next !== null && <span class="quiet"> · {next > 0 ? t('dest.nextTry', { span: span(next) }) : t('dd.trying')}</span>}</span>;
  return <span class="quiet">–</span>;
}

export function DestinationRow({ destination, onTry }: { destination: Destination; onTry: () => Promise<void> }) {
  const state = stateOf(destination);
  const [icon, tone] = destinationMark(state);
  return (
    <tr class={state === 'gapped' ? 'row-bad' : state === 'late' || state === 'away' ? 'row-warn' : state === 'off' ? 'row-off' : undefined}>
      <td><span class="named"><Icon name={destination.kind} size={16} class="quiet" /><a class="row-link" href={href(destinationPath(destination.name))}><bdi>{destination.name}</bdi></a> <span class="quiet">{word('kind', destination.kind)}</span></span></td>
      <td data-label={t('dest.behind')} class={`num tabular ${state === 'ok' ? '' : tone}`}>{behindText(destination)}</td>
      <td data-label={t('dest.rate')} class="num tabular">{num(destination.ratePerMinute, 1)} {t('fig.perMinute')}</td>
      <td data-label={t('dest.state')}><span class={`named ${tone}`}><Icon name={icon} size={15} />{t(`destState.${state}` as Key)}</span></td>
      <td data-label={t('dd.why')} class="dest-why"><Why destination={destination} /></td>
      <td class="row-acts">{destination.nextTryAt && may(destination, 'try-now') && <ActButton label={t('dd.tryNow')} keys="T" name={t('dd.tryNowOf', { name: destination.name })} run={onTry} />}</td>
    </tr>
  );
}
