// What can be done with the channels that are selected. Each button says with how many.
import { useSignal } from '@preact/signals';
import { apiUrl } from '../api/client.ts';
import type { Channel } from '../api/types.ts';
import { list } from '../app/format.ts';
import { t, type Key } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { Icon } from '../ui/Icon.tsx';
import { change, fetchHistory, forEach, type Done } from './bulk.ts';

interface Said { key: Key; result: Done }

export function Selected({ channels, all, onAll, onNone }: { channels: Channel[]; all: number; onAll: () => void; onNone: () => void }) {
  const busy = useSignal(false);
  const said = useSignal<Said | null>(null);
  const n = channels.length;
  if (n === 0 && !said.value) return null;
  const run = async (key: Key, act: (channel: Channel) => Promise<unknown>): Promise<void> => {
    busy.value = true;
    said.value = null;
    said.value = { key, result: await forEach(channels, act) };
    busy.value = false;
    if (said.peek()?.result.failed.length === 0) onNone();
  };
  const off = busy.value || n === 0 || offBecause() !== undefined;
  const active = channels.filter(({ isActive }) => isActive);
  const ids = channels.map(({ channelId }) => channelId).join(',');
  return (
    <section class="card selected-bar" aria-label={t('c.selectedLabel')}>
      {n > 0 && <div class="line-between">
        <b class="tabular">{t('c.selected', { n })}</b>
        {n < all && <button type="button" class="button small" onClick={onAll}>{t('c.selectAll', { n: all })}</button>}
        <button type="button" class="button small" onClick={onNone}>{t('c.selectNone')}</button>
        <span class="spacer" />
        <button type="button" class="button" disabled={off} onClick={() => { void run('c.historyBegun', fetchHistory); }}><Icon name="busy" size={14} />{t('c.fetchHistory', { n })}</button>
        {active.length > 0
          ? <button type="button" class="button" disabled={off} onClick={() => { void run('c.paused', (one) => change(one, { isActive: false })); }}><Icon name="stopped" size={14} />{t('c.pause', { n: active.length })}</button>
          : <button type="button" class="button" disabled={off} onClick={() => { void run('c.resumed', (one) => change(one, { isActive: true })); }}><Icon name="go" size={14} />{t('c.resume', { n })}</button>}
        {(['csv', 'ndjson'] as const).map((format) => (
          <a key={format} class="button" download href={apiUrl(`messages/export?format=${format}&sort=oldest&includeDeleted=true&channelId=${encodeURIComponent(ids)}`)}
            aria-label={t('c.exportAs', { n, format: format.toUpperCase() })}><Icon name="download" size={14} />{format.toUpperCase()}</a>
        ))}
      </div>}
      <p role="status" class={said.value ? undefined : 'sr'}>
        {said.value && <>{t(said.value.key, { n: said.value.result.done })}{said.value.result.failed.length > 0 && <span class="bad">; {t('c.failed', { n: said.value.result.failed.length })}: {list(said.value.result.failed.map(({ title, why }) => `${title}: ${why}`))}</span>}
          {' '}<button type="button" class="icon-button small" aria-label={t('app.close')} onClick={() => { said.value = null; }}><Icon name="close" size={14} /></button></>}
      </p>
    </section>
  );
}
