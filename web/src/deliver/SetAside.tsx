// What could not be delivered, and what a person does about it.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { post } from '../api/client.ts';
import { reload, resource, useApi } from '../api/resource.ts';
import type { Destination, Failure, FailuresChanged } from '../api/types.ts';
import { href } from '../app/links.ts';
import { moveFocus, useKeys } from '../app/keys.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { ActButton } from './ActButton.tsx';
import { AsideGroup } from './AsideGroup.tsx';
import { listPath, reasonOf } from './act.ts';
import { mark, merge, waiting, type Group } from './asides.ts';
import { DropDialog } from './DropDialog.tsx';
import { offBecause } from '../shell/may.ts';

const path = 'telegram-gateway/failures';
const lookAgainMs = 1_500;
export interface Wanted { ids?: string[]; filter?: { destination: string; reason: string }; n: number }

export default function SetAside() {
  const { query, route } = useLocation();
  const failures = useApi<Failure[]>(path, 15_000);
  const destinations = useApi<Destination[]>(listPath).data;
  const groups = useSignal<Group[]>([]);
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const dropping = useSignal<Wanted | null>(null);
  const said = useSignal('');
  const anchor = useRef<string | null>(null);
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (failures.data) groups.value = merge(groups.peek(), failures.data);
  }, [failures.data]);
  const shown = groups.value.filter(({ destination }) => !query.destination || destination === query.destination);
  const rows = shown.flatMap((group) => group.rows);
  const open = rows.filter(waiting);
  const selected = open.filter(({ item }) => chosen.value.has(item.id));
  const trying = rows.some(({ fate }) => fate === 'trying');
  useEffect(() => {
    if (!trying) return;
    const timer = setInterval(() => { void reload(path); }, lookAgainMs);
    return () => clearInterval(timer);
  }, [trying]);

  const retry = async ({ ids, filter, n }: Wanted): Promise<void> => {
    const touched = new Set(ids ?? groups.peek().filter((group) => group.destination === filter?.destination && group.reason === filter.reason).flatMap((group) => group.rows.filter(waiting).map(({ item }) => item.id)));
    const before = groups.peek();
    try {
      groups.value = mark(before, touched, 'trying');
      const { data } = await post<FailuresChanged>(`${path}/retry`, ids ? { ids } : { filter });
      const refused = new Set((data.notTried ?? []).map(({ id }) => id));
      // At most 1,000 at once are tried, the oldest; on screen are the newest.
      const rest = data.matched - data.changed - refused.size;
      groups.value = mark(groups.peek(), rest > 0 ? touched : refused, undefined);
      const why = data.notTried?.[0]?.why;
      said.value = [data.changed > 0 && t('f.retried', { n: data.changed }), why && t('sa.notTried', { n: refused.size, why }), rest > 0 && t('sa.rest', { n: rest })].filter(Boolean).join('. ');
      chosen.value = new Set();
      await reload(path);
    } catch (error) { groups.value = mark(groups.peek(), touched, undefined); said.value = t('sa.failed', { n, why: reasonOf(error) }); }
  };
  const drop = async ({ ids, filter, n }: Wanted): Promise<void> => {
    if (filter) {
      const { data: { matched } } = await post<FailuresChanged>(`${path}/drop`, { filter, dryRun: true });
      if (matched !== n) {
        dropping.value = { filter, n: matched };
        throw new Error(t('sa.changed', { n: matched }));
      }
    }
    const { data } = await post<FailuresChanged>(`${path}/drop`, ids ? { ids } : { filter, expect: n });
    const touched = new Set(ids ?? groups.peek().filter((group) => group.destination === filter?.destination && group.reason === filter.reason).flatMap((group) => group.rows.filter(waiting).map(({ item }) => item.id)));
    groups.value = mark(groups.peek(), touched, 'dropped');
    said.value = t('sa.dropped', { n: data.changed });
    chosen.value = new Set();
    dropping.value = null;
    await reload(path);
  };
  const of = (list: typeof open): Wanted => ({ ids: list.map(({ item }) => item.id), n: list.length });
  const focusedId = (): string | undefined => (document.activeElement?.closest('[data-item]') as HTMLElement | null)?.dataset.item;
  const forKeys = (): Wanted | null => {
    const focused = open.filter(({ item }) => item.id === focusedId());
    const list = selected.length > 0 ? selected : focused;
    return list.length > 0 && !offBecause() ? of(list) : null;
  };
  const toggle = (id: string, range: boolean): void => {
    const next = new Set(chosen.peek());
    const order = open.map(({ item }) => item.id);
    const [from, to] = [order.indexOf(anchor.current ?? id), order.indexOf(id)];
    if (range && from >= 0 && to >= 0) for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(one);
    else if (next.has(id)) next.delete(id); else next.add(id);
    anchor.current = id;
    chosen.value = next;
  };
  const move = (step: number): void => { moveFocus([...(root.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])].filter((one) => one.querySelector('input')), step, 'input'); };
  const boxKeys = (event: KeyboardEvent): void => {
    const handler = keys[event.key.toLowerCase()];
    if (!handler || event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).tagName !== 'INPUT') return;
    event.preventDefault();
    handler(event);
  };
  const keys: Record<string, (event: KeyboardEvent) => void> = {
    j: () => move(1), k: () => move(-1),
    x: (event) => { const id = focusedId(); if (id && open.some(({ item }) => item.id === id)) toggle(id, event.shiftKey); },
    r: () => { const wanted = forKeys(); if (wanted) void retry(wanted); },
    d: () => { dropping.value = forKeys(); },
  };
  useKeys(keys);

  const names = [...new Set(groups.value.map(({ destination }) => destination))];
  const n = shown.reduce((sum, { count }) => sum + count, 0);
  return (
    <Page title={t('nav.setAside')} class="plain">
      <Loaded from={failures} what={t('nav.setAside')} rows={4} retry={() => { void reload(path); }}>
        {() => (rows.length === 0 && (resource<Failure[]>(path).value.data ?? []).length === 0 ? <Nothing destinations={destinations} /> : (
          <div ref={root} class="asides" onKeyDown={boxKeys}>
            <div class="line-between">
              <p><b>{t('sa.waits', { n })}</b> <span class="quiet">{t('sa.nothingBehind')}</span></p>
              {(names.length > 1 || query.destination) && (
                <label class="select"><span class="sr">{t('sa.of')}</span><Icon name="filter" size={14} /><select value={query.destination ?? ''} onChange={(event) => route(href(event.currentTarget.value ? `set-aside?destination=${encodeURIComponent(event.currentTarget.value)}` : 'set-aside'))}>
                  <option value="">{t('sa.all')}</option>{[...new Set([...names, ...(query.destination ? [query.destination] : [])])].map((name) => <option key={name} value={name}>{name}</option>)}</select></label>
              )}
            </div>
            {shown.length === 0 && <Empty icon="setAside" title={t('sa.noneOf', { name: query.destination ?? '' })} />}
            {shown.map((group) => <AsideGroup key={group.key} group={group} chosen={chosen.value} onToggle={toggle} onChoose={(ids) => { chosen.value = ids; }} onRetry={retry} onDrop={(wanted) => { dropping.value = wanted; }} />)}
            <p class="quiet about-page" role="status">{said.value}</p>
            {selected.length > 0 && (
              <div class="select-bar" role="group" aria-label={t('sa.selected', { n: selected.length })}>
                <b class="tabular">{t('sa.selected', { n: selected.length })}</b><span class="spacer" />
                <ActButton label={t('sa.retry', { n: selected.length })} icon="sync" keys="R" run={() => retry(of(selected))} />
                <ActButton label={t('sa.drop', { n: selected.length })} icon="bin" class="danger" keys="D" run={() => { dropping.value = of(selected); }} />
                <button type="button" class="icon-button" aria-label={t('sa.clear')} onClick={() => { chosen.value = new Set(); }}><Icon name="close" /></button>
              </div>
            )}
          </div>
        ))}
      </Loaded>
      {dropping.value && <DropDialog wanted={dropping.value} onClose={() => { dropping.value = null; }} onDrop={drop} />}
    </Page>
  );
}

function Nothing({ destinations }: { destinations?: Destination[] }) {
  const delivered = (destinations ?? []).reduce((sum, one) => sum + (one.delivered ?? 0), 0);
  return <Empty icon="setAside" title={delivered > 0 ? t('sa.noneDelivered', { n: delivered }) : t('f.none')}>{t('f.noneText')}</Empty>;
}
