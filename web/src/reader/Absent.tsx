// A permalink to an id that is not stored: what is known of it, and what can be done.
import type { Channel, Pagination } from '../api/types.ts';
import { clock, full, num } from '../app/format.ts';
import { Sync } from '../channels/Sync.tsx';
import { t, word } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

export function Absent({ id, known, channel, onEnd }: { id: number; known: Pagination['absent']; channel: Channel | undefined; onEnd: () => void }) {
  const coverage = channel?.coverage;
  const hole = known ? undefined : coverage?.holes.find(({ from, to }) => id >= from && id <= to);
  if (hole) {
    return (
      <div class="absent-bar" role="note"><Icon name="warn" size={16} class="warn" />
        <span class="absent-said"><b>{t('rd.inHole', { id: num(id) })}</b> {t('rd.inHoleWhy', { from: num(hole.from), to: num(hole.to), cause: word('cause', hole.cause), time: clock(hole.since) })}</span>
        {channel && <Sync peer={channel.channelId} class="small" label={t('rd.fetchNow')} onEnd={onEnd} />}
      </div>
    );
  }
  const part = coverage?.bar.find(({ from, to }) => id >= from && id <= to);
  const why = known?.reason === 'erased' ? t('rd.erased', { time: full(known.date), n: known.keepDays })
    : known ? t('rd.deletedUnseen', { time: full(known.deletedAt) })
    : !coverage || id > coverage.to ? t('rd.notYet')
    : id < coverage.from ? t('rd.beforeStart')
      : part?.state === 'lost' ? t('rd.acceptedLost')
        : part?.state === 'unknown' ? t('rd.notWalked')
          : t('rd.provenEmpty', { time: coverage.provenAt ? full(coverage.provenAt) : '–' });
  return (
    <div class="absent-bar" role="note"><Icon name="unknown" size={16} class="quiet" /><span class="absent-said"><b>{t('r.erasedPermalink', { id })}</b> {why}</span></div>
  );
}
