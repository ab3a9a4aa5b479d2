// The bar of a channel: a button that explains itself by hover and focus and opens the table of ranges.
import type { Channel } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { clock, clockSeconds, full, num, recent, span } from '../app/format.ts';
import { t, word } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { tip } from '../ui/Tip.tsx';
import { vars } from '../ui/css.ts';
import { describe, provenText } from './describe.ts';
import { parts } from './geometry.ts';
import { openRanges } from './Ranges.tsx';

export function Strip({ channel, class: className = '' }: { channel: Channel; class?: string }) {
  const { coverage, state } = channel;
  const drawn = state.code === 'imported' && coverage.bar.length === 0 ? [{ state: 'unknown' as const, start: 0, size: 100 }] : parts(coverage);
  return (
    <span class={`cov ${className}`} aria-hidden="true">
      {drawn.map((part, i) => <i key={i} class={`cov-${part.state}`} ref={vars({ '--start': `${part.start.toFixed(3)}%`, '--size': `${part.size.toFixed(3)}%` })} />)}
    </span>
  );
}

export function CoverageBar({ channel, tall }: { channel: Channel; tall?: boolean }) {
  return (
    <button type="button" class={`cov-button ${tall ? 'cov-tall' : ''}`} aria-label={describe(channel, now.peek())}
      {...tip(() => <Explained channel={channel} />)} onClick={() => openRanges(channel)}>
      <Strip channel={channel} />
    </button>
  );
}

function Explained({ channel }: { channel: Channel }) {
  const { coverage } = channel;
  const hole = coverage.holes[0];
  const filling = hole?.filling;
  return (
    <div class="cov-tip">
      <p class="cov-tip-head">
        <Icon name={hole ? 'warn' : 'ok'} size={15} class={hole ? 'hole-colour' : 'ok-colour'} />
        <span class="strong">{hole ? t('cov.hole', { n: hole.ids }) : t('cov.whole')}</span>
        <span class="tabular dim">{hole ? `${num(hole.from)} – ${num(hole.to)}` : `${num(coverage.from)} – ${num(coverage.to)}`}</span>
      </p>
      <dl>
        {hole && <div><dt>{t('cov.since')}</dt><dd>{sinceText(hole.since)}, {word('cause', hole.cause)}</dd></div>}
        {filling && (
          <div><dt>{t('cov.filling')}</dt><dd class="cov-fill">
            <i class="meter" ref={vars({ '--part': `${String(Math.round((filling.done / Math.max(1, filling.total)) * 100))}%` })} />
            {t('cov.fillingText', { done: filling.done, total: filling.total })}{filling.secondsLeft !== undefined && `, ${t('cov.fillingLeft', { span: span(filling.secondsLeft) })}`}
          </dd></div>
        )}
        {coverage.holes.length > 1 && <div><dt /><dd>{t('cov.moreHoles', { n: coverage.holes.length - 1 })}</dd></div>}
        {coverage.unknown > 0 && <div><dt>{t('cov.unknownIds')}</dt><dd>{t('cov.unknownText', { n: coverage.unknown })}</dd></div>}
        {coverage.acceptedLost > 0 && <div><dt>{t('cov.lostIds')}</dt><dd>{t('cov.lostText', { n: coverage.acceptedLost })}</dd></div>}
        {!hole && <div><dt>{t('cov.proven')}</dt><dd title={coverage.provenAt ? full(coverage.provenAt) : undefined}>{provenText(coverage, now.value)}</dd></div>}
      </dl>
      <p class="cov-tip-foot"><kbd>Enter</kbd>{t('cov.enter')}</p>
    </div>
  );
}
const sinceText = (since: string): string => {
  const day = recent(since, now.peek());
  return day === clock(since) ? clockSeconds(since) : `${day} ${clock(since)}`;
};
