import { useLocation } from 'preact-iso';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Loaded } from '../ui/State.tsx';
import { Setup } from './Setup.tsx';
import { Wizard } from './Wizard.tsx';
import { retryAuth, useAuth } from './useAuth.ts';

export default function NewAccount() {
  const auth = useAuth();
  const { query } = useLocation();
  return (
    <Page title={t('acc.newTitle')} class="plain">
      <Loaded from={auth} what={t('nav.accounts')} rows={6} retry={retryAuth}>
        {(data) => (data.available ? <Wizard auth={data} account={query.account} /> : <Setup message={data.message} />)}
      </Loaded>
    </Page>
  );
}
