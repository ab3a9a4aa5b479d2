// Removed and added words, said and shown.
import type { ComponentChildren } from 'preact';
import type { Version } from '../api/types.ts';
import { t } from '../i18n/index.ts';

export function Removed({ children }: { children: ComponentChildren }) {
  return <><span class="sr">{t('r.removed')} </span><del>{children}</del>{' '}</>;
}
export function Added({ children }: { children: ComponentChildren }) {
  return <><span class="sr">{t('r.added')} </span><ins>{children}</ins></>;
}

export function sameText(before: Version, after: Version | undefined): string {
  if (JSON.stringify(before.media ?? null) !== JSON.stringify(after?.media ?? null)) return t('r.mediaChanged');
  if (JSON.stringify(before.entities ?? []) !== JSON.stringify(after?.entities ?? [])) return t('r.formatting');
  return t('r.noChange');
}
