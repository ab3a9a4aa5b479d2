// One destination: how it stands, how it stood over the day, and what may be asked of it.
import { useSignal } from '@preact/signals';
import { useRoute } from 'preact-iso';
import { ApiError } from '../api/client.ts';
import { patch, reload, useApi } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { Destination as Data, DestinationAct } from '../api/types.ts';
import { behind, full, num, span } from '../app/format.ts';
import { useKeys } from '../app/keys.ts';
import { href } from '../app/links.ts';
import { t, word, type Key } from '../i18n/index.ts';
import { destinationMark, stateOf } from '../overview/Side.tsx';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { ActButton } from './ActButton.tsx';
import { ago, consumersPath, type Consumer } from './Consumers.tsx';
import { act, may, onePath, reasonOf } from './act.ts';
import { missedText, secondsTo } from './DestinationRow.tsx';
import { LagChart } from './LagChart.tsx';
import { offBecause } from '../shell/may.ts';
import { ResendDialog } from './ResendDialog.tsx';

export default function Destination() {
  const name = decodeURIComponent(useRoute().params.name ?? '');
  const path = onePath(name);
  const found = useApi<Data>(path, 15_000);
  useLive<Data[] | { destinations: Data[] }>('destinations', 'destinations', (news) => {
    const one = (Array.isArray(news) ? news : news.destinations ?? []).find((each) => each.name === name);
    if (one) patch<Data>(path, () => one);
  });
  const absent = found.error instanceof ApiError && found.error.status === 404;
  return (
    <Page title={name} class="plain" actions={<a class="button not-phone" href={href('destinations')}><Icon name="back" size={15} />{t('nav.destinations')}</a>}>
      {absent && !found.data ? <Empty icon="destinations" title={t('dd.unknown', { name })}><a href={href('destinations')}>{t('dd.toList')}</a></Empty> : (
        <Loaded from={found} what={name} rows={4} retry={() => { void reload(path); }}>{(destination) => <Shown destination={destination} />}</Loaded>
      )}
    </Page>
  );
}

function Shown({ destination }: { destination: Data }) {
  const { name, kind, missed } = destination;
  const said = useSignal('');
  const resending = useSignal(false);
  const ask = async (what: DestinationAct, done: string): Promise<void> => {
    said.value = '';
    try { await act(name, what); said.value = done; } catch (error) { said.value = reasonOf(error); }
  };
  const tryNow = (): Promise<void> => ask('try-now', t('dd.tried', { name }));
  useKeys({ t: () => { if (!offBecause() && may(destination, 'try-now')) void tryNow(); } });
  const state = stateOf(destination);
  const [icon, tone] = destinationMark(state);
  const next = secondsTo(destination.nextTryAt);
  const sentence = state === 'ok' ? t('dd.isOk') : state === 'off' ? t('dd.offWhy') : state === 'parked' ? t('dd.isParked')
    : t('dd.waits', { n: destination.behindEvents, span: behind(destination.behindSeconds) });
  return (
    <>
      <section class="card dest-head" aria-label={name}>
        <div class="dest-state">
          <p class={`chip chip-${state === 'ok' ? 'ok' : state === 'gapped' ? 'bad' : state === 'late' || state === 'away' ? 'warn' : 'unknown'}`}><Icon name={icon} size={15} class={tone} />{t(`destState.${state}` as Key)}</p>
          <span class="named quiet"><Icon name={kind} size={16} />{word('kind', kind)}</span>
          <span>{sentence}</span>
        </div>
        <div class="dest-acts">
          {may(destination, 'try-now') && <ActButton label={t('dd.tryNow')} icon="sync" keys="T" run={tryNow} />}
          {may(destination, 'resend') && <ActButton label={t('dd.resend')} icon="busy" run={() => { resending.value = true; }} />}
          {may(destination, 'park') && <ActButton label={t('dd.park')} icon="silent" run={() => ask('park', t('dd.parkedNow', { name }))} />}
          {may(destination, 'resume') && <ActButton label={t('dd.resume')} icon="go" class="primary" run={() => ask('resume', t('dd.resumed', { name }))} />}
        </div>
        <p class="dest-said" role="status">{said.value}</p>
      </section>
      {missed && (
        <section class="card dest-missed" aria-labelledby="missed-title">
          <Icon name="bad" class="bad" />
          <div><h2 id="missed-title">{missedText(destination)}</h2><p>{t('dd.missedText', { time: full(missed.noticedAt) })}</p></div>
          {may(destination, 'accept-missed') && <ActButton label={t('dd.accept')} run={() => ask('accept-missed', t('dd.accepted'))} />}
        </section>
      )}
      <section class="card figures dest-figures" aria-label={t('dd.figures')}>
        <Figure label={t('dest.behind')} value={num(destination.behindEvents)} unit={t('dd.eventsUnit')} beside={destination.behindEvents > 0 ? behind(destination.behindSeconds) : ''} late={state === 'late' || state === 'away'} />
        <Figure label={t('dest.rate')} value={num(destination.ratePerMinute, 1)} unit={t('fig.perMinute')} />
        {destination.delivered !== undefined && <Figure label={t('dd.delivered')} value={num(destination.delivered)} beside={t('dd.sinceStart')} />}
        {kind !== 'consumer' && <Figure label={t('dd.nextTry')} value={next === null ? '–' : next > 0 ? span(next) : t('dd.nowShort')} beside={next === null && state === 'ok' ? t('dd.notNeeded') : ''} />}
        {kind === 'consumer' && <ConsumerFigures name={name} />}
      </section>
      {destination.lastError && <section class="card dest-error" aria-label={t('dest.lastError')}><h2>{t('dest.lastError')}</h2><p class="mono"><bdi>{destination.lastError}</bdi></p><p class="quiet">{t('dd.errorNext')}</p></section>}
      <LagChart name={name} />
      <p class="quiet about-page">{t(kind === 'consumer' ? 'dd.aboutConsumer' : may(destination, 'resend') ? 'dd.aboutRepeat' : 'dd.aboutWhole')} <a href={href(`set-aside?destination=${encodeURIComponent(name)}`)}>{t('dd.setAside')}</a></p>
      {resending.value && <ResendDialog name={name} onClose={() => { resending.value = false; }} onDone={(n) => { resending.value = false; said.value = t('dd.resent', { n }); void reload(onePath(name)); }} />}
    </>
  );
}

function Figure({ label, value, unit, beside, late }: { label: string; value: string; unit?: string; beside?: string; late?: boolean }) {
  return (
    <div class={`figure ${late ? 'late' : ''}`}><span class="figure-label">{label}</span>
      <span class="figure-line"><b class="tabular">{value}</b>{unit && <span>{unit}</span>}{beside && <span class="quiet figure-beside">{beside}</span>}</span></div>
  );
}

function ConsumerFigures({ name }: { name: string }) {
  const { data } = useApi<Consumer[]>(consumersPath, 5_000);
  const consumer = data?.find((one) => one.name === name);
  if (!consumer) return null;
  return (
    <>
      <Figure label={t('dd.floor')} value={consumer.ackedAt ? num(consumer.ackSeq) : '–'} beside={consumer.ackedAt ? ago(consumer.ackedAt) : t('dd.neverAcked')} />
      <Figure label={t('dd.lastPoll')} value={consumer.lastSeenAt ? ago(consumer.lastSeenAt) : '–'} />
    </>
  );
}
