import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { ApiError, request } from '../api/client.ts';
import type { Channel, Message, Pagination } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { clock, recent } from '../app/format.ts';
import { href, messagePath } from '../app/links.ts';
import { useChannels } from '../app/useOverview.ts';
import { t, word } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Failed, Skeleton } from '../ui/State.tsx';

interface Found { items: Message[]; pagination?: Pagination }

export default function Search() {
  const { query, route } = useLocation();
  const channels = useChannels();
  const text = useSignal(query.q ?? '');
  const found = useSignal<Found | null>(null);
  const problem = useSignal<Error | null>(null);
  const q = (query.q ?? '').trim();
  const enough = q.length >= 3 || Boolean(query.channel && (query.from ?? query.to));

  const load = async (cursor?: string): Promise<void> => {
    problem.value = null;
    const asked = new URLSearchParams({ sort: 'newest', limit: '50', includeDeleted: 'true' });
    if (q) asked.set('search', q);
    if (query.channel) asked.set('channelId', query.channel);
    if (query.from) asked.set('from', `${query.from}T00:00:00Z`);
    if (query.to) asked.set('to', `${query.to}T23:59:59Z`);
    if (cursor) asked.set('cursor', cursor);
    try {
      const { data, pagination } = await request<Message[]>(`messages?${asked.toString()}`);
      found.value = { items: [...(cursor ? found.peek()?.items ?? [] : []), ...data], pagination };
    } catch (error) { problem.value = error instanceof ApiError ? error : error as Error; }
  };
  useEffect(() => { found.value = null; text.value = query.q ?? ''; if (enough) void load(); }, [query.q, query.channel, query.from, query.to]);

  const go = (change: Record<string, string>): void => {
    const next = new URLSearchParams(Object.entries({ q: text.peek().trim(), channel: query.channel ?? '', from: query.from ?? '', to: query.to ?? '', ...change }).filter(([, value]) => value));
    route(`${href('search')}?${next.toString()}`);
  };
  const total = found.value?.pagination;
  return (
    <Page title={t('nav.search')} class="plain">
      <form class="search-form" role="search" onSubmit={(event) => { event.preventDefault(); go({}); }}>
        <label class="filter"><Icon name="search" size={16} /><span class="sr">{t('s.label')}</span>
          <input type="search" autofocus placeholder={t('s.placeholder')} value={text.value} onInput={(event) => { text.value = event.currentTarget.value; }} /></label>
        <label class="select"><span class="sr">{t('s.channel')}</span><Icon name="chevron" size={14} /><select value={query.channel ?? ''} onChange={(event) => go({ channel: event.currentTarget.value })}>
          <option value="">{t('s.any')}</option>{(channels.data ?? []).map((channel) => <option key={channel.channelId} value={channel.channelId}>{channel.title}</option>)}</select></label>
        <label class="field-inline">{t('s.from')} <input type="date" value={query.from ?? ''} onChange={(event) => go({ from: event.currentTarget.value })} /></label>
        <label class="field-inline">{t('s.to')} <input type="date" value={query.to ?? ''} onChange={(event) => go({ to: event.currentTarget.value })} /></label>
        <button type="submit" class="button primary">{t('s.go')}</button>
      </form>
      {!enough && <Empty icon="search" title={t('s.hint')} />}
      {problem.value && <Failed what={t('nav.search')} error={problem.value} onRetry={() => { void load(); }} />}
      {enough && !found.value && !problem.value && <Skeleton rows={6} />}
      {found.value && (
        <>
          <p class="quiet" role="status">{total?.totalExact === false ? t('s.capped', { n: total.total }) : t('s.total', { n: total?.total ?? found.value.items.length })} · {t('s.newest')}</p>
          {found.value.items.length === 0 ? <Empty icon="search" title={t('s.none')} /> : (
            <ul class="card hits">{found.value.items.map((message) => <Hit key={message.id} message={message} q={q} avatar={channels.data?.find(({ channelId }) => channelId === message.channelId)?.avatar} />)}</ul>
          )}
          {total?.hasMore && total.nextCursor && <button type="button" class="button" onClick={() => { void load(total.nextCursor ?? undefined); }}>{t('app.loadMore')}</button>}
        </>
      )}
    </Page>
  );
}

function Hit({ message, q, avatar }: { message: Message; q: string; avatar?: Channel['avatar'] }) {
  const when = recent(message.date, now.value);
  return (
    <li><a href={href(messagePath(message.channelId, message.messageId, message.scope))}>
      {avatar && <Avatar {...avatar} size="l" />}
      <span class="hit-head"><b><bdi>{message.channelTitle}</bdi></b><span class="quiet small">{/:/.test(when) ? when : `${when} ${clock(message.date)}`}{message.deletedAt && <span class="bad"> <Icon name="bin" size={13} /> {t('r.deletedFilter')}</span>}</span></span>
      <span class="hit-text" dir="auto">{message.text ? <Marked text={message.text} q={q} /> : word('media', message.media?.type ?? 'other')}</span>
    </a></li>
  );
}

/** The words that were asked for, marked where they stand; the text around the first of them. */
function Marked({ text, q }: { text: string; q: string }) {
  const words = q.split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (words.length === 0) return <>{text.slice(0, 240)}</>;
  const pattern = new RegExp(`(${words.join('|')})`, 'giu');
  const at = Math.max(0, text.search(pattern) - 80);
  return <>{at > 0 ? '…' : ''}{text.slice(at, at + 280).split(pattern).map((part, i) => (i % 2 === 1 ? <mark key={i}>{part}</mark> : part))}</>;
}
