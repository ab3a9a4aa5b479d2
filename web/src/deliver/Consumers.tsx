// Who reads by the API: what waits for each, up to where it has acknowledged, and when it was last heard of.
import { useApi } from '../api/resource.ts';
import type { Destination } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { full, num, span } from '../app/format.ts';
import { href } from '../app/links.ts';
import { t, type Key } from '../i18n/index.ts';
import { behindText, destinationMark, stateOf } from '../overview/Side.tsx';
import { Icon } from '../ui/Icon.tsx';
import { destinationPath } from './DestinationRow.tsx';

export interface Consumer {
  name: string; ackSeq: number; pending: number; redeliverEdits: boolean; origins: string[]; createdAt: string; lastSeenAt?: string; ackedAt?: string;
}
export const consumersPath = 'consumers';
export const ago = (when: string | undefined): string => (when ? t('dd.ago', { span: span(Math.max(0, (now.value - Date.parse(when)) / 1000)) }) : t('dd.never'));

export function Consumers({ destinations }: { destinations: Destination[] }) {
  const { data } = useApi<Consumer[]>(consumersPath, 5_000);
  if (destinations.length === 0) return <p class="quiet">{t('dd.noConsumers')}</p>;
  return (
    <div class="card">
      <header class="card-head"><h2 id="consumers-title">{t('dd.consumers')}</h2></header>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t('dd.consumers')}>
        <table class="table tall-rows stack">
          <thead><tr><th>{t('dest.name')}</th><th class="num">{t('dd.pending')}</th><th class="num">{t('dd.floor')}</th><th>{t('dd.lastPoll')}</th><th>{t('dd.lastAck')}</th><th>{t('dest.state')}</th></tr></thead>
          <tbody>{destinations.map((destination) => {
            const consumer = data?.find(({ name }) => name === destination.name);
            const state = stateOf(destination);
            const [icon, tone] = destinationMark(state);
            return (
              <tr key={destination.name} class={state === 'off' ? 'row-off' : undefined}>
                <td><a class="row-link" href={href(destinationPath(destination.name))}><bdi>{destination.name}</bdi></a></td>
                <td data-label={t('dd.pending')} class={`num tabular ${state === 'ok' ? '' : tone}`}>{behindText(destination)}</td>
                <td data-label={t('dd.floor')} class="num tabular">{consumer?.ackedAt ? num(consumer.ackSeq) : '–'}</td>
                <td data-label={t('dd.lastPoll')}><span title={consumer?.lastSeenAt ? full(consumer.lastSeenAt) : undefined}>{consumer ? ago(consumer.lastSeenAt) : '–'}</span></td>
                <td data-label={t('dd.lastAck')}><span title={consumer?.ackedAt ? full(consumer.ackedAt) : undefined}>{consumer ? ago(consumer.ackedAt) : '–'}</span></td>
                <td data-label={t('dest.state')}><span class={`named ${tone}`}><Icon name={icon} size={15} />{t(`destState.${state}` as Key)}</span></td>
              </tr>
            );
          })}</tbody>
        </table>
      </div>
    </div>
  );
}
