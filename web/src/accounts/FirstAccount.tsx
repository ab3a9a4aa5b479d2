// What Overview shows while no account captures yet.
import { t } from '../i18n/index.ts';
import { Loaded } from '../ui/State.tsx';
import { Wizard } from './Wizard.tsx';
import { retryAuth, useAuth } from './useAuth.ts';

export default function FirstAccount() {
  const auth = useAuth();
  return <Loaded from={auth} what={t('nav.accounts')} rows={6} retry={retryAuth}>{(data) => <Wizard auth={data} />}</Loaded>;
}
