// A token is made, shown this once, and copied; closing the dialog forgets it.
import { useSignal } from '@preact/signals';
import { ApiError, post } from '../api/client.ts';
import { t, type Key } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { CopyButton } from './CopyButton.tsx';
import { tokensPath, type Token } from './TokensTab.tsx';

const scopes = ['read', 'consume', 'admin'];
const days = ['30', '90', '365', ''];
type Made = Token & { secret: string };

export function NewToken({ onClose }: { onClose: () => void }) {
  const made = useSignal<Made | null>(null);
  return (
    <Dialog title={made.value ? t('tok.madeTitle', { name: made.value.name }) : t('tok.new')} onClose={onClose} closable={made.value === null}>
      {made.value ? <Shown token={made.value} onClose={onClose} /> : <Form onMade={(token) => { made.value = token; }} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ onMade, onClose }: { onMade: (token: Made) => void; onClose: () => void }) {
  const name = useSignal('');
  const scope = useSignal('read');
  const lasts = useSignal('90');
  const problem = useSignal('');
  const busy = useSignal(false);
  const fits = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(name.value);
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    problem.value = '';
    try {
      const { data } = await post<Made>(tokensPath, { name: name.peek(), scopes: [scope.peek()], ...(lasts.peek() ? { expiresInDays: Number(lasts.peek()) } : {}) });
      onMade(data);
    } catch (error) { problem.value = error instanceof ApiError && error.status === 409 ? t('tok.taken', { name: name.peek() }) : (error as Error).message; }
    busy.value = false;
  };
  return (
    <form class="new-token" onSubmit={(event) => { void make(event); }}>
      <label class="field">{t('tok.name')}
        <input type="text" autofocus required spellcheck={false} autocomplete="off" maxLength={64} value={name.value} aria-describedby="token-name-hint" aria-invalid={name.value !== '' && !fits} onInput={(event) => { name.value = event.currentTarget.value.trim(); }} />
        <span id="token-name-hint" class={`small ${name.value !== '' && !fits ? 'bad' : 'quiet'}`}>{t('tok.nameHint')}</span>
      </label>
      <fieldset class="choices"><legend>{t('tok.may')}</legend>
        {scopes.map((one) => (
          <label key={one}><input type="radio" name="scope" value={one} checked={scope.value === one} onChange={() => { scope.value = one; }} /><span><b>{one}</b><span class="quiet small">{t(`tok.scope.${one}` as Key)}</span></span></label>
        ))}
      </fieldset>
      <label class="field">{t('tok.expires')}
        <select class="plain-select" value={lasts.value} onChange={(event) => { lasts.value = event.currentTarget.value; }}>{days.map((one) => <option key={one} value={one}>{one ? t('tok.inDays', { n: Number(one) }) : t('tok.never')}</option>)}</select>
      </label>
      <p class="bad" role="alert">{problem.value}</p>
      <div class="form-foot"><button type="button" class="button" onClick={onClose}>{t('app.cancel')}</button><button type="submit" class="button primary" disabled={busy.value || !fits}>{t('tok.make')}</button></div>
    </form>
  );
}

function Shown({ token, onClose }: { token: Made; onClose: () => void }) {
  const call = `curl -H 'Authorization: Bearer ${token.secret}' ${new URL('../api/messages?limit=1', document.baseURI).href}`;
  return (
    <div class="new-token">
      <p class="once"><Icon name="warn" size={16} class="warn" />{t('tok.once')}</p>
      <p class="secret"><code data-secret>{token.secret}</code></p>
      <p class="form-foot start"><CopyButton text={token.secret} label={t('tok.copy')} worded primary /><CopyButton text={call} label={t('tok.copyCall')} worded /></p>
      <p class="quiet small">{t('tok.send')}</p>
      <div class="form-foot"><button type="button" class="button" onClick={onClose}>{t('tok.stored')}</button></div>
    </div>
  );
}
