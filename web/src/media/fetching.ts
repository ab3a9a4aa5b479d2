// Files that a person asked for. Kept by message, so that rows may come and go while one is on its way.
import { signal } from '@preact/signals';
import { ApiError, post } from '../api/client.ts';
import { t } from '../i18n/index.ts';

export interface Fetching { state: 'waiting' | 'here' | 'failed'; url?: string; problem?: string }
const all = signal<ReadonlyMap<string, Fetching>>(new Map());
const lookEveryMs = 1_500;
const patienceMs = 10 * 60_000;

export const fetching = (id: string): Fetching | undefined => all.value.get(id);
export const fetched = (id: string): string | undefined => all.value.get(id)?.url;
const note = (id: string, now: Fetching): void => { all.value = new Map(all.peek()).set(id, now); };

export async function fetchFile(id: string): Promise<void> {
  if (all.peek().get(id)?.state === 'waiting') return;
  note(id, { state: 'waiting' });
  const end = Date.now() + patienceMs;
  try {
    for (;;) {
      const { data } = await post<{ state: string; url?: string }>(`telegram-gateway/media/${encodeURIComponent(id)}/fetch`);
      if (data.state === 'here' && data.url) { note(id, { state: 'here', url: data.url }); return; }
      if (Date.now() > end) { note(id, { state: 'failed', problem: t('rd.fetchSlow') }); return; }
      await new Promise((resume) => setTimeout(resume, lookEveryMs));
    }
  } catch (error) {
    const away = error instanceof ApiError && error.status === 503;
    note(id, { state: 'failed', problem: away ? t('rd.fetchAway') : (error as Error).message });
  }
}
