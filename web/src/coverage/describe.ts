import type { Channel, Coverage } from '../api/types.ts';
import { span } from '../app/format.ts';
import { t } from '../i18n/index.ts';

export function provenText(coverage: Coverage, now: number): string {
  return coverage.provenAt ? t('verdict.proven', { age: span((now - Date.parse(coverage.provenAt)) / 1000) }) : t('verdict.unproven');
}

/** The bar in words, for those who do not see it. */
export function describe(channel: Channel, now: number): string {
  const { coverage, state } = channel;
  if (state.code === 'imported' && coverage.expected === 0) return t('cov.imported', { n: channel.messageCount });
    if (coverage.missing === 0 || coverage.holes.length === 0) return t('cov.labelWhole', { n: coverage.accounted, of: coverage.expected, proof: provenText(coverage, now) });
  return t('cov.label', {
    got: coverage.accounted, of: coverage.expected, n: coverage.holes.length, ids: coverage.missing,
    age: coverage.provenAt ? span((now - Date.parse(coverage.provenAt)) / 1000) : '–',
  });
}
