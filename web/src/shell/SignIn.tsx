// The dashboard's own session is over: sign in over the page, then what was asked is asked again.
import { useSignal } from '@preact/signals';
import { ApiError, signIn, signInNeeded } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';

export function SignIn() { return signInNeeded.value ? <SignInDialog /> : null; }

function SignInDialog() {
  const token = useSignal('');
  const problem = useSignal('');
  const busy = useSignal(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    problem.value = '';
    try { await signIn(token.value.trim()); } catch (error) {
      problem.value = error instanceof ApiError && error.status < 500 ? `${t('signin.bad')} (${error.code})` : t('error.network');
    }
    busy.value = false;
  };
  return (
    <Dialog title={t('signin.title')} onClose={() => undefined} closable={false} class="signin">
      <form onSubmit={(event) => { void submit(event); }}>
        <p class="quiet">{t('signin.text')}</p>
        <label class="field">{t('signin.token')}
          <input type="password" autocomplete="current-password" required autofocus value={token.value} aria-describedby="signin-problem" aria-invalid={problem.value !== ''}
            onInput={(event) => { token.value = event.currentTarget.value; }} />
        </label>
        <p id="signin-problem" class="bad" role="alert">{problem.value}</p>
        <button type="submit" class="button primary" disabled={busy.value || token.value.trim() === ''}>{t('signin.go')}</button>
        <p class="quiet small">{t('signin.hint')}</p>
      </form>
    </Dialog>
  );
}
