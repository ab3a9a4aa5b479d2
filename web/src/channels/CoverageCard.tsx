// The large coverage bar, by id or by time.
import { useLocation } from 'preact-iso';
import { useApi } from '../api/resource.ts';
import type { Channel, Coverage } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { full, num, shortDate, year } from '../app/format.ts';
import { href } from '../app/links.ts';
import { CoverageBar } from '../coverage/CoverageBar.tsx';
import { describe } from '../coverage/describe.ts';
import { t } from '../i18n/index.ts';
import { vars } from '../ui/css.ts';
import type { TimeBar } from './types.ts';

export function CoverageCard({ channel }: { channel: Channel }) {
  const { query, route } = useLocation();
  const byTime = query.by === 'time';
  const { coverage } = channel;
  const at = `channels/${encodeURIComponent(channel.channelId)}`;
  const choose = (by: 'id' | 'time'): void => route(href(at) + (by === 'time' ? '?by=time' : ''), true);
  return (
    <section class="card pad-card channel-coverage" aria-labelledby="coverage-title">
      <div class="line-between"><h2 id="coverage-title">{t('ch.coverage')}</h2><span class="spacer" />
        <div class="tabs" role="group" aria-label={t('c.axis')}>
          <button type="button" class="tab" aria-pressed={!byTime} onClick={() => choose('id')}>{t('c.byId')}</button>
          <button type="button" class="tab" aria-pressed={byTime} onClick={() => choose('time')}>{t('c.byTime')}</button>
        </div></div>
      {byTime ? <OverTime channel={channel} /> : (
        <>
          <CoverageBar channel={channel} tall />
          {coverage.to >= coverage.from && coverage.to > 0 && <p class="axis quiet tabular small">{[0, 1, 2, 3, 4].map((i) => <span key={i} class={i % 2 ? 'not-phone' : undefined}>{num(Math.round(coverage.from + ((coverage.to - coverage.from) * i) / 4))}</span>)}</p>}
        </>
      )}
      <p class="quiet">{describe(channel, now.value)}</p>
      <ul class="cov-legend quiet small">
        {([['proven', coverage.accounted], ['hole', coverage.missing], ['lost', coverage.acceptedLost], ['unknown', coverage.unknown]] as const).filter(([state, n]) => n > 0 || state === 'proven')
          .map(([state, n]) => <li key={state}><i class={`swatch cov-${state}`} /><span class="tabular">{num(n)}</span> {t(`ranges.${state}`)}</li>)}
      </ul>
    </section>
  );
}

function OverTime({ channel }: { channel: Channel }) {
  const { data } = useApi<Coverage & { time: TimeBar }>(`channels/${encodeURIComponent(channel.channelId)}/coverage?by=time&px=400&limit=1`, 30_000);
  const time = data?.time;
  if (!data) return <div class="cov-tall cov-button" aria-busy="true"><span class="cov" /></div>;
  if (!time?.from || !time.to || !time.bar) return <p class="quiet">{t('c.noDates')}</p>;
  const begin = Date.parse(time.from);
  const whole = Math.max(1, Date.parse(time.to) - begin);
  const place = (at: string): number => ((Date.parse(at) - begin) / whole) * 100;
  const drawn = time.bar.slice().sort((a, b) => Number(a.state === 'hole' || a.state === 'lost') - Number(b.state === 'hole' || b.state === 'lost'));
  const mark = (part: number): string => { const when = begin + whole * part; return year(begin) === year(begin + whole) ? shortDate(when) : `${shortDate(when)} ${year(when)}`; };
  return (
    <>
      <div class="cov-button cov-tall" role="img" aria-label={t('c.timeLabel', { from: full(time.from), to: full(time.to), n: time.bar.filter(({ state }) => state === 'hole').length })}>
        <span class="cov">{drawn.map((part, i) => <i key={i} class={`cov-${part.state}`} title={`${t(`ranges.${part.state}`)}: ${full(part.from)} – ${full(part.to)}`} ref={vars({ '--start': `${place(part.from).toFixed(3)}%`, '--size': `${(place(part.to) - place(part.from)).toFixed(3)}%` })} />)}</span>
      </div>
      <p class="axis quiet tabular small">{[0, 0.25, 0.5, 0.75, 1].map((part, i) => <span key={part} class={i % 2 ? 'not-phone' : undefined}>{mark(part)}</span>)}</p>
    </>
  );
}
