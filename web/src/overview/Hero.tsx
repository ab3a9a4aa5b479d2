// Is anything missing? The verdict, the number behind it, and the last 30 days.
import type { Resource } from '../api/resource.ts';
import type { Overview } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { num } from '../app/format.ts';
import { verdictOf, type Sentence } from '../app/verdict.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { DayStrip } from './DayStrip.tsx';

export function Hero({ from, data }: { from: Resource<Overview>; data: Overview }) {
  const { completeness: c } = data;
  const said = verdictOf(from, now.value) as Sentence;
  const archive = data.verdict.code === 'archive';
  return (
    <section class="card hero" aria-labelledby="verdict">
      <div class="hero-left">
        <div class="verdict">
          <h2 id="verdict" class={`chip chip-${said.tone}`} data-verdict={data.verdict.code}><Icon name={said.icon} size={15} />{said.title}</h2>
          <span class="quiet verdict-detail">{said.detail}{said.beside.length > 0 && <span class="not-phone"> · {said.beside.join(' · ')}</span>}</span>
        </div>
        {archive ? (
          <p class="accounted">
            <span class="figure-big tabular" data-figure="archived">{num(c.archived.messages)}</span>
            <span class="figure-of">{t('count.archived', { n: c.archived.channels })}</span>
          </p>
        ) : <Accounted counts={c} />}
        {(c.acceptedLost > 0 || c.unknown > 0) && (
          <p class="quiet small beside">
            {[c.acceptedLost > 0 && t('count.acceptedLost', { n: c.acceptedLost }), c.unknown > 0 && t('count.unknown', { n: c.unknown })].filter(Boolean).join(' · ')}
          </p>
        )}
      </div>
      <DayStrip days={data.days} channels={c.channels} />
    </section>
  );
}

function Accounted({ counts: c }: { counts: Overview['completeness'] }) {
  return (
    <>
      <p class="accounted">
        <span class="sr">{t('count.sentence', { n: c.accounted, of: c.expected })}</span>
        <span class="figure-big tabular" aria-hidden="true" data-figure="accounted">{num(c.accounted)}</span>
        <span class="figure-of not-phone" aria-hidden="true">{t('count.of', { n: c.expected })}<span>{t('count.accounted')}</span></span>
        <span class="figure-of only-phone" aria-hidden="true">{t('count.ofPhone', { n: c.expected, channels: c.channels })}</span>
      </p>
      <ul class="legend">
        <Entry shape="stored" n={c.stored} long={t('count.stored')} />
        <Entry shape="empty" n={c.empty} long={t('count.empty')} short={t('count.emptyShort')} />
        <Entry shape="deleted" n={c.deleted} long={t('count.deleted')} short={t('count.deletedShort')} />
        {c.missing > 0 && <Entry shape="missing" n={c.missing} long={t('count.missing')} />}
      </ul>
    </>
  );
}

function Entry({ shape, n, long, short = long }: { shape: string; n: number; long: string; short?: string }) {
  return (
    <li class={`legend-${shape}`} data-figure={shape}>
      <i aria-hidden="true" />
      <b class="tabular">{num(n)}</b> <span class="not-phone">{long}</span><span class="only-phone">{short}</span>
    </li>
  );
}
