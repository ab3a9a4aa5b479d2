import { href } from '../app/links.ts';
import { t } from '../i18n/index.ts';
import { Empty } from '../ui/State.tsx';
import { Page } from './Page.tsx';

export function NotFound() {
  return <Page title={t('app.notFound')}><Empty title={t('app.notFoundText')}><a href={href()}>{t('app.toOverview')}</a></Empty></Page>;
}
