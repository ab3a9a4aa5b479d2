// What is running, and when will it end?
import { useSignal } from '@preact/signals';
import { request, unreachable } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { Job } from '../api/types.ts';
import { mayAdmin } from '../accounts/useAuth.ts';
import { now } from '../app/clock.ts';
import { clockSeconds, full, percent, span } from '../app/format.ts';
import { href } from '../app/links.ts';
import { useChannels } from '../app/useOverview.ts';
import { t, word } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { vars } from '../ui/css.ts';
import { Empty, Loaded } from '../ui/State.tsx';
import { JobChannels } from './JobChannels.tsx';
import { Moving } from './Moving.tsx';

const path = 'telegram-gateway/jobs';
interface Running extends Job { waitUntil?: string }
const isOver = ({ state }: Job): boolean => !['running', 'queued', 'paused'].includes(state);

export default function Jobs() {
  const jobs = useApi<Running[]>(path, 10_000);
  useLive('jobs', 'jobs', () => { void reload(path); });
  return (
    <Page title={t('nav.jobs')} class="plain">
      <Loaded from={jobs} what={t('nav.jobs')} rows={4} retry={() => { void reload(path); }}>
        {(list) => {
          const going = list.filter((job) => !isOver(job));
          const over = list.filter(isOver);
          return (
            <>
              {list.length === 0 && <section class="card"><Empty icon="jobs" title={t('j.none')}>{t('j.noneNow')}</Empty></section>}
              {going.length > 0 && <Part id="going" title={t('j.going')} jobs={going} />}
              {over.length > 0 && <Part id="over" title={t('j.over')} jobs={over} />}
            </>
          );
        }}
      </Loaded>
      <Moving />
    </Page>
  );
}

function Part({ id, title, jobs }: { id: string; title: string; jobs: Running[] }) {
  return (
    <section class="card" aria-labelledby={id}><header class="card-head"><h2 id={id}>{title} <span class="quiet tabular">{jobs.length}</span></h2></header>
      <ul class="jobs">{jobs.map((job) => <Row key={job.id} job={job} />)}</ul></section>
  );
}

const icons: Record<string, string> = { done: 'ok', completed: 'ok', failed: 'bad', cancelled: 'stopped', running: 'busy', queued: 'unknown', paused: 'silent' };
const tones: Record<string, string> = { done: 'accent', completed: 'accent', failed: 'bad', running: 'busy' };

function Row({ job }: { job: Running }) {
  const channels = useChannels();
  const open = useSignal(false);
  const problem = useSignal('');
  const busy = useSignal(false);
  const title = job.title ?? channels.data?.find(({ channelId }) => channelId === job.channelId)?.title ?? job.channelId ?? '';
  const over = isOver(job);
  const fetches = job.kind === 'sync';
  const waits = !over && job.waitUntil && Date.parse(job.waitUntil) > now.value ? job.waitUntil : null;
  const cancel = async (): Promise<void> => {
    busy.value = true;
    problem.value = '';
    try { await request(`${path}/${encodeURIComponent(job.id)}/cancel`, { method: 'POST', body: '{}' }); await reload(path); } catch (error) { problem.value = (error as Error).message; }
    busy.value = false;
  };
  return (
    <li class="job" data-job={job.id}>
      <div class="job-line">
        <Icon name={icons[job.state] ?? 'unknown'} size={17} class={tones[job.state] ?? 'quiet'} />
        <span class="job-what"><b>{word('job', job.kind)}</b> <bdi class="cut">{title || (fetches ? t('j.allChannels') : '')}</bdi></span>
        <span class={`job-state ${tones[job.state] ?? 'quiet'}`}>{word('jobState', job.state)}</span>
        {!over && job.progress !== undefined && <span class="named tabular"><i class="meter meter-busy" ref={vars({ '--part': `${String(Math.round(job.progress * 100))}%` })} />{percent(job.progress)}</span>}
        {!over && <span class="quiet tabular">{job.secondsLeft !== undefined ? t('j.leftSpan', { span: span(job.secondsLeft, 2) }) : t('j.leftUnknown')}</span>}
        <span class="spacer" />
        {fetches && <button type="button" class="button small" aria-expanded={open.value} onClick={() => { open.value = !open.peek(); }}>{t('j.channels')}</button>}
        {!over && fetches && <button type="button" class="button small" disabled={busy.value || unreachable.value !== null || !mayAdmin()} aria-label={t('j.cancelOf', { what: `${word('job', job.kind)} ${title}`.trim() })} onClick={() => { void cancel(); }}>{t('app.cancel')}</button>}
        {!over && job.kind === 'history' && job.channelId && <a class="button small" href={href(`channels/${encodeURIComponent(job.channelId)}`)}>{t('app.open')}</a>}
      </div>
      {waits && <p class="warn job-note"><Icon name="silent" size={14} /> {t('c.flood', { span: span((Date.parse(waits) - now.value) / 1000), time: clockSeconds(waits) })}</p>}
      <p class="quiet small job-note">{[job.detail, job.startedAt && t('j.startedAt', { time: full(job.startedAt) }), job.finishedAt && job.startedAt && t('j.took', { span: span((Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000, 2) })].filter(Boolean).join(' · ')}</p>
      {job.error && <p class="bad job-note"><bdi>{job.error}</bdi></p>}
      {problem.value && <p class="bad job-note" role="alert">{problem.value}</p>}
      {open.value && <JobChannels id={job.id} over={over} />}
    </li>
  );
}
