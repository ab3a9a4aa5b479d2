// How a fetch went, channel by channel.
import { reload, useApi } from '../api/resource.ts';
import { num } from '../app/format.ts';
import { href } from '../app/links.ts';
import { t, type Key } from '../i18n/index.ts';
import { Loaded } from '../ui/State.tsx';

type State = 'waiting' | 'walking' | 'done' | 'incomplete' | 'refused' | 'unfinished' | 'not_captured';
interface Fetched { channelId: string; label: string; messagesSynced: number; messagesSaved: number; missing: number; state: State; reason?: string }
const tones: Partial<Record<State, string>> = { done: 'accent', incomplete: 'warn', refused: 'bad', walking: 'busy' };

export function JobChannels({ id, over }: { id: string; over: boolean }) {
  const path = `telegram-gateway/jobs/${encodeURIComponent(id)}`;
  const job = useApi<{ channels?: Fetched[] }>(path, over ? undefined : 3_000);
  return (
    <Loaded from={job} what={t('j.channels')} rows={3} retry={() => { void reload(path); }}>
      {({ channels = [] }) => (channels.length === 0 ? <p class="quiet job-note">{t('j.noChannels')}</p> : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={t('j.channels')}>
          <table class="table stack"><thead><tr><th>{t('ch.channel')}</th><th>{t('j.state')}</th><th class="num">{t('j.seen')}</th><th class="num">{t('j.new')}</th><th class="num">{t('j.missing')}</th></tr></thead>
            <tbody>{channels.map((one) => (
              <tr key={one.channelId}><td><a href={href(`channels/${encodeURIComponent(one.channelId)}`)}><bdi>{one.label || one.channelId}</bdi></a></td>
                <td data-label={t('j.state')}><span class={tones[one.state] ?? 'quiet'}>{t(`j.fetch.${one.state}` as Key)}</span>{one.reason && <span class="quiet">: <bdi>{one.reason}</bdi></span>}</td>
                <td class="num" data-label={t('j.seen')}>{num(one.messagesSynced)}</td><td class="num" data-label={t('j.new')}>{num(one.messagesSaved)}</td><td class="num" data-label={t('j.missing')}>{num(one.missing)}</td></tr>
            ))}</tbody></table>
        </div>
      ))}
    </Loaded>
  );
}
