// A channel's state in words, with icon and tone.
import type { Channel } from '../api/types.ts';
import { clock, percent, span } from '../app/format.ts';
import { t } from '../i18n/index.ts';

export interface Stated { text: string; short: string; icon: string; tone: string; why?: string }
export function stated(channel: Channel, now: number): Stated {
  const said = { ...statedCode(channel, now) };
  const { lag, silence, state } = channel;
  if (state.code === 'silent' && silence) said.why = t('state.silentWhy', { usual: span(silence.usualSeconds), time: clock(silence.provenAt) });
  if (!lag?.late) return said;
  const why = [t('state.lateWhy', { span: span(lag.seconds, 2), time: clock(lag.at) }), said.why].filter(Boolean).join(' ');
  return isCalm(channel) ? { text: t('state.late', { span: span(lag.seconds) }), short: t('state.lateShort'), icon: 'warn', tone: 'tone-warn', why } : { ...said, why };
}

const isCalm = ({ state }: Channel): boolean => state.code === 'complete' || state.code === 'silent';
const isLate = (channel: Channel): boolean => Boolean(channel.lag?.late) && isCalm(channel);

function statedCode({ state, coverage }: Channel, now: number): Stated {
  const missing = state.missing ?? coverage.missing;
  const of = (text: string, icon: string, tone: string, short = text): Stated => ({ text, short, icon, tone });
  switch (state.code) {
    case 'complete': return of(t('state.complete'), 'ok', 'tone-ok');
    case 'hole': return of(t('state.hole', { n: missing }), 'warn', 'tone-warn', t('state.holeShort', { n: missing }));
    case 'private': return of(t('state.private', { time: state.since ? clock(state.since) : '–' }), 'stopped', 'tone-bad', t('state.privateShort'));
    case 'silent': return of(t('state.silent', { span: state.since ? span((now - Date.parse(state.since)) / 1000) : '–' }), 'silent', 'tone-quiet');
    case 'history': return of(t('state.history', { percent: percent(state.progress ?? 0) }), 'busy', 'tone-busy');
    case 'imported': return of(t('state.imported'), 'download', 'tone-quiet');
    case 'stopped': return of(t('state.stopped'), 'stopped', 'tone-bad');
    case 'empty': return of(t('state.empty'), 'unknown', 'tone-quiet');
    default: return of(t('state.unproven'), 'unknown', 'tone-quiet');
  }
}

const urgency: Record<string, number> = { private: 0, stopped: 0, hole: 1, unproven: 2, history: 3, silent: 4 };
export type Order = 'attention' | 'activity' | 'name';
export type Tab = 'all' | 'attention' | 'history' | 'silent';

export const needsAttention = (channel: Channel): boolean => isLate(channel) || ['private', 'hole', 'stopped', 'unproven'].includes(channel.state.code);
export const inTab = (tab: Tab) => (channel: Channel): boolean =>
  tab === 'all' || (tab === 'attention' ? needsAttention(channel) : channel.state.code === tab);

export function sorted(channels: Channel[], order: Order, locale: string): Channel[] {
  const byName = (a: Channel, b: Channel): number => a.title.localeCompare(b.title, locale);
  const byActivity = (a: Channel, b: Channel): number => (b.lastMessageAt ?? '').localeCompare(a.lastMessageAt ?? '') || byName(a, b);
  const rank = (channel: Channel): number => isLate(channel) ? 1 : urgency[channel.state.code] ?? 9;
  const compare = order === 'name' ? byName : order === 'activity' ? byActivity : (a: Channel, b: Channel) => rank(a) - rank(b) || byActivity(a, b);
  return channels.slice().sort(compare);
}
