import { useSignal } from '@preact/signals';
import { post } from '../api/client.ts';
import type { Account, AuthStatus } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { full, span } from '../app/format.ts';
import { href } from '../app/links.ts';
import { t, word } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { Page } from '../shell/Page.tsx';
import { Avatar, hueOf } from '../ui/Avatar.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { join } from '../ui/css.ts';
import { Loaded } from '../ui/State.tsx';
import { Setup } from './Setup.tsx';
import { Wizard } from './Wizard.tsx';
import { mayAdmin, retryAuth, useAuth } from './useAuth.ts';
import { refusedWords } from './words.ts';

export default function Accounts() {
  const auth = useAuth();
  return (
    <Page title={t('nav.accounts')} class="plain">
      <Loaded from={auth} what={t('nav.accounts')} rows={3} retry={retryAuth}>{(data) => <Content auth={data} />}</Loaded>
    </Page>
  );
}

function Content({ auth }: { auth: AuthStatus }) {
  const leaving = useSignal<Account | null>(null);
  if (!auth.available && auth.accounts.length === 0) return <Setup message={auth.message} />;
  if (auth.accounts.length === 0) return <Wizard auth={auth} />;
  return (
    <>
      {!auth.available && <Setup message={auth.message} />}
      <section class="card" aria-label={t('nav.accounts')}>
        <ul class="account-list">{auth.accounts.map((account) => <Row key={account.name} account={account} onLeave={() => { leaving.value = account; }} />)}</ul>
      </section>
      <p class="line-between">
        <a class={join('button', !auth.accounts.some(({ revoked }) => revoked) && 'primary')} href={href('accounts/new')}><Icon name="accounts" size={16} />{t('acc.add')}</a>
        {!mayAdmin() && <span class="quiet">{t('acc.noRight')}</span>}
      </p>
      <p class="quiet about-page">{t('acc.about')}</p>
      {leaving.value && <Leave account={leaving.value} onClose={() => { leaving.value = null; }} />}
    </>
  );
}

interface Shown { icon: string; tone: string; word: string; text: string }
function shownOf(account: Account): Shown {
  const since = account.since ? full(account.since) : '–';
  if (account.stage === 'ready') {
    const age = account.since ? span((now.value - Date.parse(account.since)) / 1000, 2) : '–';
    if (account.duplicated) return { icon: 'warn', tone: 'warn', word: t('acc.duplicated'), text: t('acc.duplicatedText') };
    if (account.connection !== 'ready') return { icon: 'unknown', tone: 'quiet', word: word('account', 'connecting'), text: t('acc.connectingText') };
    return { icon: 'ok', tone: 'accent', word: word('account', 'connected'), text: t('acc.since', { age, time: since }) };
  }
  if (account.revoked) return { icon: 'stopped', tone: 'bad', word: t(account.duplicated ? 'acc.duplicated' : 'acc.revoked'), text: t(account.duplicated ? 'acc.duplicatedText' : 'acc.revokedText') };
  if (account.stage === 'closed') return { icon: account.refused ? 'bad' : 'stopped', tone: 'bad', word: word('account', account.refused ? 'failed' : 'signed_out'), text: account.refused ? refusedWords(account.refused) : '' };
  return { icon: 'unknown', tone: 'quiet', word: word('account', 'signing_in'), text: t('acc.halfwayText', { time: since }) };
}

function Row({ account, onLeave }: { account: Account; onLeave: () => void }) {
  const shown = shownOf(account);
  const title = account.shownName ?? account.name;
  const off = offBecause() !== undefined;
  const again = `accounts/new?account=${encodeURIComponent(account.name)}`;
  return (
    <li class="account-row" data-account={account.name}>
      <Avatar initials={title.slice(0, 1).toUpperCase()} hue={hueOf(account.name)} size="l" />
      <span class="account-who">
        <span class="strong"><bdi>{title}</bdi></span>
        <span class="quiet">{account.name} · {t(account.kind === 'bot' ? 'acc.bot' : 'acc.user')}</span>
      </span>
      <span class="account-how">
        <span class={`named ${shown.tone}`}><Icon name={shown.icon} size={16} /><b>{shown.word}</b></span>
        <span class="quiet">{shown.text}</span>
        {account.kind === 'bot' && account.stage === 'ready' && <span class="warn small">{t('acc.botText')}</span>}
      </span>
      <span class="account-do">
        {account.stage === 'ready' ? <button type="button" class="button" disabled={off} aria-label={t('acc.signOutOf', { name: account.name })} onClick={onLeave}>{t('acc.signOut')}</button>
          : account.revoked ? <a class="button primary" href={href(again)} aria-label={`${t('acc.again')}: ${account.name}`}>{t('acc.again')}</a>
            : account.stage === 'closed' ? <a class="button" href={href(again)} aria-label={`${t('app.retry')}: ${account.name}`}>{t('app.retry')}</a>
              : <a class="button" href={href(again)} aria-label={`${t('acc.goOn')}: ${account.name}`}>{t('acc.goOn')}</a>}
      </span>
    </li>
  );
}

function Leave({ account, onClose }: { account: Account; onClose: () => void }) {
  const busy = useSignal(false);
  const problem = useSignal('');
  const leave = async (): Promise<void> => {
    busy.value = true;
    problem.value = '';
    try {
      await post('telegram-gateway/auth/logout', { account: account.name });
      retryAuth();
      onClose();
    } catch (error) { problem.value = (error as Error).message; }
    busy.value = false;
  };
  return (
    <Dialog title={t('acc.signOutTitle', { name: account.name })} onClose={onClose}>
      <div class="pad-card">
        <p>{t('acc.signOutText')}</p>
        <p class="bad" role="alert">{problem.value}</p>
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>{t('app.cancel')}</button>
        <button type="button" class="button danger" disabled={busy.value} onClick={() => { void leave(); }}>{t('acc.signOutOf', { name: account.name })}</button>
      </footer>
    </Dialog>
  );
}
