// Channels with their coverage. The order is kept while pointer or focus is inside.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Channel } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { num, recent } from '../app/format.ts';
import { moveFocus, useKeys } from '../app/keys.ts';
import { channelPath, href } from '../app/links.ts';
import { CoverageBar } from '../coverage/CoverageBar.tsx';
import { lang, t, type Key } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { tip } from '../ui/Tip.tsx';
import { Sparkline } from './Sparkline.tsx';
import { inTab, sorted, stated, type Order, type Tab } from './state.ts';

const tabs: [Tab, Key][] = [['all', 'ch.all'], ['attention', 'ch.attention'], ['history', 'ch.history'], ['silent', 'ch.silent']];
const orders: [Order, Key][] = [['attention', 'ch.sortAttention'], ['activity', 'ch.sortActivity'], ['name', 'ch.sortName']];

interface Selecting { selected?: ReadonlySet<string>; onSelect?: (channelId: string) => void }

export function ChannelTable({ channels, details, selected, onSelect }: { channels: Channel[]; details?: boolean } & Selecting) {
  const { query, route, url } = useLocation();
  const tab = (tabs.find(([name]) => name === query.tab)?.[0] ?? 'all');
  const order = (orders.find(([name]) => name === query.order)?.[0] ?? 'attention');
  const inside = useSignal(false);
  const kept = useRef<{ key: string; ids: string[] }>({ key: '', ids: [] });
  const choose = (name: string, value: string | null): void => {
    const next = new URL(url, location.origin);
    if (value) next.searchParams.set(name, value); else next.searchParams.delete(name);
    route(next.pathname + next.search, true);
  };

  const fresh = sorted(channels.filter(inTab(tab)), order, lang);
  const key = `${tab}|${order}`;
  const hold = inside.value && kept.current.key === key;
  const rank = new Map(kept.current.ids.map((id, i) => [id, i]));
  const rows = hold ? fresh.slice().sort((a, b) => (rank.get(a.channelId) ?? 1e9) - (rank.get(b.channelId) ?? 1e9)) : fresh;
  const changed = hold && rows.some((row, i) => row !== fresh[i]);
  if (!hold) kept.current = { key, ids: fresh.map(({ channelId }) => channelId) };

  const body = useRef<HTMLTableSectionElement>(null);
  const step = (by: number): void => { moveFocus(body.current?.querySelectorAll<HTMLElement>('.cov-button') ?? [], by); };
  useKeys({ j: () => step(1), k: () => step(-1) });

  return (
    <section class="card channels" aria-labelledby="channels-title" onPointerEnter={() => { inside.value = true; }} onPointerLeave={() => { inside.value = false; }}
      onFocusIn={() => { inside.value = true; }} onFocusOut={() => { inside.value = false; }}>
      <header class="card-head">
        <h2 id="channels-title">{t('ch.title')}<span class="only-phone quiet"> {num(channels.length)}</span></h2>
        <div class="tabs not-phone" role="group" aria-label={t('r.filters')}>
          {tabs.map(([name, label]) => {
            const n = channels.filter(inTab(name)).length;
            return (name === 'all' || n > 0 || name === tab) && (
              <button key={name} type="button" class="tab" aria-pressed={tab === name} onClick={() => choose('tab', name === 'all' ? null : name)}>{t(label)} <span class="tabular">{num(n)}</span></button>
            );
          })}
        </div>
        <span class="spacer" />
        {changed && <button type="button" class="button small" onClick={() => { inside.value = false; }}>{t('ch.orderChanged')}: {t('ch.apply')}</button>}
        <label class="select"><span class="sr">{t('ch.sort')}</span><Icon name="chevron" size={14} />
          <select value={order} onChange={(event) => choose('order', event.currentTarget.value === 'attention' ? null : event.currentTarget.value)}>
            {orders.map(([name, label]) => <option key={name} value={name}>{t(label)}</option>)}
          </select>
        </label>
      </header>
      <div class="channel-scroll"><table class="table channel-table">
        <thead><tr>
          <th>{t('ch.channel')}</th><th>{t('ch.coverage')}</th><th class="num">{t('ch.accounted')}</th><th class="num">{t('ch.last')}</th><th>{t('ch.day')}</th><th>{t('ch.state')}</th>
        </tr></thead>
        <tbody ref={body}>{rows.map((channel) => <Row key={channel.channelId} channel={channel} details={details} selected={selected} onSelect={onSelect} />)}</tbody>
      </table></div>
      {rows.length === 0 && <p class="quiet pad">{t('ch.none')}</p>}
    </section>
  );
}

export const subtitle = (channel: Channel): string => {
  if (channel.username) return `@${channel.username}`;
  if (channel.topics?.length) return t('kind.topics', { n: channel.topics.length });
  return t(`kind.${channel.kind}` as Key);
};

function Row({ channel, details, selected, onSelect }: { channel: Channel; details?: boolean } & Selecting) {
  const said = stated(channel, now.value);
  const { coverage } = channel;
  const imported = channel.state.code === 'imported' && coverage.expected === 0;
  return (
    <tr class={channel.state.code === 'hole' ? 'row-warn' : channel.state.code === 'private' ? 'row-bad' : undefined} data-channel={channel.channelId}>
      <td class="cell-channel"><span class="named-channel">
        {onSelect && <input type="checkbox" aria-label={t('c.select', { title: channel.title })} checked={selected?.has(channel.channelId) ?? false} onChange={() => onSelect(channel.channelId)} />}
        <Avatar {...channel.avatar} />
        <span class="cell-names"><a class="strong cut" href={href(details ? `channels/${encodeURIComponent(channel.channelId)}` : channelPath(channel.channelId))}><bdi>{channel.title}</bdi></a><span class="quiet small cut"><bdi>{subtitle(channel)}</bdi></span></span>
      </span></td>
      <td class="cell-bar"><CoverageBar channel={channel} /></td>
      <td class="num cell-count tabular">{imported ? <b>{num(channel.messageCount)}</b> : <><b>{num(coverage.accounted)}</b><span class="quiet not-phone"> / {num(coverage.expected)}</span></>}</td>
      <td class="num cell-last tabular">{channel.lastMessageAt ? <time dateTime={channel.lastMessageAt}>{recent(channel.lastMessageAt, now.value)}</time> : '–'}</td>
      <td class="cell-spark"><Sparkline values={channel.hourly} /></td>
      <td class={`cell-state ${said.tone}`}><span class="stated-cell" {...(said.why ? { ...tip(() => said.why), tabIndex: 0 } : {})}><Icon name={said.icon} size={15} /><span class="not-phone">{said.text}</span><span class="only-phone">{said.short.toLocaleLowerCase(lang)}</span>{said.why && <span class="sr">{said.why}</span>}</span></td>
    </tr>
  );
}
