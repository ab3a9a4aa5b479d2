// Why something that changes the gateway cannot be done now, or null: a button that is off says so.
import { session, unreachable } from '../api/client.ts';
import { t } from '../i18n/index.ts';

export type Scope = 'read' | 'consume' | 'admin';

export function whyNot(scope: Scope): string | null {
  if (unreachable.value) return t('app.whyAway');
  const known = session.value;
  return known && !known.scopes.includes(scope) ? t('app.whyScope', { scope }) : null;
}
