// What the rule would have done with what is stored: how many, when, which, and what was just outside and why.
import { now } from '../app/clock.ts';
import { num, recent, shortDate } from '../app/format.ts';
import { href, messagePath } from '../app/links.ts';
import { useAfter } from '../api/resource.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Failed } from '../ui/State.tsx';
import { Histogram } from './Histogram.tsx';
import { pieces } from './draft.ts';
import type { Found, Trial } from './types.ts';
import type { Days, TrialState } from './useTrial.ts';
import { conditionName } from './words.ts';

const ranges: Days[] = [1, 7, 30, 0];

export function TrialPanel({ state, empty, days, onDays, onTry }: { state: TrialState; empty: boolean; days: Days; onDays: (days: Days) => void; onTry: () => void }) {
  const slow = useAfter(state.running, 150);
  const { result, error } = state;
  return (
    <section class="card trial" aria-labelledby="trial-title" aria-busy={slow}>
      <header class="card-head"><h2 id="trial-title">{t('ru.trial')}</h2><span class="spacer" />
        <label class="select"><span class="sr">{t('ru.range')}</span><Icon name="chevron" size={14} /><select value={String(days)} onChange={(event) => onDays(Number(event.currentTarget.value) as Days)}>
          {ranges.map((one) => <option key={one} value={String(one)}>{one === 0 ? t('ru.range.all') : t('ru.range.days', { n: one })}</option>)}</select></label>
        <button type="button" class="button" aria-keyshortcuts="Control+Enter" disabled={empty} onClick={onTry}>{t('ru.try')}</button>
      </header>
      {slow && <i class="progress" />}
      <p class="trial-sum" role="status">
        {empty ? t('ru.nameOne') : result ? <><b class="tabular trial-count">{num(result.matched)}</b> {t('ru.of', { n: result.scanned })}{result.truncated && <span class="quiet"> · {t('ru.truncated', { since: result.scannedSince ? shortDate(result.scannedSince) : '–' })}</span>}</> : state.problems.length > 0 ? t('ru.mend') : slow ? t('ru.trying') : ''}
      </p>
      {error && <Failed what={t('ru.trial')} error={error} onRetry={onTry} />}
      {!empty && result && <Result result={result} />}
      <p class="quiet trial-foot"><Icon name="ok" size={14} />{t('ru.dryRun')}</p>
    </section>
  );
}

function Result({ result }: { result: Trial }) {
  return (
    <>
      {result.histogram.length > 0 && <Histogram days={result.histogram} />}
      {result.matches.length > 0 && <ul class="trial-list">{result.matches.map((one) => <FoundRow key={one.message.key} found={one} />)}</ul>}
      {result.matched > result.matches.length && <p class="quiet trial-more">{t('ru.newestShown', { n: result.matches.length })}</p>}
      {result.matched === 0 && result.nearlyMatched === 0 && <p class="quiet trial-more">{t('ru.nothingNear')}</p>}
      {result.nearlyMatched > 0 && (
        <details open={result.matched === 0}>
          <summary>{t('ru.near', { n: result.nearlyMatched })}</summary>
          <ul class="trial-list">{result.nearMisses.map((one) => <FoundRow key={one.message.key} found={one} />)}</ul>
        </details>
      )}
    </>
  );
}

function FoundRow({ found }: { found: Found }) {
  const { message, spans, failed, redactedText } = found;
  const text = redactedText ?? message.text;
  return (
    <li><a href={href(messagePath(message.channelId, message.messageId, message.scope))}>
      <span class="hit-head"><b class="cut"><bdi>{message.channelTitle}</bdi></b><time class="quiet small">{recent(message.date, now.value)}</time></span>
      <span class="trial-text" dir="auto">{text ? pieces(text, redactedText === undefined ? spans : []).map((piece, i) => (piece.marked ? <mark key={i}>{piece.text}</mark> : piece.text)) : t('ru.noText')}</span>
      {failed && <span class="trial-failed"><Icon name="warn" size={13} />{t('ru.failed', { condition: conditionName(failed) })}</span>}
    </a></li>
  );
}
