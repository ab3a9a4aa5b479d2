// Why a button that changes something is off, or nothing: what it needs is named, and the page stays.
import { session, unreachable } from '../api/client.ts';
import { t } from '../i18n/index.ts';

export function offBecause(scope = 'admin'): string | undefined {
  if (unreachable.value) return t('dv.unreachable');
  const known = session.value;
  return known && !known.scopes.includes(scope) ? t('dv.needsScope', { scope }) : undefined;
}
