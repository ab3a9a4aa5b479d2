import { useSignal } from '@preact/signals';
import { post } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { whyNot } from '../shell/may.ts';
import { Icon } from '../ui/Icon.tsx';

export function SyncButton() {
  const busy = useSignal(false);
  const said = useSignal('');
  const sync = async (): Promise<void> => {
    busy.value = true;
    said.value = '';
    try {
      const { data } = await post<{ totalMessagesSaved?: number; error?: string }>('telegram-gateway/sync-messages', { wait: 5 });
      said.value = data.error ?? t('app.synced', { n: data.totalMessagesSaved ?? 0 });
    } catch (error) { said.value = (error as Error).message; }
    busy.value = false;
  };
  const why = whyNot('consume');
  return (
    <span class="sync">
      <button type="button" class="button not-phone" disabled={busy.value || why !== ''} title={why || undefined} aria-describedby={why ? 'sync-why' : undefined} onClick={() => { void sync(); }}>
        <Icon name="sync" size={15} />{busy.value ? t('app.syncing') : t('app.sync')}
      </button>
      {why && <span id="sync-why" class="sr">{why}</span>}
      <span class={said.value ? 'sync-said' : 'sr'} role="status">{said.value}</span>
    </span>
  );
}
