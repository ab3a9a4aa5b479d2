// Asks for what a channel lacks, now.
import { useSignal } from '@preact/signals';
import { ApiError, post, unreachable } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

interface Synced { totalMessagesSaved: number; completed: boolean; error?: string }

/** `onEnd`: the fetch has ended, so that what was not there can be looked for again. */
export function FetchHole({ peer, onEnd }: { peer: string; onEnd?: () => void }) {
  const busy = useSignal(false);
  const said = useSignal('');
  const ask = async (): Promise<void> => {
    busy.value = true;
    said.value = '';
    try {
      const { data } = await post<Synced>('telegram-gateway/sync-messages', { channels: [peer], wait: 20 });
      said.value = data.error ?? (data.completed ? t('rd.holeFetched', { n: data.totalMessagesSaved }) : t('rd.holeUnderWay'));
      onEnd?.();
    } catch (error) {
      said.value = error instanceof ApiError && error.status === 403 ? t('rd.needsConsume') : (error as Error).message;
    }
    busy.value = false;
  };
  return (
    <>
      <span role="status" class={said.value ? 'small' : 'sr'}>{said.value}</span>
      <button type="button" class="button small" disabled={busy.value || unreachable.value !== null} onClick={(event) => { event.stopPropagation(); void ask(); }}>
        <Icon name="sync" size={13} />{busy.value ? t('app.syncing') : t('rd.fetchNow')}
      </button>
    </>
  );
}
