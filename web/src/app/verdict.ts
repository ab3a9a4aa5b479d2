// The verdict as a sentence, with its icon and tone: never a lone colour.
import type { Overview } from '../api/types.ts';
import { t } from '../i18n/index.ts';
import { clock, span } from './format.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'unknown';
export interface Sentence { title: string; detail: string; tone: Tone; icon: string }

export function sentence({ verdict, attention, completeness }: Overview, now: number): Sentence {
  const since = verdict.since ? clock(verdict.since) : '–';
  const proven = verdict.provenAt ?? completeness.provenAt;
  const age = proven ? span((now - Date.parse(proven)) / 1000) : null;
  const holes = Math.max(1, attention.filter(({ code }) => code === 'hole').length);
  switch (verdict.code) {
    case 'complete': return { title: t('verdict.complete'), detail: age ? t('verdict.proven', { age }) : t('verdict.unproven'), tone: 'ok', icon: 'ok' };
    case 'hole': {
      const left = verdict.secondsLeft ? `, ${t('verdict.about', { span: span(verdict.secondsLeft) })}` : '';
      return { title: t('verdict.hole', { n: holes }), detail: (age ? t('verdict.elseProven', { age }) : t('verdict.unproven')) + left, tone: 'warn', icon: 'warn' };
    }
    case 'lost': return { title: t('verdict.lost', { n: verdict.lost || verdict.missing }), detail: t('verdict.accept'), tone: 'bad', icon: 'bad' };
    case 'stale': return { title: t('verdict.stale', { time: since }), detail: age ? t('verdict.stoppedText', { age }) : t('verdict.unproven'), tone: 'unknown', icon: 'unknown' };
    case 'stopped': return { title: t('verdict.stopped', { time: since }), detail: age ? t('verdict.stoppedText', { age }) : t('verdict.unproven'), tone: 'bad', icon: 'stopped' };
    case 'private': return { title: t('verdict.private', { time: since }), detail: t('verdict.privateText'), tone: 'bad', icon: 'stopped' };
    case 'sign_in': return { title: t('verdict.sign_in'), detail: t('verdict.signInText'), tone: 'busy', icon: 'go' };
    case 'archive': return { title: t('verdict.archive'), detail: t('verdict.archiveText'), tone: 'unknown', icon: 'download' };
    default: return { title: t('verdict.empty'), detail: t('verdict.emptyText'), tone: 'unknown', icon: 'unknown' };
  }
}
