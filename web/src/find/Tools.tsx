// What can be done with a search: order, rule, links, export of all that it finds.
import { useSignal } from '@preact/signals';
import { apiUrl } from '../api/client.ts';
import { href } from '../app/links.ts';
import { zone } from '../app/settings.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { toApi, type Search } from './filters.ts';

function ruleAddress({ text, chips }: Search): string {
  const out = new URLSearchParams();
  if (text.trim()) out.set('text', text.trim());
  const all = chips.filter(({ name }) => name === 'channel').map(({ value }) => value);
  if (all.length > 0) out.set('channel', all.join(','));
  return href(`rules/new?${out.toString()}`);
}

export function Tools({ asked, onSort }: { asked: Search; onSort: (sort: Search['sort']) => void }) {
  const said = useSignal('');
  const query = toApi(asked, zone()).toString();
  const copy = async (text: string): Promise<void> => {
    try { await navigator.clipboard.writeText(text); said.value = t('app.copied'); } catch { said.value = t('set.install'); }
  };
  return (
    <div class="search-tools">
      <span class={said.value ? 'quiet small' : 'sr'} role="status">{said.value}</span>
      <a class="button" href={ruleAddress(asked)}><Icon name="rule" size={14} />{t('s.makeRule')}</a>
      <button type="button" class="button" onClick={() => { void copy(location.href); }}><Icon name="link" size={14} />{t('i.copyLink')}</button>
      <button type="button" class="button" onClick={() => { void copy(apiUrl(`messages?${query}`)); }}><Icon name="copy" size={14} />{t('s.copyCall')}</button>
      {(['csv', 'ndjson'] as const).map((format) => (
        <a key={format} class="button" href={apiUrl(`messages/export?format=${format}&${query}`)} download aria-label={t('s.exportAs', { format: format.toUpperCase() })}><Icon name="download" size={14} />{format.toUpperCase()}</a>
      ))}
      <label class="select"><span class="sr">{t('ch.sort')}</span><Icon name="chevron" size={14} />
        <select value={asked.sort} onChange={(event) => onSort(event.currentTarget.value === 'oldest' ? 'oldest' : 'newest')}>
          <option value="newest">{t('s.newestFirst')}</option><option value="oldest">{t('s.oldestFirst')}</option>
        </select></label>
    </div>
  );
}
