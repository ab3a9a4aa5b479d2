import { reload, useApi } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { Job } from '../api/types.ts';
import { full, percent, span } from '../app/format.ts';
import { t, word } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { vars } from '../ui/css.ts';

const path = 'telegram-gateway/jobs';
export default function Jobs() {
  const jobs = useApi<Job[]>(path, 10_000);
  useLive('jobs', 'jobs', () => { void reload(path); });
  return (
    <Page title={t('nav.jobs')} class="plain">
      <Loaded from={jobs} what={t('nav.jobs')} rows={4} retry={() => { void reload(path); }}>
        {(list) => (list.length === 0 ? <Empty icon="jobs" title={t('j.none')}>{t('j.noneText')}</Empty> : (
          <div class="card">
            <div class="table-scroll" tabIndex={0} role="region" aria-label={t('nav.jobs')}>
              <table class="table tall-rows stack">
                <thead><tr><th>{t('j.what')}</th><th>{t('j.progress')}</th><th class="num">{t('j.left')}</th><th>{t('j.state')}</th><th>{t('j.started')}</th></tr></thead>
                <tbody>{list.map((job) => (
                  <tr key={job.id}>
                    <td><b>{word('job', job.kind)}</b> <bdi class="quiet">{job.title ?? job.channelId ?? ''}</bdi></td>
                    <td data-label={t('j.progress')}>{job.progress === undefined ? '–' : <span class="named"><i class="meter" ref={vars({ '--part': `${String(Math.round(job.progress * 100))}%` })} />{percent(job.progress)}</span>}</td>
                    <td class="num" data-label={t('j.left')}>{job.secondsLeft === undefined ? '–' : span(job.secondsLeft, 2)}</td>
                    <td data-label={t('j.state')}>{word('jobState', job.state)}{job.error && <span class="bad">: <bdi>{job.error}</bdi></span>}{job.detail && <span class="quiet">, <bdi>{job.detail}</bdi></span>}</td>
                    <td class="quiet" data-label={t('j.started')}>{job.startedAt ? full(job.startedAt) : '–'}</td>
                  </tr>
                ))}</tbody>
              </table>
            </div>
          </div>
        ))}
      </Loaded>
    </Page>
  );
}
