// Which channel needs me? The list, and what can be done with several at once.
import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { reload } from '../api/resource.ts';
import type { Channel } from '../api/types.ts';
import { mayAdmin } from '../accounts/useAuth.ts';
import { useKeys } from '../app/keys.ts';
import { href } from '../app/links.ts';
import { channelsPath, useChannels } from '../app/useOverview.ts';
import { RangesDialog } from '../coverage/Ranges.tsx';
import { t } from '../i18n/index.ts';
import { ChannelTable } from '../overview/ChannelTable.tsx';
import { Page } from '../shell/Page.tsx';
import { matches } from '../shell/target.ts';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { Selected } from './Selected.tsx';

export default function Channels() {
  const channels = useChannels();
  const { query, route } = useLocation();
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const q = query.q ?? '';
  const search = (text: string): void => {
    const next = new URLSearchParams(location.search);
    if (text) next.set('q', text); else next.delete('q');
    const asked = next.toString();
    route(href('channels') + (asked ? `?${asked}` : ''), true);
  };
  const toggle = (id: string): void => {
    const next = new Set(selected.peek());
    if (!next.delete(id)) next.add(id);
    selected.value = next;
  };
  useKeys({
    n: () => route(href('channels/add')),
    f: () => document.querySelector<HTMLInputElement>('.page-filter input')?.focus(),
    x: () => {
      const row = document.activeElement?.closest<HTMLElement>('[data-channel]') ?? document.querySelector<HTMLElement>('[data-channel]');
      if (row?.dataset.channel) { toggle(row.dataset.channel); row.querySelector('input')?.focus(); }
    },
    Escape: () => { selected.value = new Set(); },
  });
  return (
    <Page title={t('nav.channels')} class="plain">
      <div class="line-between channels-line">
        <label class="filter page-filter"><Icon name="search" size={16} /><span class="sr">{t('ch.filter')}</span>
          <input type="search" placeholder={t('ch.filter')} value={q} onInput={(event) => search(event.currentTarget.value)} /><kbd class="not-phone">F</kbd></label>
        <span class="spacer" />
        {!mayAdmin() && <span class="quiet small">{t('c.noRight')}</span>}
        <a class="button" href={href('channels/add?by=csv')}>{t('c.importCsv')}</a>
        <a class="button primary" href={href('channels/add')} aria-keyshortcuts="n">+ {t('c.add')}</a>
      </div>
      <Loaded from={channels} what={t('nav.channels')} rows={10} retry={() => { void reload(channelsPath); }}>
        {(list) => (list.length === 0 ? <Empty icon="channels" title={t('c.none')}>{t('c.noneText')}</Empty>
          : <List list={list} q={q} selected={selected.value} onToggle={toggle} onChoose={(ids) => { selected.value = new Set(ids); }} />)}
      </Loaded>
      <RangesDialog />
    </Page>
  );
}

function List({ list, q, selected, onToggle, onChoose }: { list: Channel[]; q: string; selected: ReadonlySet<string>; onToggle: (id: string) => void; onChoose: (ids: string[]) => void }) {
  const shown = list.filter((channel) => matches(q, channel.title, channel.username, channel.channelId));
  const chosen = list.filter(({ channelId }) => selected.has(channelId));
  return (
    <>
      <Selected channels={chosen} all={shown.length} onAll={() => onChoose(shown.map(({ channelId }) => channelId))} onNone={() => onChoose([])} />
      {shown.length === 0 ? <Empty icon="search" title={t('c.noMatch', { q })}>{t('c.noMatchText')}</Empty>
        : <ChannelTable channels={shown} details selected={selected} onSelect={onToggle} />}
    </>
  );
}
