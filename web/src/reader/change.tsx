// Removed and added words, said and shown.
import type { ComponentChildren } from 'preact';
import type { Version } from '../api/types.ts';
import { t } from '../i18n/index.ts';
import { otherChanges } from './changes.ts';

export function Removed({ children }: { children: ComponentChildren }) {
  return <><span class="sr">{t('r.removed')} </span><del>{children}</del>{' '}</>;
}
export function Added({ children }: { children: ComponentChildren }) {
  return <><span class="sr">{t('r.added')} </span><ins>{children}</ins></>;
}

/** What else an edit changed; where nothing did, that is said, too. */
export function OtherChanges({ before, after }: { before: Version; after: Version }) {
  const said = otherChanges(before, after);
  const all = said.length > 0 ? said : before.text === after.text ? [t('r.noChange')] : [];
  return all.length > 0 ? <ul class="other-changes">{all.map((one) => <li key={one} dir="auto">{one}</li>)}</ul> : null;
}
