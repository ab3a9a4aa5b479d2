import { useLocation, useRoute } from 'preact-iso';
import { href } from '../app/links.ts';
import { t, type Key } from '../i18n/index.ts';
import { NotFound, Page } from '../shell/Page.tsx';
import { About } from './About.tsx';
import { Configuration } from './Configuration.tsx';
import { General } from './General.tsx';
import { Keeping } from './Keeping.tsx';
import { TokensTab } from './TokensTab.tsx';

const tabs = { general: General, tokens: TokensTab, keeping: Keeping, configuration: Configuration, about: About };
type Tab = keyof typeof tabs;

export default function Settings() {
  const { params } = useRoute();
  const { path } = useLocation();
  const name = (params.tab ?? 'general') as Tab;
  if (!Object.hasOwn(tabs, name)) return <NotFound />;
  const Shown = tabs[name];
  return (
    <Page title={t('nav.settings')} class="plain settings-page">
      <nav class="tabs settings-tabs" aria-label={t('set.tabs')}>
        {(Object.keys(tabs) as Tab[]).map((one) => <a key={one} class="tab" href={href(one === 'general' ? 'settings' : `settings/${one}`)} aria-current={one === name ? 'page' : undefined}>{t(`set.tab.${one}` as Key)}</a>)}
      </nav>
      <Shown key={path} />
    </Page>
  );
}
