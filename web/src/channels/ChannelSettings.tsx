// How a channel is captured: on or off, its whole history, its own name here, and leaving it.
import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { reload } from '../api/resource.ts';
import { mayAdmin } from '../accounts/useAuth.ts';
import { full, num } from '../app/format.ts';
import { href } from '../app/links.ts';
import { channelsPath } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { change, fetchHistory, leave } from './bulk.ts';
import type { ChannelRow } from './types.ts';

export function ChannelSettings({ channel }: { channel: ChannelRow }) {
  const busy = useSignal(false);
  const said = useSignal('');
  const wrong = useSignal('');
  const leaving = useSignal(false);
  const label = useSignal(channel.label === channel.title ? '' : channel.label);
  const off = busy.value || offBecause() !== undefined;
  const { coverage } = channel;
  const run = async (act: () => Promise<unknown>, text: string): Promise<void> => {
    busy.value = true;
    said.value = wrong.value = '';
    try { await act(); said.value = text; await reload(channelsPath); } catch (error) { wrong.value = (error as Error).message; }
    busy.value = false;
  };
  return (
    <section class="card pad-card channel-settings" aria-labelledby="settings-title">
      <h2 id="settings-title">{t('nav.settings')}</h2>
      <div class="setting"><span>{t('c.capture')}<span class="hint quiet small">{t(channel.isActive ? 'c.captureOn' : 'c.captureOff')}</span></span>
        <button type="button" class="button" disabled={off} onClick={() => { void run(() => change(channel, { isActive: !channel.isActive }), t(channel.isActive ? 'c.paused' : 'c.resumed', { n: 1 })); }}>{t(channel.isActive ? 'c.pauseOne' : 'c.resumeOne')}</button></div>
      <div class="setting"><span>{t('c.sinceId')}<span class="hint quiet small">{coverage.from > 0 ? t('c.sinceIdText', { id: num(coverage.from), time: channel.createdAt ? full(channel.createdAt) : '–' }) : t('c.sinceNothing')}</span></span></div>
      <div class="setting"><span>{t('job.history')}<span class="hint quiet small">{coverage.unknown > 0 ? t('c.historyLeft', { n: coverage.unknown }) : coverage.from === 1 ? t('c.historyWhole') : t('c.historyText')}</span></span>
        {coverage.from !== 1 && <button type="button" class="button" disabled={off} onClick={() => { void run(() => fetchHistory(channel), t('c.historyBegun', { n: 1 })); }}>{t('c.fetchWhole')}</button>}
        {coverage.unknown > 0 && <a class="button" href={href('jobs')}>{t('c.seeJobs')}</a>}</div>
      <form class="setting" onSubmit={(event) => { event.preventDefault(); void run(() => change(channel, { label: label.peek().trim() }), t('c.saved')); }}>
        <label class="field">{t('c.label')}<input type="text" maxLength={200} placeholder={channel.title} value={label.value} onInput={(event) => { label.value = event.currentTarget.value; }} /></label>
        <button type="submit" class="button" disabled={off}>{t('c.save')}</button></form>
      <div class="setting"><span>{t('c.remove')}<span class="hint quiet small">{t('c.removeText')}</span></span><button type="button" class="button danger" disabled={off} onClick={() => { leaving.value = true; }}>{t('c.removeOne')}</button></div>
      <p role="status" class={said.value ? 'accent' : 'sr'}>{said.value}</p>
      <p role="alert" class={wrong.value ? 'bad' : 'sr'}>{wrong.value}</p>
      {!mayAdmin() && <p class="quiet small">{t('c.noRight')}</p>}
      {leaving.value && <Leave channel={channel} onClose={() => { leaving.value = false; }} />}
    </section>
  );
}

function Leave({ channel, onClose }: { channel: ChannelRow; onClose: () => void }) {
  const { route } = useLocation();
  const problem = useSignal('');
  const go = async (): Promise<void> => {
    try { await leave(channel); await reload(channelsPath); onClose(); route(href('channels')); } catch (error) { problem.value = (error as Error).message; }
  };
  return (
    <Dialog title={t('c.removeTitle', { title: channel.title })} onClose={onClose}>
      <div class="pad-card"><p>{t('c.removeText')}</p><p class="bad" role="alert">{problem.value}</p></div>
      <footer class="dialog-foot"><button type="button" class="button" onClick={onClose}>{t('app.cancel')}</button><button type="button" class="button danger" onClick={() => { void go(); }}>{t('c.removeNamed', { title: channel.title })}</button></footer>
    </Dialog>
  );
}
