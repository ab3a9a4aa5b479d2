// What concerns every page: gateway unreachable, capture stopped, disk reserve, skipped ahead.
import { unreachable } from '../api/client.ts';
import { skippedAt } from '../api/stream.ts';
import { now } from '../app/clock.ts';
import { clock } from '../app/format.ts';
import { href } from '../app/links.ts';
import { useOverview } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { alertOnce } from '../ui/Announce.tsx';
import { Icon } from '../ui/Icon.tsx';

export function Bars() {
  const { data } = useOverview();
  const away = unreachable.value;
  const capture = data?.capture;
  const ended = (data?.accounts ?? []).filter(({ state }) => state === 'revoked');
  // Before the first account there is nothing that could have stopped.
  const begun = capture?.source !== 'telegram' || (data?.accounts ?? []).some(({ state }) => state !== 'signing_in');
  const down = capture && begun && ended.length === 0 && (capture.state === 'stopped' || capture.state === 'signed_out') ? capture : null;
  const first = ended[0];
  const stopped = first ? t('bar.revoked', { name: first.name, time: first.since ? clock(first.since) : '–' }) : down
    ? t(down.state === 'stopped' ? 'bar.stopped' : 'bar.signedOut', { time: down.since ? clock(down.since) : '–' })
    : '';
  alertOnce(stopped);
  return (
    <section class="bars" aria-label={t('bar.label')}>
      {away && (
        <div class="bar bar-away">
          <Icon name="unknown" size={16} /><span>{t('bar.unreachable', { time: clock(away.since) })}</span>
          <span class="tabular">{t('bar.nextTry', { seconds: Math.max(0, Math.ceil((away.nextTry - now.value) / 1000)) })}</span>
        </div>
      )}
      {ended.map(({ name, since }) => (
        <div class="bar bar-stopped" key={name} data-revoked={name}>
          <Icon name="stopped" size={16} /><span>{t('bar.revoked', { name, time: since ? clock(since) : '–' })}</span>
          <a class="button small" href={href(`accounts/new?account=${encodeURIComponent(name)}`)} aria-label={`${t('acc.again')}: ${name}`}>{t('acc.again')}</a>
        </div>
      ))}
      {down && (
        <div class="bar bar-stopped">
          <Icon name="stopped" size={16} /><span>{stopped}</span>{down.state === 'signed_out' && <a class="button small" href={href('accounts/new')}>{t('bar.signIn')}</a>}{down.reason && <span>{t('bar.reason', { reason: down.reason })}</span>}
        </div>
      )}
      {data?.attention.some(({ code }) => code === 'disk_low') && <div class="bar bar-stopped"><Icon name="disk" size={16} /><span>{t('bar.disk')}</span></div>}
      {skippedAt.value && (
        <div class="bar bar-away">
          <Icon name="forward" size={16} /><span>{t('bar.skipped', { time: clock(skippedAt.value) })}</span>
          <button type="button" class="icon-button small" aria-label={t('app.close')} onClick={() => { skippedAt.value = null; }}><Icon name="close" size={14} /></button>
        </div>
      )}
    </section>
  );
}
