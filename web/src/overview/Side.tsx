// What needs a person, and whether it gets out.
import { useSignal } from '@preact/signals';
import type { Attention, Destination, Overview } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { behind, clock, num, span } from '../app/format.ts';
import { channelPath, href } from '../app/links.ts';
import { ActButton } from '../deliver/ActButton.tsx';
import { act, reasonOf } from '../deliver/act.ts';
import { t, word, type Key } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

interface Item { icon: string; tone: string; title: string; text: string; action?: { label: string; to: string }; tries?: string }
function itemOf(entry: Attention, destinations: Destination[]): Item {
  const title = entry.title ?? entry.channelId ?? '';
  switch (entry.code) {
    case 'hole': return {
      icon: 'warn', tone: 'warn', title: t('att.hole', { title }),
      text: [t('att.holeText', { n: entry.count ?? 0 }), entry.secondsLeft ? span(entry.secondsLeft) : ''].filter(Boolean).join(', '),
      action: entry.channelId ? { label: t('att.watch'), to: channelPath(entry.channelId) } : undefined,
    };
    case 'destination_late': {
      const found = destinations.find(({ name }) => name === entry.destination);
      const retry = found?.nextTryAt ? t('att.retry', { span: span(Math.max(0, (Date.parse(found.nextTryAt) - now.value) / 1000)) }) : '';
      const waits = t('att.destinationText', { n: entry.count ?? found?.behindEvents ?? 0 });
      return {
        icon: found?.kind === 'webhook' || !found ? 'webhook' : found.kind, tone: 'warn', title: lateTitle(entry),
        text: [waits, retry].filter(Boolean).join(', '),
        action: { label: t('app.open'), to: found ? `destinations/${encodeURIComponent(found.name)}` : 'destinations' }, tries: found?.nextTryAt && found.name,
      };
    }
    case 'set_aside': return {
      icon: 'setAside', tone: 'quiet', title: t('att.set_aside', { n: entry.count ?? 0 }), text: [entry.destination, entry.detail].filter(Boolean).join(': '),
      action: { label: t('att.review'), to: 'set-aside' },
    };
    case 'silent': return {
      icon: 'silent', tone: 'quiet', title: t('att.silent', { title }), text: entry.since ? t('att.silentText', { time: clock(entry.since) }) : entry.detail ?? '',
      action: entry.channelId ? { label: t('app.open'), to: channelPath(entry.channelId) } : undefined,
    };
    case 'late': return {
      icon: 'warn', tone: 'warn', title: t('att.late', { title }), text: t('att.lateText', { span: span(entry.count ?? 0, 2), time: entry.since ? clock(entry.since) : '–' }),
      action: entry.channelId ? { label: t('app.open'), to: channelPath(entry.channelId) } : undefined,
    };
    case 'private': return {
      icon: 'stopped', tone: 'bad', title: t('att.private', { title }), text: t('att.privateText', { time: entry.since ? clock(entry.since) : '–' }),
      action: entry.channelId ? { label: t('app.open'), to: channelPath(entry.channelId) } : undefined,
    };
    case 'capture_stopped': return { icon: 'stopped', tone: 'bad', title: t('att.capture_stopped'), text: entry.detail ?? (entry.since ? clock(entry.since) : '') };
    case 'disk_low': return { icon: 'disk', tone: 'bad', title: t('att.disk_low'), text: entry.detail ?? '' };
    default: return { icon: 'warn', tone: 'warn', title: entry.code.replace(/_/g, ' '), text: [title, entry.detail].filter(Boolean).join(': ') };
  }
}

function lateTitle({ destination: name = '', detail }: Attention): string {
  const status = /\banswered (\d{3})\b/.exec(detail ?? '')?.[1];
  if (status) return t('att.answers', { name, status });
  return detail ? `${name}: ${detail}` : t('att.destination_late', { name });
}

export function NeedsAttention({ attention, destinations }: Pick<Overview, 'attention' | 'destinations'>) {
  const refused = useSignal('');
  const tryNow = async (name: string): Promise<void> => {
    refused.value = '';
    try { await act(name, 'try-now'); } catch (error) { refused.value = reasonOf(error); }
  };
  return (
    <section class={`card attention ${attention.length === 0 ? 'attention-none' : ''}`} aria-labelledby="attention-title">
      <header class="card-head"><h2 id="attention-title">{t('att.title')}</h2>{attention.length > 0 && <span class="badge badge-warn">{num(attention.length)}</span>}</header>
      {attention.length === 0 && <p class="quiet pad">{t('att.none')}</p>}
      <ul>
        {attention.map((entry, i) => {
          const item = itemOf(entry, destinations);
          return (
            <li key={`${entry.code}${entry.channelId ?? entry.destination ?? String(i)}`}>
              <Icon name={item.icon} class={item.tone} />
              <span class="attention-text"><span class="strong"><bdi>{item.title}</bdi></span><span class="quiet"><bdi>{item.text}</bdi></span></span>
              {item.tries ? <ActButton label={t('dd.tryNow')} name={t('dd.tryNowOf', { name: item.tries })} run={() => tryNow(item.tries as string)} /> : item.action && <a class="button" href={href(item.action.to)} aria-label={`${item.action.label}: ${item.title}`}>{item.action.label}</a>}
            </li>
          );
        })}
      </ul>
      {refused.value && <p class="bad small pad" role="status">{refused.value}</p>}
    </section>
  );
}

/** One that cannot be reached is not up to date, however little waits for it. */
export const stateOf = ({ state, nextTryAt }: Destination): Destination['state'] | 'away' => state === 'ok' && nextTryAt ? 'away' : state;
export const destinationMark = (state: ReturnType<typeof stateOf>): [string, string] =>
  state === 'ok' ? ['check', 'accent'] : state === 'gapped' ? ['bad', 'bad'] : state === 'late' || state === 'away' ? ['warn', 'warn'] : ['silent', 'quiet'];
export const behindText = ({ behindEvents, behindSeconds }: Destination): string =>
  behindEvents === 0 ? '0' : `${num(behindEvents)} · ${behind(behindSeconds)}`;

export function DestinationsCard({ destinations }: { destinations: Destination[] }) {
  return (
    <section class="card dest-card" aria-labelledby="dest-title">
      <header class="card-head"><h2 id="dest-title">{t('dest.title')}</h2><span class="spacer" /><span class="quiet">{t('dest.behindBy')}</span></header>
      {destinations.length === 0 && <p class="quiet pad">{t('dest.none')}</p>}
      <ul>
        {destinations.map((destination) => {
          const state = stateOf(destination);
          const [icon, tone] = destinationMark(state);
          return (
            <li key={destination.name}>
              <Icon name={destination.kind} size={16} class="quiet" />
              <span class="cut"><b><bdi>{destination.name}</bdi></b> <span class="quiet">{word('kind', destination.kind)}</span></span>
              <span class={`tabular dest-behind ${state === 'ok' ? '' : tone}`}>{behindText(destination)}</span>
              <span class={tone} role="img" aria-label={t(`destState.${state}` as Key)}><Icon name={icon} size={16} /></span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
