// What concerns every page: gateway unreachable, capture stopped, disk reserve, skipped ahead.
import { unreachable } from '../api/client.ts';
import { skippedAt } from '../api/stream.ts';
import { now } from '../app/clock.ts';
import { clock } from '../app/format.ts';
import { useOverview } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { alertOnce } from '../ui/Announce.tsx';
import { Icon } from '../ui/Icon.tsx';

export function Bars() {
  const { data } = useOverview();
  const away = unreachable.value;
  const capture = data?.capture;
  const down = capture && (capture.state === 'stopped' || capture.state === 'signed_out') ? capture : null;
  const stopped = down
    ? t(down.state === 'stopped' ? 'bar.stopped' : 'bar.signedOut', { time: down.since ? clock(down.since) : '–' })
    : '';
  alertOnce(stopped);
  return (
    <div class="bars">
      {away && (
        <div class="bar bar-away">
          <Icon name="unknown" size={16} /><span>{t('bar.unreachable', { time: clock(away.since) })}</span>
          <span class="tabular">{t('bar.nextTry', { seconds: Math.max(0, Math.ceil((away.nextTry - now.value) / 1000)) })}</span>
        </div>
      )}
      {down && (
        <div class="bar bar-stopped">
          <Icon name="stopped" size={16} /><span>{stopped}</span>{down.reason && <span>{t('bar.reason', { reason: down.reason })}</span>}
        </div>
      )}
      {data?.attention.some(({ code }) => code === 'disk_low') && <div class="bar bar-stopped"><Icon name="disk" size={16} /><span>{t('bar.disk')}</span></div>}
      {skippedAt.value && (
        <div class="bar bar-away">
          <Icon name="forward" size={16} /><span>{t('bar.skipped', { time: clock(skippedAt.value) })}</span>
          <button type="button" class="icon-button small" aria-label={t('app.close')} onClick={() => { skippedAt.value = null; }}><Icon name="close" size={14} /></button>
        </div>
      )}
    </div>
  );
}
