// What this token may, and why a button is off.
import { session, unreachable } from '../api/client.ts';
import { t } from '../i18n/index.ts';

export const may = (scope: string): boolean => !session.value || !session.value.required || session.value.scopes.includes(scope);
/** Why nothing can be changed now; empty where it can. */
export const whyNot = (scope: string): string =>
  unreachable.value ? t('may.unreachable') : may(scope) ? '' : t('may.scope', { scope });
/** The same of what an administrator may do; nothing where a button is on. */
export const offBecause = (): string | undefined => whyNot('admin') || undefined;
