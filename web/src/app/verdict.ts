// The verdict as a sentence, with its icon and tone: never a lone colour, and never said when it is not known any more.
import { recovered, signInNeeded, silentMs, unreachable } from '../api/client.ts';
import type { Resource } from '../api/resource.ts';
import type { Overview } from '../api/types.ts';
import { t } from '../i18n/index.ts';
import { clock, span } from './format.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'unknown';
/** `beside`: what else is wrong, for who sees the tab alone. */
export interface Sentence { title: string; detail: string; tone: Tone; icon: string; beside: string[] }

/** So long the gateway may be silent: a hidden tab asks rarely. */
const silence = { shown: 30_000, hidden: 90_000 };

/** What may be said now of the last answer: nothing good before the gateway has confirmed it. */
export function verdictOf({ data, error, epoch }: Resource<Overview>, now: number): Sentence | null {
  if (!data) return null;
  const proven = data.verdict.provenAt ?? data.completeness.provenAt;
  const detail = proven ? t('verdict.stoppedText', { age: ageOf(proven, now) }) : t('verdict.unproven');
  const unsure = (title: string, more = detail): Sentence => ({ title, detail: more, tone: 'unknown', icon: 'unknown', beside: [] });
  if (unreachable.value) return unsure(t('verdict.away', { time: clock(unreachable.value.since) }));
  if (signInNeeded.value) return unsure(t('signin.title'));
  if (error || data.failure) return unsure(t('verdict.unread'), data.failure ?? error?.message);
  if (epoch !== recovered.value || silentMs() > (document.hidden ? silence.hidden : silence.shown)) return unsure(t('verdict.asked'));
  return { ...sentence(data, now), beside: besideOf(data) };
}

const ageOf = (at: string, now: number): string => span((now - Date.parse(at)) / 1000);

function besideOf({ attention, accounts }: Overview): string[] {
  const late = attention.filter(({ code }) => code === 'destination_late').length;
  const out = accounts.filter(({ state }) => state === 'revoked').length;
  return [
    out > 0 && t('verdict.accountsOut', { n: out }),
    attention.some(({ code }) => code === 'disk_low') && t('att.disk_low'),
    late > 0 && t('verdict.late', { n: late }),
  ].filter((one): one is string => Boolean(one));
}

function sentence({ verdict, attention, completeness }: Overview, now: number): Omit<Sentence, 'beside'> {
  const since = verdict.since ? clock(verdict.since) : '–';
  const proven = verdict.provenAt ?? completeness.provenAt;
  const age = proven ? ageOf(proven, now) : null;
  const last = age ? t('verdict.stoppedText', { age }) : t('verdict.unproven');
  const holes = Math.max(1, attention.filter(({ code }) => code === 'hole').length);
  switch (verdict.code) {
    case 'complete': return { title: t('verdict.complete'), detail: age ? t('verdict.proven', { age }) : t('verdict.unproven'), tone: 'ok', icon: 'ok' };
    case 'hole': {
      const left = verdict.secondsLeft ? `, ${t('verdict.about', { span: span(verdict.secondsLeft) })}` : '';
      return { title: t('verdict.hole', { n: holes }), detail: (age ? t('verdict.elseProven', { age }) : t('verdict.unproven')) + left, tone: 'warn', icon: 'warn' };
    }
    case 'stale': return { title: t('verdict.stale', { time: since }), detail: last, tone: 'unknown', icon: 'unknown' };
    case 'stopped': return { title: t('verdict.stopped', { time: since }), detail: last, tone: 'bad', icon: 'stopped' };
    case 'private': return { title: t('verdict.private', { time: since }), detail: t('verdict.privateText'), tone: 'bad', icon: 'stopped' };
    // Who captured already does not begin: what is posted meanwhile is being missed.
    case 'sign_in': return completeness.channels > 0
      ? { title: t('verdict.stopped', { time: since }), detail: last, tone: 'bad', icon: 'stopped' }
      : { title: t('verdict.sign_in'), detail: t('verdict.signInText'), tone: 'busy', icon: 'go' };
    case 'archive': return { title: t('verdict.archive'), detail: t('verdict.archiveText'), tone: 'unknown', icon: 'download' };
    default: return { title: t('verdict.empty'), detail: t('verdict.emptyText'), tone: 'unknown', icon: 'unknown' };
  }
}
