// Who reads on from the journal, and how far each has read; and the channel's feeds.
import { apiUrl } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import type { Channel } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { full, num, span } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { Loaded } from '../ui/State.tsx';
import type { Consumer } from './types.ts';

const path = 'consumers';
const mostPending = 10_000;

export function Consumers({ channel }: { channel: Channel }) {
  const consumers = useApi<Consumer[]>(path, 15_000);
  const id = encodeURIComponent(channel.channelId);
  const age = (at: string): string => t('c.ago', { age: span((now.value - Date.parse(at)) / 1000) });
  return (
    <section class="card" aria-labelledby="consumers-title">
      <header class="card-head"><h2 id="consumers-title">{t('c.consumers')}</h2></header>
      <Loaded from={consumers} what={t('c.consumers')} rows={2} retry={() => { void reload(path); }}>
        {(list) => (list.length === 0 ? <p class="pad quiet">{t('c.noConsumers')}</p> : (
          <table class="table stack"><thead><tr><th>{t('dest.name')}</th><th class="num">{t('c.floor')}</th><th class="num">{t('c.pending')}</th><th class="num">{t('c.lastPoll')}</th></tr></thead>
            <tbody>{list.map((one) => (
              <tr key={one.name}><td><b class="cut"><bdi>{one.name}</bdi></b></td><td class="num" data-label={t('c.floor')}>{one.ackSeq > 0 ? num(one.ackSeq) : '–'}</td>
                <td class="num" data-label={t('c.pending')}>{one.pending >= mostPending ? t('s.capped', { n: mostPending }) : num(one.pending)}</td>
                <td class="num" data-label={t('c.lastPoll')}>{one.lastSeenAt ? <time dateTime={one.lastSeenAt} title={full(one.lastSeenAt)}>{age(one.lastSeenAt)}</time> : '–'}</td></tr>
            ))}</tbody></table>
        ))}
      </Loaded>
      <div class="pad line-between feeds-line"><h3>{t('ch.feeds')}</h3><span class="feeds">{(['rss', 'atom', 'json'] as const).map((kind) => <a key={kind} href={apiUrl(`channels/${id}/feed.${kind}`)} target="_blank" rel="noopener noreferrer">{kind === 'atom' ? 'Atom' : kind.toUpperCase()}</a>)}</span></div>
    </section>
  );
}
