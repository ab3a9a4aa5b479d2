// How to sign in: by a code that Telegram's app scans, by phone number, or as a bot.
import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { t, type Key } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Flood, floodLeft } from './Flood.tsx';
import { refusedWords } from './words.ts';

export type Begin = (account: string, body: Record<string, string>) => void;
export type Method = 'qr' | 'phone' | 'bot';
const methods: [Method, Key, Key][] = [['qr', 'acc.qr', 'acc.qrHint'], ['phone', 'acc.phone', 'acc.phoneHint'], ['bot', 'acc.botMethod', 'acc.botHint']];

export function MethodStep({ account, name, fixed, busy, waiting, method, begin }: {
  account?: Account; name: string; fixed: boolean; busy: boolean; waiting: boolean; method: Signal<Method>; begin: Begin;
}) {
  const called = useSignal(name);
  const value = useSignal('');
  const field = useRef<HTMLInputElement>(null);
  const as = fixed ? name : called.value;
  const refused = account && (account.stage === 'phone' || account.stage === 'closed') && account.refused ? account.refused : '';
  const waits = floodLeft(account) > 0;
  useEffect(() => { if (refused) field.current?.focus(); }, [refused]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const typed = value.peek().trim();
    value.value = '';
    if (method.peek() === 'qr') begin(as, { method: 'qr' });
    else begin(as, method.peek() === 'phone' ? { method: 'phone', phone: typed } : { method: 'bot', token: typed });
  };
  return (
    <form class="step-box" onSubmit={submit} autocomplete="off">
      <fieldset class="methods">
        <legend>{t('acc.how')}</legend>
        {methods.map(([id, title, hint]) => (
          <label key={id} class="method"><input type="radio" name="method" value={id} checked={method.value === id} onChange={() => { method.value = id; value.value = ''; }} />
            <span><b>{t(title)}</b><span class="quiet small">{t(hint)}</span></span></label>
        ))}
      </fieldset>
      {method.value === 'phone' && (
        <label class="field">{t('acc.number')}
          <input ref={field} key="phone" type="tel" name="phone" autocomplete="tel" inputMode="tel" required maxLength={32} placeholder="+55 11 90000-0000" value={value.value}
            aria-invalid={refused !== ''} aria-describedby="method-problem" onInput={(event) => { value.value = event.currentTarget.value; }} /></label>
      )}
      {method.value === 'bot' && (
        <label class="field">{t('acc.token')}
          <input ref={field} key="token" type="password" name="token" autocomplete="off" required maxLength={128} value={value.value} spellcheck={false}
            aria-invalid={refused !== ''} aria-describedby="method-problem" onInput={(event) => { value.value = event.currentTarget.value; }} /></label>
      )}
      <p id="method-problem" role="alert" class={refused && !waits ? 'said-bad' : 'said-none'}>{refused && !waits && <><Icon name="bad" size={16} /><span>{refusedWords(refused)}</span></>}</p>
      <Flood account={account} />
      {!fixed && (
        <label class="field">{t('acc.name')}
          <input type="text" name="account" required maxLength={32} pattern="[a-z0-9_\-]+" title={t('acc.nameHint')} value={called.value} spellcheck={false} autocapitalize="off" aria-describedby="name-hint"
            onInput={(event) => { called.value = event.currentTarget.value; }} /><span id="name-hint" class="quiet small plain-weight">{t('acc.nameHint')}</span></label>
      )}
      <p class="step-buttons">
        <button type="submit" class="button primary" disabled={busy || waits}>{t(method.value === 'qr' ? 'acc.showQr' : method.value === 'phone' ? 'acc.sendCode' : 'acc.signIn')}</button>
        <span class="quiet" role="status">{waiting ? t('acc.connectingText') : ''}</span>
      </p>
      <p class="quiet small">{t('acc.reads')}</p>
    </form>
  );
}
