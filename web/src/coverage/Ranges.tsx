// The table behind a coverage bar: every range, its state and its proof; exports as CSV.
import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { request } from '../api/client.ts';
import type { Channel, Coverage, Pagination, Range } from '../api/types.ts';
import { clock, full, num, utc } from '../app/format.ts';
import { href, messagePath } from '../app/links.ts';
import { t, word } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Failed, Skeleton } from '../ui/State.tsx';
import { hideTip } from '../ui/Tip.tsx';

const opened = signal<Channel | null>(null);
export const openRanges = (channel: Channel): void => { hideTip(); opened.value = channel; };

export function RangesDialog() {
  const channel = opened.value;
  if (!channel) return null;
  return (
    <Dialog title={t('ranges.title', { title: channel.title })} onClose={() => { opened.value = null; }} class="wide">
      <RangesTable channel={channel} onLeave={() => { opened.value = null; }} />
    </Dialog>
  );
}

const icon = { proven: 'cov-proven', hole: 'cov-hole', unknown: 'cov-unknown', lost: 'cov-lost' };

export function RangesTable({ channel, onLeave }: { channel: Channel; onLeave?: () => void }) {
  const rows = useSignal<Range[] | null>(null);
  const next = useSignal<string | null>(null);
  const problem = useSignal<Error | null>(null);
  const load = async (cursor?: string): Promise<void> => {
    problem.value = null;
    try {
      const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const { data, pagination } = await request<Coverage & { ranges: Range[] }>(`channels/${encodeURIComponent(channel.channelId)}/coverage?px=200&limit=100${query}`);
      rows.value = [...(cursor ? rows.peek() ?? [] : []), ...data.ranges];
      next.value = pagination?.nextCursor ?? null;
    } catch (error) { problem.value = error as Error; }
  };
  useEffect(() => { void load(); }, [channel.channelId]);
  if (problem.value) return <Failed what={t('ranges.title', { title: channel.title })} error={problem.value} onRetry={() => { void load(); }} />;
  if (!rows.value) return <Skeleton rows={5} />;
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t('ranges.title', { title: channel.title })}>
        <table class="table stack">
          <thead><tr><th class="num">{t('ranges.from')}</th><th class="num">{t('ranges.to')}</th><th class="num">{t('ranges.ids')}</th><th>{t('ranges.state')}</th><th>{t('ranges.proof')}</th><th>{t('ranges.by')}</th><th>{t('ranges.when')}</th></tr></thead>
          <tbody>
            {rows.value.map((range) => (
              <tr key={range.from}>
                <td class="num" data-label={t('ranges.from')}><a href={href(messagePath(channel.channelId, range.from))} onClick={onLeave}>{num(range.from)}</a></td>
                <td class="num" data-label={t('ranges.to')}>{num(range.to)}</td><td class="num" data-label={t('ranges.ids')}>{num(range.ids)}</td>
                <td data-label={t('ranges.state')}><span class="range-state"><i class={`swatch ${icon[range.state]}`} />{t(`ranges.${range.state}`)}{range.cause ? `, ${word('cause', range.cause)}` : ''}</span></td>
                <td data-label={t('ranges.proof')}>{range.proof ? t(`ranges.${range.proof}`) : '–'}</td><td data-label={t('ranges.by')}>{range.account ?? '–'}</td>
                <td data-label={t('ranges.when')}>{when(range)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows.value.length === 0 && <p class="quiet pad">{t('ranges.none')}</p>}
      </div>
      <footer class="dialog-foot">
        {next.value && <button type="button" class="button" onClick={() => { void load(next.peek() ?? undefined); }}>{t('app.loadMore')}</button>}
        <button type="button" class="button" onClick={() => { void allRanges(channel).then((all) => exportCsv(channel, all)).catch((error: Error) => { problem.value = error; }); }}>{t('ranges.csv')}</button>
        <a class="button" href={href(`c/${encodeURIComponent(channel.channelId)}`)} onClick={onLeave}>{t('ranges.open')}</a>
      </footer>
    </>
  );
}

const when = (range: Range) => {
  const at = range.provenAt ?? range.since;
  return at ? <time dateTime={at} title={utc(at)}>{full(at)}</time> : <>–</>;
};

async function allRanges(channel: Channel): Promise<Range[]> {
  const all: Range[] = [];
  for (let cursor: string | null | undefined = ''; cursor !== null && cursor !== undefined;) {
    const { data, pagination }: { data: Coverage & { ranges: Range[] }; pagination?: Pagination } =
      await request(`channels/${encodeURIComponent(channel.channelId)}/coverage?px=1&limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    all.push(...data.ranges);
    cursor = pagination?.nextCursor;
  }
  return all;
}

function exportCsv(channel: Channel, rows: Range[]): void {
  const cell = (value: string | number | null | undefined): string => {
    const text = String(value ?? '');
    const inert = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(inert) ? `"${inert.replace(/"/g, '""')}"` : inert;
  };
  const lines = [['from', 'to', 'ids', 'state', 'proof', 'account', 'proven_at', 'since', 'cause'],
    ...rows.map((r) => [r.from, r.to, r.ids, r.state, r.proof, r.account, r.provenAt, r.since, r.cause])];
  const file = new Blob([lines.map((line) => line.map(cell).join(',')).join('\r\n')], { type: 'text/csv' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `coverage${channel.channelId}-${clock(Date.now()).replace(':', '')}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
