// Who this browser is for the gateway, and the way out.
import { useSignal } from '@preact/signals';
import { loadSession, request, session } from '../api/client.ts';
import { t } from '../i18n/index.ts';

export function ThisSession() {
  const busy = useSignal(false);
  const now = session.value;
  if (!now?.required) return null;
  const signOut = async (): Promise<void> => {
    busy.value = true;
    try { await request('session', { method: 'DELETE' }); await loadSession(); } catch { /* unreachable: the bar says so */ }
    busy.value = false;
  };
  return (
    <section class="card pad-card this-session" aria-labelledby="session-title">
      <h2 id="session-title">{t('ses.title')}</h2>
      <p class="line-between"><span>{now.signedIn ? t('ses.in', { scopes: now.scopes.join(', ') }) : t('ses.out')}</span>
        {now.signedIn && <button type="button" class="button" disabled={busy.value} onClick={() => { void signOut(); }}>{t('ses.signOut')}</button>}</p>
    </section>
  );
}
