import { patch, reload, useApi } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { Destination } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { num, span } from '../app/format.ts';
import { t, word, type Key } from '../i18n/index.ts';
import { behindText, destinationMark, stateOf } from '../overview/Side.tsx';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Loaded } from '../ui/State.tsx';

const path = 'telegram-gateway/destinations';
export default function Destinations() {
  const destinations = useApi<Destination[]>(path);
  useLive<Destination[] | { destinations: Destination[] }>('destinations', 'destinations', (news) => {
    const list = Array.isArray(news) ? news : news.destinations;
    if (list) patch<Destination[]>(path, () => list);
  });
  return (
    <Page title={t('nav.destinations')} class="plain">
      <Loaded from={destinations} what={t('nav.destinations')} rows={5} retry={() => { void reload(path); }}>
        {(list) => (
          <><div class="card">
            {list.length === 0 ? <p class="quiet pad">{t('dest.none')}</p> : (
              <div class="table-scroll" tabIndex={0} role="region" aria-label={t('nav.destinations')}>
                <table class="table tall-rows stack">
                  <thead><tr><th>{t('dest.name')}</th><th class="num">{t('dest.behind')}</th><th class="num">{t('dest.rate')}</th><th>{t('dest.lastError')}</th><th>{t('dest.state')}</th></tr></thead>
                  <tbody>{list.map((destination) => <Row key={destination.name} destination={destination} />)}</tbody>
                </table>
              </div>
            )}
          </div>
          <p class="quiet about-page">{t('dest.about')}</p></>
        )}
      </Loaded>
    </Page>
  );
}

function Row({ destination }: { destination: Destination }) {
  const state = stateOf(destination);
  const [icon, tone] = destinationMark(state);
  const next = destination.nextTryAt ? Math.max(0, (Date.parse(destination.nextTryAt) - now.value) / 1000) : null;
  return (
    <tr>
      <td><span class="named"><Icon name={destination.kind} size={16} class="quiet" /><b><bdi>{destination.name}</bdi></b> <span class="quiet">{word('kind', destination.kind)}</span></span></td>
      <td data-label={t('dest.behind')} class={`num tabular ${state === 'ok' ? '' : tone}`}>{behindText(destination)}</td>
      <td data-label={t('dest.rate')} class="num tabular">{num(destination.ratePerMinute, 1)} {t('fig.perMinute')}</td>
      <td data-label={t('dest.lastError')} class="quiet"><span>{destination.lastError ? <bdi>{destination.lastError}</bdi> : '–'}{next !== null && ` · ${t('dest.nextTry', { span: span(next) })}`}</span></td>
      <td data-label={t('dest.state')}><span class={`named ${tone}`}><Icon name={icon} size={15} />{t(`destState.${state}` as Key)}</span></td>
    </tr>
  );
}
