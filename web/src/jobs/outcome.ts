// What a piece of work says of itself.
import type { Job } from '../api/types.ts';
import { t } from '../i18n/index.ts';

export const outcome = ({ kind, detail, imported }: Job): string | undefined =>
  imported ? t('j.imported', imported) : kind === 'import' ? t('j.uploading') : detail;
