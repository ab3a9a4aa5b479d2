// Asks Telegram now for what a channel lacks, or all of them, and says what came of it.
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { post } from '../api/client.ts';
import { reload } from '../api/resource.ts';
import { channelsPath } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { whyNot } from '../shell/may.ts';
import { Icon } from '../ui/Icon.tsx';

interface Synced { totalMessagesSaved?: number; completed?: boolean; error?: string }
interface Props { peer?: string; label?: string; class?: string; said?: string; onEnd?: () => void }

/** `onEnd`: the fetch has ended, so that what was not there can be looked for again. */
export function Sync({ peer, label = t('app.sync'), class: className = '', said: saidClass = 'quiet small said', onEnd }: Props) {
  const busy = useSignal(false);
  const said = useSignal('');
  const id = useId();
  const sync = async (): Promise<void> => {
    busy.value = true;
    said.value = '';
    try {
      const { data } = await post<Synced>('telegram-gateway/sync-messages', peer ? { channels: [peer], wait: 20 } : { wait: 5 });
      said.value = data.error ?? (data.completed === false ? t('c.syncGoesOn') : t('app.synced', { n: data.totalMessagesSaved ?? 0 }));
      if (peer) await reload(channelsPath);
      onEnd?.();
    } catch (error) { said.value = (error as Error).message; }
    busy.value = false;
  };
  const why = whyNot('consume');
  return (
    <>
      <button type="button" class={`button ${className}`} disabled={busy.value || why !== ''} title={why || undefined} aria-describedby={why ? id : undefined} onClick={(event) => { event.stopPropagation(); void sync(); }}>
        <Icon name="sync" size={15} />{busy.value ? t('app.syncing') : label}
      </button>
      {why && <span id={id} class="sr">{why}</span>}
      <span class={said.value ? saidClass : 'sr'} role="status">{said.value}</span>
    </>
  );
}
