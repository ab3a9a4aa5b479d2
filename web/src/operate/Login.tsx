// The sign-in dialog opens by itself where a token is needed; here is what else there is to say.
import { session } from '../api/client.ts';
import { href } from '../app/links.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Empty } from '../ui/State.tsx';
import { ThisSession } from './ThisSession.tsx';

export default function Login() {
  const now = session.value;
  return (
    <Page title={t('signin.go')} class="plain">
      {now && !now.required
        ? <div class="card"><Empty icon="ok" title={t('ses.open')}>{t('ses.openText')} <a href={href()}>{t('app.toOverview')}</a></Empty></div>
        : <><ThisSession /><p><a href={href()}>{t('app.toOverview')}</a></p></>}
    </Page>
  );
}
