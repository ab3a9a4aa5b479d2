// What Telegram waits for: a scan, a code, a password. Each says why the last input was not taken.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { apiUrl, post } from '../api/client.ts';
import type { Account } from '../api/types.ts';
import { t, word } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Flood, floodLeft, secondsTo } from './Flood.tsx';
import { retryAuth } from './useAuth.ts';
import { refusedWords } from './words.ts';

interface Props { account: Account; busy: boolean; give: (value: string) => Promise<boolean>; cancel: () => void }

export function QrStep({ account, busy, cancel }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => { title.current?.focus(); }, []);
  const left = secondsTo(account.linkUntil);
  const picture = apiUrl(`telegram-gateway/auth/qr.svg?account=${encodeURIComponent(account.name)}&until=${encodeURIComponent(account.linkUntil ?? '')}`);
  return (
    <div class="step-box qr-step">
      <div class="qr-side">
        <img class="qr" src={picture} width="232" height="232" alt={t('acc.qrAlt')} />
        <p class="qr-left tabular">{left > 0 ? t('acc.qrLeft', { n: left }) : t('acc.qrSoon')}</p>
      </div>
      <div class="qr-how">
        <h3 ref={title} tabIndex={-1}>{t('acc.qrTitle')}</h3>
        <ol><li>{t('acc.qr1')}</li><li>{t('acc.qr2')}</li><li>{t('acc.qr3')}</li></ol>
        <p class="quiet small">{t('acc.qrNext')}</p>
        <p class="step-buttons"><button type="button" class="button" disabled={busy} onClick={cancel}>{t('acc.otherWay')}</button></p>
      </div>
    </div>
  );
}

export function CodeStep(props: Props) {
  const { account, busy } = props;
  const code = account.code;
  const left = account.refused === 'PHONE_CODE_EXPIRED' ? 0 : secondsTo(code?.resendAt);
  const resend = (): void => { void post('telegram-gateway/auth/resend', { account: account.name }).catch(() => undefined).then(retryAuth); };
  return (
    <Asked {...props} label={t('acc.code')} lead={t('acc.codeSent', { how: word('codeHow', code?.how ?? ''), phone: code?.phone ?? '' })}
      input={{ type: 'text', name: 'code', inputMode: 'numeric', autocomplete: 'one-time-code', maxLength: 32, class: 'code-input' }}>
      <button type="button" class="button" disabled={busy || left > 0} onClick={resend}>{t('acc.resend')}</button>
      {left > 0 && <span class="quiet tabular">{t('acc.resendIn', { n: left })}</span>}
    </Asked>
  );
}

export function PasswordStep(props: Props) {
  const hint = props.account.passwordHint;
  return <Asked {...props} label={t('acc.password')} lead={hint ? t('acc.passwordHint', { hint }) : t('acc.passwordText')} input={{ type: 'password', name: 'password', autocomplete: 'current-password', maxLength: 256 }} />;
}

function Asked({ account, busy, give, cancel, label, lead, input, children }: Props & {
  label: string; lead: string; input: Record<string, string | number>; children?: ComponentChildren;
}) {
  const value = useSignal('');
  const field = useRef<HTMLInputElement>(null);
  const waits = floodLeft(account) > 0;
  const refused = waits ? '' : account.refused ?? '';
  useEffect(() => { field.current?.focus(); }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    const typed = value.peek();
    value.value = '';
    void give(typed).then(() => { field.current?.focus(); });
  };
  return (
    <form class="step-box" onSubmit={submit}>
      <p>{lead}</p>
      <label class="field">{label}
        <input ref={field} {...input} required value={value.value} aria-invalid={refused !== ''} aria-describedby="step-problem" onInput={(event) => { value.value = event.currentTarget.value; }} /></label>
      <p id="step-problem" role="alert" class={refused ? 'said-bad' : 'said-none'}>{refused && <><Icon name="bad" size={16} /><span>{refusedWords(refused)}</span></>}</p>
      <Flood account={account} />
      <p class="step-buttons">
        <button type="submit" class="button primary" disabled={busy || waits || value.value === ''}>{t('acc.next')}</button>
        {children}
        <span class="spacer" />
        <button type="button" class="button" disabled={busy} onClick={cancel}>{t('acc.otherWay')}</button>
      </p>
    </form>
  );
}
