// Asks Telegram now for what this channel lacks, and says what came of it.
import { useSignal } from '@preact/signals';
import { post, unreachable } from '../api/client.ts';
import { reload } from '../api/resource.ts';
import type { Channel } from '../api/types.ts';
import { channelsPath } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

interface Synced { totalMessagesSaved: number; completed: boolean; error?: string }

export function SyncChannel({ channel, label }: { channel: Channel; label?: string }) {
  const busy = useSignal(false);
  const said = useSignal('');
  const sync = async (): Promise<void> => {
    busy.value = true;
    said.value = '';
    try {
      const { data } = await post<Synced>('telegram-gateway/sync-messages', { channels: [channel.channelId], wait: 20 });
      said.value = data.error ?? (data.completed ? t('app.synced', { n: data.totalMessagesSaved }) : t('c.syncGoesOn'));
      await reload(channelsPath);
    } catch (error) { said.value = (error as Error).message; }
    busy.value = false;
  };
  return (
    <>
      <button type="button" class="button" disabled={busy.value || unreachable.value !== null} onClick={() => { void sync(); }}><Icon name="sync" size={15} />{busy.value ? t('app.syncing') : label ?? t('app.sync')}</button>
      <span class={said.value ? 'quiet small said' : 'sr'} role="status">{said.value}</span>
    </>
  );
}
