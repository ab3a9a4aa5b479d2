// A hole between two bubbles: how many ids, since when and why, and how far the filling is.
import type { Hole } from '../api/types.ts';
import { clock, num } from '../app/format.ts';
import { Sync } from '../channels/Sync.tsx';
import { t, word } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { vars } from '../ui/css.ts';

export function HoleCard({ hole, peer }: { hole: Hole; peer: string }) {
  const { filling } = hole;
  return (
    <div class="hole-card" role="note">
      <Icon name="warn" size={17} class="warn" />
      <div class="hole-text"><p class="strong">{t('r.hole', { n: hole.ids })}</p><p class="quiet">{num(hole.from)} – {num(hole.to)}, {t('r.holeCause', { cause: word('cause', hole.cause), time: clock(hole.since) })}</p></div>
      {filling
        ? <><i class="meter" ref={vars({ '--part': `${String(Math.round((filling.done / Math.max(1, filling.total)) * 100))}%` })} /><span class="tabular small">{t('cov.fillingText', { done: filling.done, total: filling.total })}</span></>
        : <Sync peer={peer} class="small" label={t('rd.fetchNow')} />}
    </div>
  );
}
