// Telegram takes nothing for a while: how long, and until when.
import type { Account } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { clock, span } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

export const secondsTo = (when: string | undefined): number => (when ? Math.max(0, Math.ceil((Date.parse(when) - now.value) / 1000)) : 0);
export const floodLeft = (account: Account | undefined): number => secondsTo(account?.floodUntil);

export function Flood({ account }: { account?: Account }) {
  const left = floodLeft(account);
  if (left === 0) return null;
  return <p class="said-warn" role="alert"><Icon name="silent" size={16} /><span>{t('acc.flood', { span: span(left, 2), time: clock(account?.floodUntil ?? '') })}</span></p>;
}
