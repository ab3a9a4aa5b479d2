// An export of Telegram Desktop, sent in parts. What was sent stays a day: the same file, chosen again, goes on there.
import { useSignal } from '@preact/signals';
import { post, request, type Answer } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import type { Job } from '../api/types.ts';
import { size } from '../app/format.ts';
import { t, word } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { outcome } from './outcome.ts';

interface Upload { id: string; received: number; partBytes: number }
const path = 'telegram-gateway/imports';

export function Import() {
  const jobs = useApi<Job[]>('telegram-gateway/jobs');
  const id = useSignal('');
  const sent = useSignal<{ bytes: number; of: number } | null>(null);
  const problem = useSignal('');
  const job = jobs.data?.find((one) => one.id === id.value);
  const off = offBecause();

  const send = async (file: File): Promise<void> => {
    try {
      let { data } = await post<Upload>(path, { name: file.name, size: file.size, modified: new Date(file.lastModified) });
      id.value = data.id;
      void reload('telegram-gateway/jobs');
      while (data.received < file.size) {
        sent.value = { bytes: data.received, of: file.size };
        const part: Answer<Upload> = await request(`${path}/${data.id}/parts?offset=${data.received}`, {
          method: 'PUT', body: file.slice(data.received, data.received + data.partBytes), headers: { 'Content-Type': 'application/octet-stream' },
        });
        data = part.data;
      }
    } catch (error) { problem.value = `${(error as Error).message} ${t('j.again')}`; }
    sent.value = null;
    void reload('telegram-gateway/jobs');
  };
  const said = sent.value ? t('j.uploading') : job?.finishedAt ? `${word('jobState', job.state)}: ${outcome(job) ?? ''}. ${job.error ?? ''}` : problem.value || (job && t('j.importing'));
  return (
    <>
      <p class="quiet small">{t('j.importText')}</p>
      <label class="field">{t('j.importFile')} <input type="file" accept=".json" disabled={off !== undefined} title={off} onChange={({ currentTarget: input }) => {
        const file = input.files?.[0];
        input.value = '';
        if (!file || sent.peek()) return;
        id.value = problem.value = '';
        sent.value = { bytes: 0, of: file.size };
        void send(file);
      }} /></label>
      {sent.value && <p class="small"><progress aria-label={t('j.uploading')} max={sent.value.of} value={sent.value.bytes} /> {t('j.sent', { bytes: size(sent.value.bytes), of: size(sent.value.of) })}</p>}
      <p role="status" class={`small ${job?.error || (problem.value && !job?.finishedAt) ? 'bad' : ''}`}>{said}</p>
      <p class="quiet small">{t('j.importMore')} <code>telegram-gateway import --media result.json</code></p>
    </>
  );
}
