// A change of the verdict as a notification, where a person allowed them and looks elsewhere; a hole that closed, for who
// listens to the page.
import { effect } from '@preact/signals';
import { resource } from '../api/resource.ts';
import type { Overview } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { settings } from '../app/settings.ts';
import { overviewPath } from '../app/useOverview.ts';
import { verdictOf } from '../app/verdict.ts';
import { t } from '../i18n/index.ts';
import { announce } from '../ui/Announce.tsx';

async function notify(title: string, body: string): Promise<void> {
  const options = { body, tag: 'verdict', icon: 'icons/icon-192.png' };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker) await worker.showNotification(title, options);
  else new Notification(title, options);
}

export function watchVerdict(): void {
  let told: string | null = null;
  let before = { holes: 0, lost: 0 };
  effect(() => {
    const known = resource<Overview>(overviewPath).value;
    const said = verdictOf(known, now.peek());
    const code = known.data?.verdict.code;
    if (!said || !known.data || !code) return;
    const holes = { holes: known.data.attention.filter((one) => one.code === 'hole').length, lost: known.data.completeness.acceptedLost };
    // Those that were given up are closed by somebody, who knows.
    if (holes.holes < before.holes && holes.lost === before.lost) announce(`${t('verdict.closed')}, ${said.title}`, true);
    before = holes;
    if (code === told) return;
    const first = told === null;
    told = code;
    if (first || !document.hidden || !settings.peek().notifications || !('Notification' in window) || Notification.permission !== 'granted') return;
    notify(said.title, said.detail).catch(() => { /* the browser has changed its mind; the tab still says it */ });
  });
}
