// What happens with a message that matches.
import { useApi } from '../api/resource.ts';
import type { Destination } from '../api/types.ts';
import { useChannels, useOverview } from '../app/useOverview.ts';
import { listPath } from '../deliver/act.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Chips, Choices } from './Chips.tsx';
import { Problems } from './Problems.tsx';
import type { FormProps } from './When.tsx';

export function Then({ draft, problems, change }: FormProps) {
  const destinations = useApi<Destination[]>(listPath).data ?? [];
  const accounts = useOverview().data?.accounts.map(({ name }) => name) ?? [];
  const channels = useChannels().data ?? [];
  const routable = [...new Set([...destinations.filter(({ kind }) => kind === 'broker' || kind === 'webhook').map(({ name }) => name), ...draft.route])];
  const setAlert = (i: number, part: Partial<(typeof draft.alert)[number]>): void => change({ alert: draft.alert.map((one, at) => (at === i ? { ...one, ...part } : one)) });
  const setForward = (i: number, part: Partial<(typeof draft.forward)[number]>): void => change({ forward: draft.forward.map((one, at) => (at === i ? { ...one, ...part } : one)) });
  return (
    <section class="card rule-part" aria-labelledby="then-title">
      <h2 id="then-title">{t('ru.then')}</h2>
      <Problems of="actions" all={problems.filter(({ field }) => field === 'actions')} />
      {routable.length > 0
        ? <Choices label={t('ru.route')} values={draft.route} options={routable.map((value) => ({ value, label: value }))} onChange={(route) => change({ route })} />
        : <p class="quiet">{t('ru.noRoute')}</p>}
      <Problems of="actions.route" all={problems} />
      <Chips label={t('ru.tag')} values={draft.tag} onChange={(tag) => change({ tag })} />
      <Problems of="actions.tag" all={problems} />
      <div class="field"><span>{t('ru.alert')}</span>
        {draft.alert.map((one, i) => (
          <div key={i} class="target-row">
            <select class="plain-select" aria-label={t('ru.alertBy')} value={one.kind} onChange={(event) => setAlert(i, { kind: event.currentTarget.value as 'webhook' | 'email' })}><option value="webhook">{t('ru.webhook')}</option><option value="email">{t('ru.email')}</option></select>
            <input type={one.kind === 'email' ? 'email' : 'url'} aria-label={t('ru.alertTo')} placeholder={one.kind === 'email' ? 'desk@example.org' : 'https://desk.example.org/alerts'} value={one.to} onInput={(event) => setAlert(i, { to: event.currentTarget.value })} />
            <RemoveButton name={one.to} onClick={() => change({ alert: draft.alert.filter((_, at) => at !== i) })} />
          </div>
        ))}
        <Problems of="actions.alert" all={problems} />
        {draft.alert.length < 5 && <button type="button" class="button small" onClick={() => change({ alert: [...draft.alert, { kind: 'webhook', to: '' }] })}>{t('ru.addAlert')}</button>}
      </div>
      <div class="field"><span>{t('ru.forward')}</span>
        {draft.forward.map((one, i) => (
          <div key={i} class="target-row">
            <input type="text" list="rule-accounts" aria-label={t('ru.account')} placeholder={t('ru.account')} value={one.account} onInput={(event) => setForward(i, { account: event.currentTarget.value })} />
            <input type="text" list="rule-chats" aria-label={t('ru.chat')} placeholder={t('ru.chat')} value={one.to} onInput={(event) => setForward(i, { to: event.currentTarget.value })} />
            <select class="plain-select" aria-label={t('ru.as')} value={one.copy ? 'copy' : 'forward'} onChange={(event) => setForward(i, { copy: event.currentTarget.value === 'copy' })}><option value="forward">{t('ru.asForward')}</option><option value="copy">{t('ru.asCopy')}</option></select>
            <RemoveButton name={one.to} onClick={() => change({ forward: draft.forward.filter((_, at) => at !== i) })} />
          </div>
        ))}
        <Problems of="actions.forward" all={problems} />
        {draft.forward.length < 5 && <button type="button" class="button small" onClick={() => change({ forward: [...draft.forward, { account: accounts[0] ?? '', to: '', copy: false }] })}>{t('ru.addForward')}</button>}
        <datalist id="rule-accounts">{accounts.map((name) => <option key={name} value={name} />)}</datalist>
        <datalist id="rule-chats">{channels.map(({ channelId, title }) => <option key={channelId} value={channelId}>{title}</option>)}</datalist>
      </div>
      <label class="check"><input type="checkbox" checked={draft.redacts} onChange={(event) => change({ redacts: event.currentTarget.checked, redact: draft.redact || '[…]' })} />{t('ru.redact')}</label>
      {draft.redacts && <input type="text" class="plain-select" aria-label={t('ru.redactWith')} value={draft.redact} onInput={(event) => change({ redact: event.currentTarget.value })} />}
      <Problems of="actions.redact" all={problems} />
      <label class="check"><input type="checkbox" checked={draft.drop} onChange={(event) => change({ drop: event.currentTarget.checked })} />{t('ru.drop')}</label>
      <Problems of="actions.drop" all={problems} />
    </section>
  );
}

function RemoveButton({ name, onClick }: { name: string; onClick: () => void }) {
  return <button type="button" class="icon-button" aria-label={t('ru.remove', { name })} onClick={onClick}><Icon name="close" size={15} /></button>;
}
