import { useSignal } from '@preact/signals';
import { post, unreachable } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import type { Failure, FailuresChanged } from '../api/types.ts';
import { full } from '../app/format.ts';
import { href, messagePath } from '../app/links.ts';
import { useOverview } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Empty, Loaded } from '../ui/State.tsx';

const path = 'telegram-gateway/failures';
export default function SetAside() {
  const failures = useApi<Failure[]>(path, 15_000);
  const overview = useOverview();
  return (
    <Page title={t('nav.setAside')} class="plain">
      <Loaded from={failures} what={t('nav.setAside')} rows={4} retry={() => { void reload(path); }}>
        {(groups) => {
          const n = groups.reduce((sum, { count }) => sum + count, 0);
          if (n === 0) return <Empty icon="setAside" title={t('f.none')}>{overview.data && t('f.noneText')}</Empty>;
          return <><p class="quiet">{t('f.waits', { n })}</p>{groups.map((group) => <Group key={`${group.destination}|${group.reason}`} group={group} />)}</>;
        }}
      </Loaded>
    </Page>
  );
}

function Group({ group }: { group: Failure }) {
  const said = useSignal('');
  const retry = async (): Promise<void> => {
    try {
      const { data } = await post<FailuresChanged>(`${path}/retry`, { filter: { destination: group.destination, reason: group.reason } });
      said.value = data.notTried?.[0]?.why ?? t('f.retried', { n: data.changed });
    } catch (error) { said.value = (error as Error).message; }
  };
  return (
    <section class="card">
      <header class="card-head"><h2><bdi>{group.destination}</bdi> <span class="quiet"><bdi>{group.reason}</bdi></span></h2><span class="spacer" /><span class="quiet small" role="status">{said.value}</span>
        <button type="button" class="button" disabled={unreachable.value !== null} onClick={() => { void retry(); }}>{t('f.retryAll', { n: group.count })}</button></header>
      {group.advice && <p class="pad">{group.advice}</p>}
      <div class="table-scroll" tabIndex={0} role="region" aria-label={`${group.destination}: ${group.reason}`}>
        <table class="table stack">
          <thead><tr><th>{t('f.message')}</th><th>{t('f.when')}</th><th>{t('dest.lastError')}</th></tr></thead>
          <tbody>{group.items.map((item) => (
            <tr key={item.id}><td><a href={href(messagePath(item.channelId, item.messageId))}><bdi>{item.title ?? item.channelId}</bdi> {item.messageId}</a> <span class="quiet" dir="auto">{item.textPreview}</span></td>
              <td data-label={t('f.when')}>{full(item.at)}</td><td data-label={t('dest.lastError')}>{t('f.tries', { n: item.tries })}</td></tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}
