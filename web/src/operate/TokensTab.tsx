import { useSignal } from '@preact/signals';
import { request, session } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import { now } from '../app/clock.ts';
import { full, shortDate, span, year } from '../app/format.ts';
import { t, type Key } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { may, whyNot } from '../shell/may.ts';
import { NewToken } from './NewToken.tsx';
import { ThisSession } from './ThisSession.tsx';

export interface Token {
  id?: string; name: string; hint: string; scopes: string[]; origin: 'configuration' | 'dashboard'; current: boolean; expired: boolean;
  createdAt?: string; expiresAt?: string; lastUsedAt?: string;
}
export const tokensPath = 'telegram-gateway/tokens';

export function TokensTab() {
  const tokens = useApi<Token[]>(may('admin') ? tokensPath : null);
  const making = useSignal(false);
  const revoking = useSignal<Token | null>(null);
  const why = whyNot('admin');
  return (
    <>
      <ThisSession />
      <section class="card tokens" aria-labelledby="tokens-title">
        <header class="card-head"><h2 id="tokens-title">{t('set.tab.tokens')}</h2><span class="spacer" />
          <button type="button" class="button primary" disabled={why !== ''} aria-describedby={why ? 'tokens-why' : undefined} onClick={() => { making.value = true; }}><Icon name="token" size={15} />{t('tok.new')}</button>
        </header>
        {why && <p id="tokens-why" class="quiet pad">{why}</p>}
        {session.value && !session.value.required && <p class="quiet pad">{t('tok.open')}</p>}
        {may('admin') && (
          <Loaded from={tokens} what={t('set.tab.tokens')} rows={3} retry={() => { void reload(tokensPath); }}>
            {(list) => list.length === 0 ? <Empty icon="token" title={t('tok.none')}>{t('tok.noneText')}</Empty> : <Table list={list} why={why} onRevoke={(token) => { revoking.value = token; }} />}
          </Loaded>
        )}
      </section>
      {making.value && <NewToken onClose={() => { making.value = false; void reload(tokensPath); }} />}
      {revoking.value && <Revoke token={revoking.value} onClose={() => { revoking.value = null; void reload(tokensPath); }} />}
    </>
  );
}

const day = (at: string): string => (year(at) === year(now.value) ? shortDate(at) : `${shortDate(at)} ${year(at)}`);

function Table({ list, why, onRevoke }: { list: Token[]; why: string; onRevoke: (token: Token) => void }) {
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={t('set.tab.tokens')}>
      <table class="table stack tall-rows tokens-table">
        <thead><tr><th>{t('tok.name')}</th><th>{t('tok.begins')}</th><th>{t('tok.scopes')}</th><th>{t('tok.made')}</th><th>{t('tok.expires')}</th><th>{t('tok.used')}</th><th><span class="sr">{t('tok.revoke')}</span></th></tr></thead>
        <tbody>
          {list.map((token) => (
            <tr key={token.id ?? token.name} data-token={token.name}>
              <td><span class="named"><b><bdi>{token.name}</bdi></b>{token.current && <span class="badge badge-busy">{t('tok.current')}</span>}{token.expired && <span class="badge badge-warn">{t('tok.expired')}</span>}</span></td>
              <td data-label={t('tok.begins')}><code>{token.hint}</code></td>
              <td data-label={t('tok.scopes')}>{token.scopes.join(', ')}</td>
              <td data-label={t('tok.made')}>{token.createdAt ? <span title={full(token.createdAt)}>{day(token.createdAt)}</span> : t('tok.configuration')}</td>
              <td data-label={t('tok.expires')}>{token.expiresAt ? <span title={full(token.expiresAt)}>{day(token.expiresAt)}</span> : t('tok.never')}</td>
              <td data-label={t('tok.used')}>{token.lastUsedAt ? <span title={full(token.lastUsedAt)}>{t('tok.ago', { span: span((now.value - Date.parse(token.lastUsedAt)) / 1000) })}</span> : t('tok.unused')}</td>
              <td class="num">{token.id ? <button type="button" class="button small" disabled={why !== ''} aria-label={t('tok.revokeOf', { name: token.name })} onClick={() => onRevoke(token)}>{t('tok.revoke')}</button> : <span class="quiet small">{t('tok.inFile')}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Revoke({ token, onClose }: { token: Token; onClose: () => void }) {
  const problem = useSignal('');
  const busy = useSignal(false);
  const revoke = async (): Promise<void> => {
    busy.value = true;
    try {
      await request(`${tokensPath}/${encodeURIComponent(token.id ?? '')}`, { method: 'DELETE' });
      onClose();
    } catch (error) { problem.value = (error as Error).message; }
    busy.value = false;
  };
  return (
    <Dialog title={t('tok.revokeTitle', { name: token.name })} onClose={onClose}>
      <div class="dialog-text"><p>{t(token.current ? 'tok.revokeOwn' as Key : 'tok.revokeText')}</p><p class="bad" role="alert">{problem.value}</p></div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>{t('app.cancel')}</button>
        <button type="button" class="button danger" disabled={busy.value} onClick={() => { void revoke(); }}>{t('tok.revokeOf', { name: token.name })}</button>
      </footer>
    </Dialog>
  );
}
