// One sign-in, from how to what next. What is typed goes to the gateway and is forgotten here.
import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError, post } from '../api/client.ts';
import type { Account, AuthStatus } from '../api/types.ts';
import { full } from '../app/format.ts';
import { href } from '../app/links.ts';
import { t, type Key } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { Icon } from '../ui/Icon.tsx';
import { CodeStep, PasswordStep, QrStep } from './Steps.tsx';
import { MethodStep, type Begin, type Method } from './MethodStep.tsx';
import { freeName, isHalfway, mayAdmin, mine, retryAuth } from './useAuth.ts';

export function Wizard({ auth, account: asked }: { auth: AuthStatus; account?: string }) {
  const other = auth.accounts.find((one) => isHalfway(one) && one.name !== mine.value);
  const name = asked ?? mine.value ?? freeName(auth.accounts);
  const account = auth.accounts.find((one) => one.name === name);
  const own = mine.value === name;
  // What was done before does not stand in the way of the next one.
  useEffect(() => { if (own && account?.stage === 'ready') mine.value = null; }, []);
  const busy = useSignal(false);
  const method = useSignal<Method>('qr');
  const problem = useSignal('');
  const run = async (path: string, body: Record<string, string>): Promise<boolean> => {
    busy.value = true;
    problem.value = '';
    try { await post(`telegram-gateway/auth/${path}`, body); return true; } catch (error) {
      // What Telegram refused stands at the account, in its words; all else is told here.
      if (!(error instanceof ApiError && error.status === 400)) problem.value = (error as Error).message;
      return false;
    } finally { busy.value = false; retryAuth(); }
  };
  const begin: Begin = (as, body) => { mine.value = as; void run('start', { account: as, ...body }); };
  const give = (value: string): Promise<boolean> => run('input', { account: name, value });
  const cancel = (): void => { void run('cancel', { account: name }).then(() => { mine.value = null; }); };
  const shared = { busy: busy.value || offBecause() !== undefined, give, cancel };

  const step = stepOf(own ? account : undefined);
  return (
    <section class="card wizard" aria-labelledby="wizard-title">
      <header class="wizard-head">
        <h2 id="wizard-title">{t(account?.revoked ? 'acc.againTitle' : 'acc.wizardTitle', { name })}</h2>
        <ol class="steps" aria-label={t('acc.steps')}>
          {(['acc.stepMethod', 'acc.stepCode', 'acc.stepPassword', 'acc.stepChannels'] as Key[]).map((key, i) => (
            <li key={key} class={i < step ? 'step-done' : ''} aria-current={i === step ? 'step' : undefined}><i aria-hidden="true">{i < step ? <Icon name="check" size={13} /> : i + 1}</i><span>{t(key)}</span></li>
          ))}
        </ol>
      </header>
      <div class="wizard-body">
        {problem.value && <p class="said-bad" role="alert"><Icon name="bad" size={16} /><span>{problem.value}</span></p>}
        {!mayAdmin() && <p class="said-warn"><Icon name="warn" size={16} /><span>{t('acc.noRight')}</span></p>}
        <Step account={account} own={own} other={other} shared={shared} begin={begin} method={method} name={name} fixed={asked !== undefined || account !== undefined} />
      </div>
    </section>
  );
}

interface Shared { busy: boolean; give: (value: string) => Promise<boolean>; cancel: () => void }
function Step({ account, own, other, shared, begin, method, name, fixed }: {
  account?: Account; own: boolean; other?: Account; shared: Shared; begin: Begin; method: Signal<Method>; name: string; fixed: boolean;
}) {
  if (other) return <Elsewhere account={other} busy={shared.busy} />;
  if (own && account) {
    switch (account.stage) {
      case 'qr': return <QrStep account={account} {...shared} />;
      case 'code': return <CodeStep account={account} {...shared} />;
      case 'password': return <PasswordStep account={account} {...shared} />;
      case 'ready': return <Done account={account} />;
    }
  }
  const moving = own && (account?.stage === 'starting' || account?.stage === 'closing');
  return <MethodStep account={account} name={name} fixed={fixed} busy={shared.busy || moving} waiting={own && (shared.busy || moving)} method={method} begin={begin} />;
}

function stepOf(account: Account | undefined): number {
  switch (account?.stage) {
    case 'qr': case 'code': return 1;
    case 'password': return 2;
    case 'ready': return 3;
    default: return 0;
  }
}

function Elsewhere({ account, busy }: { account: Account; busy: boolean }) {
  const give = (): void => { void post('telegram-gateway/auth/cancel', { account: account.name }).catch(() => undefined).then(retryAuth); };
  return (
    <div class="step-box">
      <p>{t('acc.elsewhere', { name: account.name, time: account.since ? full(account.since) : '–' })}</p>
      <p class="step-buttons">
        <button type="button" class="button primary" onClick={() => { mine.value = account.name; }}>{t('acc.takeOver')}</button>
        <button type="button" class="button" disabled={busy} onClick={give}>{t('acc.cancelIt')}</button>
      </p>
    </div>
  );
}

function Done({ account }: { account: Account }) {
  const leave = (): void => { mine.value = null; };
  return (
    <div class="step-box" role="status">
      <p class="step-lead"><Icon name="ok" size={20} class="accent" /> {t('acc.done', { name: account.shownName ?? account.name })}</p>
      <p class="quiet">{t(account.kind === 'bot' ? 'acc.botText' : 'acc.doneText')}</p>
      <p class="step-buttons">
        <a class="button primary" href={href('channels')} onClick={leave}>{t('acc.toChannels')}</a>
        <a class="button" href={href('accounts')} onClick={leave}>{t('acc.toAccounts')}</a>
      </p>
    </div>
  );
}
