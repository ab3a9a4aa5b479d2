// Pages that are fetched when they are opened. After an upgrade an open dashboard asks for files that are gone: it is
// loaded anew once, and where that does not help it says so.
import { Fragment, type ComponentChildren, type ComponentType } from 'preact';
import { lazy } from 'preact-iso';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Empty } from '../ui/State.tsx';
import { reloads } from './renew.ts';

type Frame = ComponentType<{ title: string; children: ComponentChildren }>;

function missing(Around: Frame) {
  return (): ReturnType<typeof Fragment> => (
    <Around title={t('app.notLoaded')}>
      <Empty icon="warn" title={t('app.notLoaded')}>{t('app.notLoadedText')} <button type="button" class="button" onClick={() => location.reload()}>{t('app.reload')}</button></Empty>
    </Around>
  );
}

export function lazily(load: () => Promise<unknown>, part = false) {
  return lazy(() => load().catch(async () => (await reloads() ? new Promise(() => undefined) : missing(part ? Fragment as Frame : Page))) as Promise<ComponentType>);
}
