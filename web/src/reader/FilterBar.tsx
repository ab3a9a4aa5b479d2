// Filters of the reader; every one is in the address.
import { useSignal } from '@preact/signals';
import { request } from '../api/client.ts';
import type { Channel, Message } from '../api/types.ts';
import { dayKey, startOfDay } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import type { Filters } from './feed.ts';

export function FilterBar({ filters, onChange }: { filters: Filters; onChange: (change: Partial<Filters>) => void }) {
  const q = useSignal(filters.q);
  return (
    <form class="filter-bar" role="search" aria-label={t('r.filters')} onSubmit={(event) => { event.preventDefault(); onChange({ q: q.peek().trim() }); }}>
      <label class="filter"><Icon name="search" size={15} /><span class="sr">{t('r.find')}</span>
        <input id="message-filter" type="search" placeholder={t('r.find')} value={q.value} onInput={(event) => { q.value = event.currentTarget.value; if (q.peek() === '' && filters.q) onChange({ q: '' }); }} />
      </label>
      <label class="check"><input type="checkbox" checked={filters.media} onChange={(event) => onChange({ media: event.currentTarget.checked })} />{t('r.mediaOnly')}</label>
      <label class="check"><input type="checkbox" checked={filters.deleted === 'hide'} onChange={(event) => onChange({ deleted: event.currentTarget.checked ? 'hide' : '' })} />{t('r.hideDeleted')}</label>
      <label class="select"><span class="sr">{t('r.origin')}</span><Icon name="chevron" size={14} />
        <select value={filters.origin} onChange={(event) => onChange({ origin: event.currentTarget.value })}>
          <option value="">{t('r.origin')}: {t('r.anyOrigin')}</option><option value="live">{t('r.live')}</option><option value="catchup">{t('r.caughtUpPlain')}</option><option value="backfill">{t('r.history')}</option><option value="import">{t('r.imported')}</option>
        </select>
      </label>
      {(filters.q || filters.media || filters.origin || filters.deleted || filters.sender) && (
        <button type="button" class="button small" onClick={() => { q.value = ''; onChange({ q: '', media: false, origin: '', deleted: '', sender: '' }); }}>{t('r.clearFilters')}</button>
      )}
    </form>
  );
}

/** Leads to the first message of a day of the chosen time zone, or to the first one after it. */
export function DateForm({ channel, date, onGo }: { channel: Channel; date: string; onGo: (message: Message) => void }) {
  const day = useSignal(date ? dayKey(date) : '');
  const problem = useSignal('');
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    problem.value = '';
    try {
      const from = startOfDay(day.peek()).toISOString();
      const query = new URLSearchParams({ channelId: channel.channelId, sort: 'oldest', limit: '1', includeDeleted: 'true', from });
      const { data } = await request<Message[]>(`messages?${query.toString()}`);
      if (data[0]) onGo(data[0]); else problem.value = t('r.noMessages');
    } catch (error) { problem.value = (error as Error).message; }
  };
  return (
    <form class="filter-bar" onSubmit={(event) => { void go(event); }}>
      <label class="field-inline">{t('r.day')} <input id="date-field" type="date" required value={day.value} onInput={(event) => { day.value = event.currentTarget.value; }} /></label>
      <button type="submit" class="button small">{t('r.goDate')}</button>
      <span role="status" class="small quiet">{problem.value}</span>
    </form>
  );
}
