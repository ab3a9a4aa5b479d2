// What was found, as a list to walk through with the keyboard.
import type { Channel, Message } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { clock, full, recent } from '../app/format.ts';
import { moveFocus } from '../app/keys.ts';
import { href, messagePath } from '../app/links.ts';
import { t, word } from '../i18n/index.ts';
import { Avatar, hueOf } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { snippet, type Mark } from './marks.ts';

export interface Found extends Message { matches?: Mark[] }

const links = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.hits a')];
export function focusHit(by: number): void {
  const all = links();
  if (by < 0 && all[0] === document.activeElement) { document.querySelector<HTMLElement>('.query input')?.focus(); return; }
  moveFocus(all, by);
}
const onKey = (event: KeyboardEvent): void => {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by) { event.preventDefault(); focusHit(by); }
};

export function Hits({ items, channels }: { items: Found[]; channels: Channel[] }) {
  const known = new Map(channels.map((channel) => [channel.channelId, channel]));
  return (
    <ul class="card hits" aria-label={t('s.results')} onKeyDown={onKey}>
      {items.map((message) => <Hit key={`${message.id}:${String(message.scope)}`} message={message} channel={known.get(message.channelId)} />)}
    </ul>
  );
}

function Hit({ message, channel }: { message: Found; channel?: Channel }) {
  const avatar = channel?.avatar ?? { initials: message.channelTitle.slice(0, 2), hue: hueOf(message.channelId) };
  const when = recent(message.date, now.value);
  return (
    <li><a href={href(messagePath(message.channelId, message.messageId, message.scope))}>
      <Avatar {...avatar} size="l" />
      <span class="hit-head">
        <b class="cut"><bdi>{message.channelTitle}</bdi></b>
        {message.sender && message.sender !== message.channelTitle && <span class="quiet small cut"><bdi>{message.sender}</bdi></span>}
        <Flags message={message} />
        <time class="quiet small tabular" dateTime={message.date} title={full(message.date)}>{/:/.test(when) ? when : `${when} ${clock(message.date)}`}</time>
      </span>
      <span class={message.deletedAt ? 'hit-text hit-deleted' : 'hit-text'} dir="auto">
        {message.media && <Icon name={message.media.type} size={14} />}
        {message.text
          ? snippet(message.text, message.matches ?? []).map((piece, i) => (piece.marked ? <mark key={i}>{piece.text}</mark> : piece.text))
          : <span class="quiet">{message.service ? word('service', message.service) : word('media', message.media?.type ?? 'other')}</span>}
      </span>
    </a></li>
  );
}

function Flags({ message }: { message: Found }) {
  return (
    <span class="hit-flags small">
      {message.deletedAt && <span class="bad"><Icon name="bin" size={13} />{t('s.deleted')}</span>}
      {message.versions > 1 && <span class="accent"><Icon name="edit" size={13} />{t('r.edited1')}</span>}
      {message.origin !== 'live' && <span class="busy"><Icon name="busy" size={13} />{t(message.origin === 'catchup' ? 'r.caughtUpPlain' : message.origin === 'import' ? 'r.imported' : 'r.history')}</span>}
    </span>
  );
}
