// Where the newest content of a message has got to, and how long it took: why did my bot not see it?
import { reload, useApi } from '../api/resource.ts';
import type { Delivery as Data } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { clockSeconds, milliseconds, span, utc } from '../app/format.ts';
import { t, type Key } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Loaded } from '../ui/State.tsx';
import { join, vars } from '../ui/css.ts';

type Step = Data['steps'][number];
const tones: Record<Step['state'], string> = { done: '', waiting: 'warn', gapped: 'bad', none: '' };
const named = new Set(['store', 'search', 'database', 'cache', 'stream', 'broker', 'webhook', 'rule', 'consumer', 'journal', 'destination']);
const iconOf = ({ kind, name }: Step): string => (name === 'store' ? 'store' : named.has(kind) ? kind : 'destination');

export function DeliveryPart({ id }: { id: string }) {
  const path = `messages/${encodeURIComponent(id)}/delivery`;
  const delivery = useApi<Data>(path, 5_000);
  return (
    <Loaded from={delivery} what={t('i.delivery')} rows={4} retry={() => { void reload(path); }}>
      {({ steps }) => {
        const longest = Math.max(1, ...steps.map(({ afterMs }) => afterMs ?? 0));
        return <ul class="delivery">{steps.map((step) => <Line key={`${step.kind} ${step.name}`} step={step} longest={longest} />)}</ul>;
      }}
    </Loaded>
  );
}

function Line({ step, longest }: { step: Step; longest: number }) {
  const { state, afterMs } = step;
  // On a scale of its own for each decade: 40 ms and 4 s are both to be seen.
  const scaled = (ms: number): number => (Math.log1p(ms) / Math.log1p(longest)) * 100;
  const end = state === 'done' && afterMs !== undefined ? Math.max(6, scaled(afterMs)) : state === 'none' ? 0 : 100;
  const start = state === 'done' && step.kind !== 'journal' ? Math.max(0, end - 14) : 0;
  const tone = tones[state];
  return (
    <li class={`delivery-${state}`} title={step.at ? utc(step.at) : undefined}>
      <Icon name={iconOf(step)} size={16} class={tone || 'quiet'} />
      <span class="delivery-name"><span class="cut"><b><bdi>{step.name}</bdi></b> <span class="quiet">{doing(step)}</span></span>
        {explained(step).map((line) => <span key={line} class="delivery-why small quiet"><bdi>{line}</bdi></span>)}</span>
      <i class="delivery-line" aria-hidden="true" ref={vars({ '--start': `${start.toFixed(1)}%`, '--size': `${(end - start).toFixed(1)}%` })} />
      <span class={join('tabular', tone)}>{outcome(step)}</span>
    </li>
  );
}

function doing({ kind, state }: Step): string {
  if (kind === 'journal') return t('rd.onDisk');
  if (state === 'done') return kind === 'consumer' ? t('rd.acknowledged') : kind === 'broker' ? t('rd.confirmed') : '';
  return '';
}

function outcome({ state, afterMs, nextTryAt }: Step): string {
  if (state === 'done') return afterMs === undefined ? '✓' : milliseconds(afterMs);
  const seconds = nextTryAt ? (Date.parse(nextTryAt) - now.value) / 1_000 : 0;
  return seconds > 0 ? t('rd.retryIn', { span: span(seconds) }) : t(`i.${state}` as Key);
}

/** What a person can do with it: the reason in words, then what the other side said. */
function explained(step: Step): string[] {
  const out: string[] = [];
  if (step.why === 'before_it_began') out.push(t('rd.whyBefore'));
  if (step.why === 'origin_not_asked_for') out.push(t('rd.whyOrigin'));
  if (step.why === 'not_offered_yet') out.push(t('rd.whyNotOffered'));
  if (step.why === 'offered') out.push(t('rd.whyOffered', { n: step.offered ?? 1, time: step.offeredAt ? clockSeconds(step.offeredAt) : '–' }));
  if (step.why === 'given_up') out.push(t('rd.whyGivenUp', { n: step.offered ?? 0 }));
  if (step.why === 'trimmed') out.push(t('rd.whyTrimmed'));
  if (step.why === 'set_aside') out.push(t('rd.whySetAside'));
  if (step.detail) out.push(step.detail);
  return out;
}
