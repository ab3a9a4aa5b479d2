// What is running, and when will it end?
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { post } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { Job } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { clockSeconds, full, percent, span } from '../app/format.ts';
import { useKeys } from '../app/keys.ts';
import { href } from '../app/links.ts';
import { useChannels } from '../app/useOverview.ts';
import { ActButton } from '../deliver/ActButton.tsx';
import { t, word, type Key } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { vars } from '../ui/css.ts';
import { Empty, Loaded } from '../ui/State.tsx';
import { JobChannels } from './JobChannels.tsx';
import { Moving } from './Moving.tsx';
import { outcome } from './outcome.ts';

const path = 'telegram-gateway/jobs';
interface Running extends Job { waitUntil?: string; pausedAt?: string }
type Act = 'cancel' | 'pause' | 'resume';
type Ask = (job: Running, act: Act) => Promise<void>;
const isOver = ({ state }: Job): boolean => !['running', 'queued', 'paused'].includes(state);
const labels: Record<Act, Key> = { cancel: 'app.cancel', pause: 'j.pause', resume: 'dd.resume' };
/** What may be asked of a job; nothing of one that is over, or that only runs to its end. */
const actOf = (job: Running): Act | undefined =>
  isOver(job) ? undefined : job.kind === 'sync' || job.kind === 'import' ? 'cancel' : job.kind !== 'history' ? undefined : job.state === 'paused' ? 'resume' : 'pause';

export default function Jobs() {
  const jobs = useApi<Running[]>(path, 10_000);
  useLive('jobs', 'jobs', () => { void reload(path); });
  const failed = useSignal({ id: '', why: '' });
  const ask: Ask = async ({ id }, act) => {
    failed.value = { id: '', why: '' };
    try { await post(`${path}/${encodeURIComponent(id)}/${act}`); await reload(path); } catch (error) { failed.value = { id, why: (error as Error).message }; }
  };
  useKeys({
    p: ({ repeat }) => {
      const histories = (jobs.data ?? []).filter((job) => job.kind === 'history' && actOf(job));
      const focused = document.activeElement?.closest<HTMLElement>('[data-job]')?.dataset.job;
      const job = focused ? histories.find(({ id }) => id === focused) : histories.length === 1 ? histories[0] : undefined;
      if (job && !repeat && !offBecause()) void ask(job, actOf(job) as Act);
    },
  });
  return (
    <Page title={t('nav.jobs')} class="plain">
      <Loaded from={jobs} what={t('nav.jobs')} rows={4} retry={() => { void reload(path); }}>
        {(list) => {
          const going = list.filter((job) => !isOver(job));
          const over = list.filter(isOver);
          const row = (job: Running) => <Row key={job.id} job={job} ask={ask} problem={failed.value.id === job.id ? failed.value.why : undefined} />;
          return (
            <>
              {list.length === 0 && <section class="card"><Empty icon="jobs" title={t('j.none')}>{t('j.noneNow')}</Empty></section>}
              {going.length > 0 && <Part id="going" title={t('j.going')} jobs={going} row={row} />}
              {over.length > 0 && <Part id="over" title={t('j.over')} jobs={over} row={row} />}
            </>
          );
        }}
      </Loaded>
      <Moving />
    </Page>
  );
}

function Part({ id, title, jobs, row }: { id: string; title: string; jobs: Running[]; row: (job: Running) => ComponentChildren }) {
  return (
    <section class="card" aria-labelledby={id}><header class="card-head"><h2 id={id}>{title} <span class="quiet tabular">{jobs.length}</span></h2></header>
      <ul class="jobs">{jobs.map(row)}</ul></section>
  );
}

const icons: Record<string, string> = { done: 'ok', completed: 'ok', failed: 'bad', cancelled: 'stopped', running: 'busy', queued: 'unknown', paused: 'silent' };
const tones: Record<string, string> = { done: 'accent', completed: 'accent', failed: 'bad', running: 'busy' };

function Row({ job, ask, problem }: { job: Running; ask: Ask; problem?: string }) {
  const channels = useChannels();
  const open = useSignal(false);
  const title = job.title ?? channels.data?.find(({ channelId }) => channelId === job.channelId)?.title ?? job.channelId ?? '';
  const over = isOver(job);
  const fetches = job.kind === 'sync';
  const waits = !over && job.waitUntil && Date.parse(job.waitUntil) > now.value ? job.waitUntil : null;
  const what = `${word('job', job.kind)} ${title}`.trim();
  const act = actOf(job);
  return (
    <li class="job" data-job={job.id}>
      <div class="job-line">
        <Icon name={icons[job.state] ?? 'unknown'} size={17} class={tones[job.state] ?? 'quiet'} />
        <span class="job-what"><b>{word('job', job.kind)}</b> <bdi class="cut">{title || (fetches ? t('j.allChannels') : '')}</bdi></span>
        <span class={`job-state ${tones[job.state] ?? 'quiet'}`}>{word('jobState', job.state)}</span>
        {!over && job.progress !== undefined && <span class="named tabular"><i class="meter meter-busy" ref={vars({ '--part': `${String(Math.round(job.progress * 100))}%` })} />{percent(job.progress)}</span>}
        {!over && act !== 'resume' && <span class="quiet tabular">{job.secondsLeft !== undefined ? t('j.leftSpan', { span: span(job.secondsLeft, 2) }) : t('j.leftUnknown')}</span>}
        <span class="spacer" />
        {fetches && <button type="button" class="button small" aria-expanded={open.value} onClick={() => { open.value = !open.peek(); }}>{t('j.channels')}</button>}
        {act && <ActButton class="small" label={t(labels[act])} name={`${t(labels[act])}: ${what}`} keys={act === 'cancel' ? undefined : 'P'} run={() => ask(job, act)} />}
        {!over && job.kind === 'history' && job.channelId && <a class="button small" href={href(`channels/${encodeURIComponent(job.channelId)}`)}>{t('app.open')}</a>}
      </div>
      {waits && <p class="warn job-note"><Icon name="silent" size={14} /> {t('c.flood', { span: span((Date.parse(waits) - now.value) / 1000), time: clockSeconds(waits) })}</p>}
      <p class="quiet small job-note">{[outcome(job), job.startedAt && t('j.startedAt', { time: full(job.startedAt) }), job.pausedAt && t('j.pausedSince', { time: full(job.pausedAt) }), job.finishedAt && job.startedAt && t('j.took', { span: span((Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000, 2) })].filter(Boolean).join(' · ')}</p>
      {job.error && <p class="bad job-note"><bdi>{job.error}</bdi></p>}
      {problem && <p class="bad job-note" role="alert">{problem}</p>}
      {open.value && <JobChannels id={job.id} over={over} />}
    </li>
  );
}
