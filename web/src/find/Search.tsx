// Where was it said? The server finds; the address holds all that is asked.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { recovered, request } from '../api/client.ts';
import type { Pagination } from '../api/types.ts';
import { behind } from '../app/format.ts';
import { useKeys } from '../app/keys.ts';
import { href } from '../app/links.ts';
import { zone } from '../app/settings.ts';
import { useChannels, useOverview } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Failed, Skeleton } from '../ui/State.tsx';
import { Hits, focusHit, type Found } from './Hits.tsx';
import { QueryField } from './QueryField.tsx';
import { Tools } from './Tools.tsx';
import { fewestLetters, fromAddress, isEnough, toAddress, toApi, type Search as Asked } from './filters.ts';

interface Answer { items: Found[]; pagination?: Pagination }

export default function Search() {
  const { query, route } = useLocation();
  const channels = useChannels();
  const asked = fromAddress(query);
  const address = toAddress(asked);
  const enough = isEnough(asked);
  const answer = useSignal<Answer | null>(null);
  const problem = useSignal<Error | null>(null);
  const running = useRef<AbortController | null>(null);
  const epoch = recovered.value;

  const load = async (cursor?: string): Promise<void> => {
    running.current?.abort();
    const mine = running.current = new AbortController();
    problem.value = null;
    const wanted = toApi(asked, zone());
    wanted.set('limit', '50');
    if (cursor) wanted.set('cursor', cursor);
    try {
      const { data, pagination } = await request<Found[]>(`messages?${wanted.toString()}`, { signal: mine.signal });
      if (mine.signal.aborted) return;
      const items = cursor ? [...answer.peek()?.items ?? [], ...data] : data;
      const total = cursor ? answer.peek()?.pagination : pagination;
      answer.value = { items, pagination: pagination && total ? { ...pagination, total: total.total, totalExact: total.totalExact } : pagination };
    } catch (error) { if (!mine.signal.aborted) problem.value = error as Error; }
  };
  useEffect(() => {
    answer.value = null;
    if (enough) void load(); else running.current?.abort();
    return () => running.current?.abort();
  }, [address, epoch]);

  const go = (next: Asked): void => {
    const text = toAddress(next);
    if (text !== address) route(href('search') + (text ? `?${text}` : ''), true);
  };
  useKeys({ j: () => focusHit(1), k: () => focusHit(-1) });

  return (
    <Page title={t('nav.search')} class="plain">
      <QueryField asked={asked} channels={channels.data ?? []} onChange={go} onLeave={() => focusHit(1)} />
      {!enough && <Hint asked={asked} />}
      {problem.value && <Failed what={t('nav.search')} error={problem.value} onRetry={() => { void load(); }} />}
      {enough && !answer.value && !problem.value && <div aria-busy="true"><Skeleton rows={6} /></div>}
      {enough && answer.value && (
        <>
          <div class="line-between search-line">
            <p role="status"><b class="tabular">{total(answer.value)}</b> <Behind /></p>
            <span class="spacer" />
            <Tools asked={asked} onSort={(sort) => go({ ...asked, sort })} />
          </div>
          {answer.value.items.length === 0
            ? <Empty icon="search" title={t('s.none')}>{t(answer.value.pagination?.hasMore ? 's.noneYet' : 's.noneText')}</Empty>
            : <Hits items={answer.value.items} channels={channels.data ?? []} />}
          {answer.value.pagination?.hasMore && answer.value.pagination.nextCursor && (
            <button type="button" class="button more-hits" onClick={() => { void load(answer.peek()?.pagination?.nextCursor ?? undefined); }}>{t('app.loadMore')}</button>
          )}
        </>
      )}
    </Page>
  );
}

function total({ items, pagination }: Answer): string {
  return pagination?.totalExact === false ? t('s.capped', { n: pagination.total }) : t('s.total', { n: pagination?.total ?? items.length });
}

function Hint({ asked }: { asked: Asked }) {
  const letters = [...asked.text.trim()].length;
  return (
    <div class="search-hint">
      <Icon name="search" size={28} />
      <p class="strong">{letters > 0 ? t('s.short', { n: fewestLetters - letters }) : t('s.hint')}</p>
      <dl class="quiet">
        {([['channel:', 's.helpChannel'], ['from:', 's.helpFrom'], ['has:', 's.helpHas'], ['is:', 's.helpIs'], ['origin:', 's.helpOrigin'], ['after:', 's.helpDates']] as const)
          .map(([name, text]) => <div key={name}><dt class="mono">{name === 'after:' ? 'after: before:' : name}</dt><dd>{t(text)}</dd></div>)}
      </dl>
    </div>
  );
}

/** What was posted last is found a moment later; how long that moment is now. */
function Behind() {
  const { data } = useOverview();
  const index = data?.destinations.find(({ name }) => name === 'search');
  if (!index || index.behindEvents === 0) return null;
  return <span class="quiet">· {t('s.behind', { span: behind(Math.max(0.1, index.behindSeconds)), n: index.behindEvents })}</span>;
}
