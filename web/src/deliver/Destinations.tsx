// Who is behind, by how much, and why.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { patch, reload, useApi } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { Destination } from '../api/types.ts';
import { moveFocus, useKeys } from '../app/keys.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { act, listPath, may, reasonOf } from './act.ts';
import { Consumers } from './Consumers.tsx';
import { DestinationRow } from './DestinationRow.tsx';
import { offBecause } from '../shell/may.ts';

export function useDestinations() {
  const destinations = useApi<Destination[]>(listPath);
  useLive<Destination[] | { destinations: Destination[] }>('destinations', 'destinations', (news) => {
    const list = Array.isArray(news) ? news : news.destinations;
    if (list) patch<Destination[]>(listPath, () => list);
  });
  return destinations;
}

export default function Destinations() {
  const destinations = useDestinations();
  const body = useRef<HTMLTableSectionElement>(null);
  const said = useSignal('');
  const tryNow = async (destination: Destination | undefined): Promise<void> => {
    if (!destination || offBecause() || !may(destination, 'try-now')) return;
    try { await act(destination.name, 'try-now'); said.value = t('dd.tried', { name: destination.name }); } catch (error) { said.value = reasonOf(error); }
  };
  const list = (destinations.data ?? []).filter(({ kind }) => kind !== 'consumer');
  const focusedRow = (): number => [...(body.current?.rows ?? [])].findIndex((row) => row.contains(document.activeElement));
  const move = (step: number): void => { moveFocus(body.current?.rows ?? [], step, 'a'); };
  useKeys({
    j: () => move(1), k: () => move(-1),
    t: () => { void tryNow(list[focusedRow()] ?? list.find(({ nextTryAt }) => nextTryAt)); },
  });
  return (
    <Page title={t('nav.destinations')} class="plain">
      <Loaded from={destinations} what={t('nav.destinations')} rows={5} retry={() => { void reload(listPath); }}>
        {(all) => (
          <>
            <p class="sr" role="status">{said.value}</p>
            {list.length === 0 ? <Empty icon="destinations" title={t('dest.none')}>{t('dd.noneText')}</Empty> : (
              <div class="card">
                <div class="table-scroll" tabIndex={0} role="region" aria-label={t('nav.destinations')}>
                  <table class="table tall-rows stack dest-table">
                    <thead><tr><th>{t('dest.name')}</th><th class="num">{t('dest.behind')}</th><th class="num">{t('dest.rate')}</th><th>{t('dest.state')}</th><th>{t('dd.why')}</th><th><span class="sr">{t('dd.acts')}</span></th></tr></thead>
                    <tbody ref={body}>{list.map((destination) => <DestinationRow key={destination.name} destination={destination} onTry={() => tryNow(destination)} />)}</tbody>
                  </table>
                </div>
              </div>
            )}
            <Consumers destinations={all.filter(({ kind }) => kind === 'consumer')} />
            <p class="quiet about-page">{t('dest.about')}</p>
          </>
        )}
      </Loaded>
    </Page>
  );
}
