// What is missing, and what a person can do: try again, or accept the loss, which stays visible.
import { useSignal } from '@preact/signals';
import { reload } from '../api/resource.ts';
import type { Channel, Hole } from '../api/types.ts';
import { full, num } from '../app/format.ts';
import { href } from '../app/links.ts';
import { channelsPath } from '../app/useOverview.ts';
import { t, word } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { acceptLoss } from './bulk.ts';
import { Sync } from './Sync.tsx';

export function Holes({ channel }: { channel: Channel }) {
  const giving = useSignal<Hole | null>(null);
  const { holes, noAccess, missing } = channel.coverage;
  if (holes.length === 0 && !noAccess) return null;
  const name = (hole: Hole): string => (hole.from === hole.to ? num(hole.from) : `${num(hole.from)} – ${num(hole.to)}`);
  return (
    <section class={`card ${noAccess ? 'holes-bad' : 'holes-warn'}`} aria-labelledby="holes-title">
      <header class="card-head holes-head"><Icon name={noAccess ? 'stopped' : 'warn'} size={17} class={noAccess ? 'bad' : 'warn'} />
        <h2 id="holes-title">{noAccess ? t('c.privateSince', { time: full(noAccess.since) }) : t('c.missing', { n: missing })}</h2><span class="spacer" />
        {noAccess ? <a class="button" href={href('accounts/new')}>{t('c.otherAccount')}</a> : null}<Sync peer={channel.channelId} label={t('app.retry')} /></header>
      {noAccess && <p class="pad">{t('c.privateText')} <span class="quiet"><bdi>{noAccess.reason}</bdi></span></p>}
      <ul class="holes">{holes.map((hole) => (
        <li key={hole.from}><span class="tabular">{t('c.ids', { ids: name(hole) })}</span><span class="quiet tabular">{t('c.nIds', { n: hole.ids })}</span><span class="quiet">{word('cause', hole.cause || 'unknown')}, {full(hole.since)}</span><span class="spacer" />
          <button type="button" class="button small" disabled={offBecause() !== undefined} aria-label={t('c.acceptOf', { ids: name(hole) })} onClick={() => { giving.value = hole; }}>{t('c.accept')}</button></li>
      ))}</ul>
      {giving.value && <Accept channel={channel} hole={giving.value} name={name(giving.value)} onClose={() => { giving.value = null; }} />}
    </section>
  );
}

function Accept({ channel, hole, name, onClose }: { channel: Channel; hole: Hole; name: string; onClose: () => void }) {
  const busy = useSignal(false);
  const problem = useSignal('');
  const accept = async (): Promise<void> => {
    busy.value = true;
    problem.value = '';
    try {
      await acceptLoss(channel, hole.from, hole.to);
      await reload(channelsPath);
      onClose();
    } catch (error) { problem.value = (error as Error).message; }
    busy.value = false;
  };
  return (
    <Dialog title={t('c.acceptTitle', { title: channel.title })} onClose={onClose}>
      <div class="pad-card"><p>{t('c.acceptText', { ids: name })}</p><p class="bad" role="alert">{problem.value}</p></div>
      <footer class="dialog-foot"><button type="button" class="button" onClick={onClose}>{t('app.cancel')}</button>
        <button type="button" class="button danger" disabled={busy.value} onClick={() => { void accept(); }}>{t('c.acceptN', { n: hole.ids })}</button></footer>
    </Dialog>
  );
}
