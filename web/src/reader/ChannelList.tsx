import { useSignal } from '@preact/signals';
import type { Channel } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { num, recent } from '../app/format.ts';
import { channelPath, href } from '../app/links.ts';
import { stated } from '../overview/state.ts';
import { matches } from '../shell/target.ts';
import { t, word } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { unread } from './context.ts';

export const byActivity = (channels: Channel[]): Channel[] =>
  channels.slice().sort((a, b) => (b.lastMessageAt ?? '').localeCompare(a.lastMessageAt ?? ''));

export function ChannelList({ channels, peer }: { channels: Channel[]; peer: string | null }) {
  const q = useSignal('');
  const shown = channels.filter((channel) => matches(q.value, channel.title, channel.username, channel.channelId));
  return (
    <>
      <label class="filter">
        <Icon name="search" size={16} /><span class="sr">{t('ch.filter')}</span>
        <input id="channel-filter" type="search" placeholder={t('r.filter', { n: channels.length })} value={q.value} onInput={(event) => { q.value = event.currentTarget.value; }}
          onKeyDown={(event) => { if (event.key === 'Escape') { q.value = ''; event.currentTarget.blur(); } }} />
        <kbd class="not-phone">F</kbd>
      </label>
      <nav class="channel-list" aria-label={t('r.channels')}>
        <ul>
          {shown.map((channel) => <Entry key={channel.channelId} channel={channel} current={channel.channelId === peer} />)}
        </ul>
        {shown.length === 0 && <p class="quiet pad">{t('ch.none')}</p>}
      </nav>
    </>
  );
}

const preview = (last: Channel['lastMessage']): string =>
  (last ? last.text.replace(/\s+/g, ' ') || (last.media ? word('media', last.media) : t('r.noText')) : '');
const quietCodes = new Set(['complete', 'imported', 'empty']);

function Entry({ channel, current }: { channel: Channel; current: boolean }) {
  const waiting = unread.value.get(channel.channelId) ?? 0;
  const said = stated(channel, now.value);
  return (
    <li>
      <a href={href(channelPath(channel.channelId))} aria-current={current ? 'page' : undefined} class="channel-entry">
        <Avatar {...channel.avatar} size="l" />
        <span class="entry-text">
          <span class="entry-line"><span class="strong cut"><bdi>{channel.title}</bdi></span>
            {channel.lastMessageAt && <time class="small quiet tabular" dateTime={channel.lastMessageAt}>{recent(channel.lastMessageAt, now.value)}</time>}</span>
          <span class="entry-line"><span class="quiet cut" dir="auto">{preview(channel.lastMessage)}</span>
            {waiting > 0
              ? <span class="unread tabular" aria-label={t('r.unread', { n: waiting })}>{num(waiting)}</span>
              : !quietCodes.has(channel.state.code) && <span class={said.tone} role="img" aria-label={said.text}><Icon name={said.icon} size={15} /></span>}</span>
        </span>
      </a>
    </li>
  );
}
