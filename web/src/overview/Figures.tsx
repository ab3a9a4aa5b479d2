import type { ComponentChildren } from 'preact';
import type { Overview } from '../api/types.ts';
import { behind, bytes, num, percent } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

const goalMs = 500;

export function Figures({ figures, destinations }: Pick<Overview, 'figures' | 'destinations'>) {
  const disk = bytes(figures.disk.freeBytes);
  const slow = figures.slowest && figures.slowest.behindEvents > 0 ? figures.slowest : null;
  const late = slow && destinations.some(({ name, state }) => name === slow.name && state !== 'ok');
  const [slowValue = '', slowUnit = ''] = slow ? behind(slow.behindSeconds).split(' ') : [];
  return (
    <ul class="card figures">
      <Figure label={t('fig.now')} short={t('fig.nowShort')} value={num(figures.messagesPerMinute, 1)} unit={t('fig.perMinute')} beside={t('fig.today', { n: figures.messagesToday })} phone />
      <Latency label={t('fig.stored')} ms={figures.storedP95Ms} beside={t('fig.goal', { ms: goalMs })} late={(figures.storedP95Ms ?? 0) > goalMs} />
      <Latency label={t('fig.polls')} short={t('fig.pollsShort')} ms={figures.pollsP95Ms}
        beside={figures.memoryHitRatio === undefined ? '' : t('fig.memory', { ratio: percent(figures.memoryHitRatio) })} />
      <Figure label={t('fig.slowest')} value={slow ? slowValue : '0'} unit={slow ? slowUnit : 's'} beside={slow ? <bdi>{slow.name}</bdi> : t('fig.noneBehind')} late={Boolean(late)} />
      <Figure label={t('fig.disk')} value={disk.value} unit={disk.unit} beside={figures.disk.daysLeft === undefined ? '' : t('fig.days', { n: Math.floor(figures.disk.daysLeft) })} />
    </ul>
  );
}

function Latency({ label, short, ms, beside, late }: { label: string; short?: string; ms?: number; beside: string; late?: boolean }) {
  return ms === undefined
    ? <Figure label={label} short={short} value="–" unit="" beside={t('fig.noData')} phone />
    : <Figure label={label} short={short} value={num(ms, ms < 10 ? 1 : 0)} unit="ms" beside={beside} late={late} phone />;
}

function Figure({ label, short = label, value, unit, beside, late, phone }: {
  label: string; short?: string; value: string; unit: string; beside: ComponentChildren; late?: boolean; phone?: boolean;
}) {
  return (
    <li class={`figure ${late ? 'late' : ''} ${phone ? '' : 'not-phone'}`}>
      <span class="figure-label"><span class="not-phone">{label}</span><span class="only-phone">{short}</span></span>
      <span class="figure-line">{late && <Icon name="warn" size={17} />}<b class="tabular">{value}</b> <span class="figure-unit">{unit}</span><span class="figure-beside quiet not-phone">{beside}</span></span>
    </li>
  );
}
