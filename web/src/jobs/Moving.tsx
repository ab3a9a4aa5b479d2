// What is stored, out as a file; and how a file comes in.
import { useSignal } from '@preact/signals';
import { apiUrl } from '../api/client.ts';
import { zone } from '../app/settings.ts';
import { useChannels } from '../app/useOverview.ts';
import { toApi, type Chip } from '../find/filters.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Import } from './Import.tsx';

export function Moving() {
  const channels = useChannels();
  const channel = useSignal('');
  const after = useSignal('');
  const before = useSignal('');
  const chips: Chip[] = [];
  if (channel.value) chips.push({ name: 'channel', value: channel.value });
  if (after.value) chips.push({ name: 'after', value: after.value });
  if (before.value) chips.push({ name: 'before', value: before.value });
  const query = toApi({ text: '', chips, sort: 'oldest' }, zone()).toString();
  return (
    <div class="halves">
      <section class="card pad-card" aria-labelledby="export-title">
        <h2 id="export-title">{t('job.export')}</h2>
        <p class="quiet small">{t('j.exportText')}</p>
        <div class="export-form">
          <label class="select"><span class="sr">{t('s.channel')}</span><Icon name="chevron" size={14} /><select value={channel.value} onChange={(event) => { channel.value = event.currentTarget.value; }}>
            <option value="">{t('s.any')}</option>{(channels.data ?? []).map((one) => <option key={one.channelId} value={one.channelId}>{one.title}</option>)}</select></label>
          <label class="field-inline">{t('s.from')} <input type="date" value={after.value} onChange={(event) => { after.value = event.currentTarget.value; }} /></label>
          <label class="field-inline">{t('s.to')} <input type="date" value={before.value} onChange={(event) => { before.value = event.currentTarget.value; }} /></label>
        </div>
        <p class="line-between">{(['csv', 'ndjson'] as const).map((format) => (
          <a key={format} class="button" download href={apiUrl(`messages/export?format=${format}&${query}`)} aria-label={t('s.exportAs', { format: format.toUpperCase() })}><Icon name="download" size={14} />{format.toUpperCase()}</a>
        ))}</p>
        <p class="quiet small">{t('j.exportMore')} <code>telegram-gateway export --format html -o archive</code></p>
      </section>
      <section class="card pad-card" aria-labelledby="import-title">
        <h2 id="import-title">{t('job.import')}</h2>
        <Import />
      </section>
    </div>
  );
}
