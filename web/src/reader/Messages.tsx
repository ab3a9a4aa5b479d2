// The reader: channels, messages, inspector. Channel, message and filters are the address.
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso';
import { apiUrl, recovered } from '../api/client.ts';
import { patch, reload } from '../api/resource.ts';
import { opened, useLive } from '../api/stream.ts';
import type { Channel, MessageEvent } from '../api/types.ts';
import { useKeys } from '../app/keys.ts';
import { apiId, channelPath, href, messagePath } from '../app/links.ts';
import { channelsPath, useChannels } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { Bars } from '../shell/Bars.tsx';
import { Heading, LiveState } from '../shell/Page.tsx';
import { currentPeer } from '../shell/current.ts';
import { announce } from '../ui/Announce.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Failed, Loaded, Skeleton } from '../ui/State.tsx';
import { join } from '../ui/css.ts';
import { useAfter } from '../api/resource.ts';
import { ChannelList, byActivity } from './ChannelList.tsx';
import { DateForm, FilterBar } from './FilterBar.tsx';
import { Inspector, linkOf } from './Inspector.tsx';
import { Gallery } from '../media/Gallery.tsx';
import { Lightbox } from '../media/Lightbox.tsx';
import { galleryKinds, type GalleryKind } from '../media/gallery.ts';
import { Absent } from './Absent.tsx';
import { MessageList, type ListHandle } from './MessageList.tsx';
import { Rail, type View } from './Rail.tsx';
import { ReaderHead } from './ReaderHead.tsx';
import { Topics } from './Topics.tsx';
import { inspectorOpen, selected, toggleDiff, unread } from './context.ts';
import { covered } from './entities.ts';
import { Feed, feedQuery, type Filters } from './feed.ts';

function filtersOf(query: Record<string, string>): Filters {
  return { q: query.q ?? '', media: query.media === '1', origin: query.origin ?? '', deleted: query.deleted ?? '', sender: query.sender ?? '', topic: query.topic ?? '' };
}
function queryOf(filters: Filters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value === true ? '1' : String(value));
  const text = query.toString();
  return text ? `?${text}` : '';
}

export default function Messages() {
  const channels = useChannels();
  const { params } = useRoute();
  const peer = params.peer ?? null;
  useEffect(() => {
    currentPeer.value = peer;
    if (peer && unread.peek().has(peer)) { const next = new Map(unread.peek()); next.delete(peer); unread.value = next; }
    return () => { currentPeer.value = null; };
  }, [peer]);

  useLive<MessageEvent>('channel:*', 'message', ({ kind, message }) => {
    patch<Channel[]>(channelsPath, (list) => list.map((channel) => (channel.channelId !== message.channelId || message.date < (channel.lastMessageAt ?? '')
      ? channel : { ...channel, lastMessageAt: message.date, lastMessage: { id: message.id, messageId: message.messageId, text: covered(message.text, message.entities).slice(0, 120), media: message.media?.type } })));
    if (kind === 'new' && message.channelId !== currentPeer.peek()) {
      unread.value = new Map(unread.peek()).set(message.channelId, (unread.peek().get(message.channelId) ?? 0) + 1);
    }
  });

  return (
    <div class={join('page reader', peer && 'has-channel')}>
      <Bars />
      <main id="main" class="reader-main">
        <section class="reader-channels" aria-label={t('r.channels')}>
          <div class="reader-channels-head"><Heading title={t('r.title')}>{t('r.title')}</Heading><span class="spacer" /><LiveState /></div>
          <Loaded from={channels} what={t('r.channels')} rows={10} retry={() => { void reload(channelsPath); }}>
            {(list) => <ChannelList channels={byActivity(list)} peer={peer} />}
          </Loaded>
        </section>
        {peer && channels.data && !channels.data.some(({ channelId }) => channelId === peer)
          ? <Empty icon="unknown" title={t('r.unknownChannel')}>{t('r.unknownChannelText', { peer })}</Empty>
          : peer ? <Open key={peer} peer={peer} channels={channels.data ?? []} /> : <Empty icon="messages" title={t('r.choose')}>{t('r.chooseText')}</Empty>}
      </main>
      <Lightbox />
    </div>
  );
}

function Open({ peer, channels }: { peer: string; channels: Channel[] }) {
  const { params } = useRoute();
  const { query, route } = useLocation();
  const channel = channels.find(({ channelId }) => channelId === peer);
  const filters = filtersOf(query);
  const filterKey = queryOf(filters);
  const filtered = filterKey !== '';
  const wantedId = params.message ? Number(params.message) : null;
  const scope = Number(query.scope ?? 0) || 0;
  const wanted = wantedId !== null && Number.isInteger(wantedId) ? apiId(peer, wantedId, scope) : null;

  const kind = galleryKinds.find((one) => one === query.gallery) ?? null;
  const galleryHref = (next: GalleryKind): string => `${href(channelPath(peer))}?gallery=${next}`;

  const feed = useMemo(() => new Feed(peer, filters), [peer, filterKey]);
  const handle = useRef<ListHandle | null>(null);
  const ownSelection = useRef<string | null>(null);
  const view = useSignal<View | null>(null);
  const tool = useSignal<'' | 'filter' | 'date'>(filtered ? 'filter' : '');

  // With the render, not after it: a late one would undo the step of a key that was pressed meanwhile.
  useLayoutEffect(() => { selected.value = wanted; }, [feed, wanted]);
  useEffect(() => {
    const known = wanted !== null && feed.state.peek().items.some(({ id }) => id === wanted);
    if (known) { if (ownSelection.current !== wanted) handle.current?.center(wanted); return; }
    if (wanted !== null && wantedId !== null) { if (feed.state.peek().items.length > 0) replaceFeed(wantedId, scope); else void feed.loadAround(wantedId, scope); }
    else if (feed.state.peek().items.length === 0) void feed.loadNewest();
  }, [feed, wanted]);
  useEffect(() => () => feed.stop(), [feed]);
  useEffect(() => { void feed.catchUp(); }, [recovered.value, opened.value, feed]);
  feed.reader = {
    atEnd: () => handle.current?.atEnd() ?? false, toEnd: () => handle.current?.toEnd(),
    place: () => { const seen = view.peek(); return seen && Math.round((seen.id + seen.last) / 2); },
    toPlace: (id) => { requestAnimationFrame(() => handle.current?.center(nearest(feed, id))); },
    posted: (n) => { if (channel) announce(t('r.announce', { n, title: channel.title })); },
  };

  function replaceFeed(id: number, its: number): void {
    void feed.loadAround(id, its).then((shown) => { if (shown) requestAnimationFrame(() => handle.current?.center(apiId(peer, id, its))); });
  }

  useLive<MessageEvent>('channel:*', 'message', (event) => { if (event.channelId === peer) feed.apply(event); });

  const state = feed.state.value;
  const current = state.items.find(({ id }) => id === selected.value);
  const go = (path: string, replace = true): void => route(href(path) + (path.includes('?') && filterKey ? `&${filterKey.slice(1)}` : filterKey), replace);
  const select = (id: string): void => {
    const message = feed.state.peek().items.find((item) => item.id === id);
    if (!message) return;
    ownSelection.current = id;
    selected.value = id;
    go(messagePath(peer, message.messageId, message.scope));
  };
  const change = (part: Partial<Filters>): void => route(href(channelPath(peer)) + queryOf({ ...filters, ...part }));
  const toEnd = (): void => {
    ownSelection.current = null;
    selected.value = null;
    if (feed.state.peek().newer !== null) void feed.loadNewest().then((shown) => { if (shown) handle.current?.toEnd(); });
    else handle.current?.toEnd();
    feed.seen();
    go(channelPath(peer));
  };
  const step = (by: number): void => {
    const order = byActivity(channels);
    const next = order[order.findIndex(({ channelId }) => channelId === peer) + by];
    if (next) route(href(channelPath(next.channelId)));
  };
  useKeys({
    j: () => handle.current?.step(1), k: () => handle.current?.step(-1), '[': () => step(-1), ']': () => step(1),
    e: () => { if (current && current.versions > 1) toggleDiff(current.id); },
    i: () => { inspectorOpen.value = !inspectorOpen.peek(); },
    y: () => { if (current) void navigator.clipboard?.writeText(linkOf(current)); },
    d: () => { tool.value = 'date'; requestAnimationFrame(() => document.getElementById('date-field')?.focus()); },
    f: () => document.getElementById('channel-filter')?.focus(),
    End: toEnd,
    Escape: () => { if (kind) route(href(channelPath(peer))); else if (inspectorOpen.peek() && window.innerWidth < 1280) inspectorOpen.value = false; else if (tool.peek()) tool.value = ''; },
  });

  const slow = useAfter(state.loading === 'first', 150);
  return (
    <>
      <section class="reader-center" aria-label={channel?.title ?? peer}>
        <ReaderHead channel={channel} peer={peer} tool={tool.value} gallery={kind !== null} onGallery={() => { if (kind) route(href(channelPath(peer))); else route(galleryHref('photos')); }} onTool={(name) => { tool.value = tool.peek() === name ? '' : name; }} apiCall={apiUrl(`messages?${feedQuery(peer, filters).toString()}`)} />
        {tool.value === 'filter' && <FilterBar key={filterKey} filters={filters} onChange={change} />}
        {tool.value === 'date' && channel && <DateForm channel={channel} date={view.peek()?.date ?? ''} onGo={(message) => { tool.value = ''; ownSelection.current = null; go(messagePath(peer, message.messageId, message.scope), false); }} />}
        {channel?.topics && channel.topics.length > 0 && <Topics topics={channel.topics} chosen={filters.topic} onChoose={(topic) => change({ topic })} />}
        {state.absent && <Absent id={state.absent.id} known={state.absent.why} channel={channel} onEnd={() => { const { absent } = feed.state.peek(); if (absent) replaceFeed(absent.id, absent.scope); }} />}
        {kind && channel ? <Gallery key={kind} channel={channel} kind={kind} onKind={(next) => route(galleryHref(next), true)} /> : (
        <div class="reader-body" id="reader-panel" role={channel?.topics?.length ? 'tabpanel' : undefined} aria-labelledby={channel?.topics?.length ? `topic-${filters.topic}` : undefined}>
          {state.items.length > 0
            ? <MessageList feed={feed} channel={channel} filtered={filtered} wanted={wanted} onSelect={select} handle={handle} onView={(id, date, last) => { const old = view.peek(); if (old?.id !== id || old.last !== last) view.value = { id, date, last }; }} />
            : <div class="list">{state.error ? <Failed what={t('r.title')} error={state.error} onRetry={() => feed.retry()} />
              : state.loading === 'first' ? slow && <Skeleton rows={6} />
                : <Empty title={filtered ? t('r.noMatch') : t('r.noMessages')}>{filtered || channel?.state.code === 'imported' ? undefined : t('r.listening')}</Empty>}</div>}
          {channel && !filtered && <Rail channel={channel} view={view} onJump={(id) => { ownSelection.current = null; selected.value = null; void feed.jump(id); }} />}
          <NewPill feed={feed} onClick={toEnd} />
        </div>
        )}
      </section>
      {inspectorOpen.value && <Inspector message={current} />}
    </>
  );
}

function nearest(feed: Feed, id: number): string {
  const { items } = feed.state.peek();
  return items.reduce((best, item) => (Math.abs(item.messageId - id) < Math.abs(best.messageId - id) ? item : best), items[0] ?? { id: '', messageId: 0 }).id;
}

function NewPill({ feed, onClick }: { feed: Feed; onClick: () => void }) {
  const { fresh, newer } = feed.state.value;
  if (fresh === 0 && newer === null) return null;
  return <button type="button" class={join('new-pill', fresh === 0 && 'quiet-pill')} aria-keyshortcuts="End" onClick={onClick}><Icon name="down" size={16} />{fresh > 0 ? t('r.newPill', { n: fresh }) : t('r.toEnd')}</button>;
}
