// A change of the verdict as a notification, where a person allowed them and looks elsewhere.
import { effect } from '@preact/signals';
import { resource } from '../api/resource.ts';
import type { Overview } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { settings } from '../app/settings.ts';
import { overviewPath } from '../app/useOverview.ts';
import { verdictOf } from '../app/verdict.ts';

async function notify(title: string, body: string): Promise<void> {
  const options = { body, tag: 'verdict', icon: 'icons/icon-192.png' };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker) await worker.showNotification(title, options);
  else new Notification(title, options);
}

export function watchVerdict(): void {
  let told: string | null = null;
  effect(() => {
    const known = resource<Overview>(overviewPath).value;
    const said = verdictOf(known, now.peek());
    const code = known.data?.verdict.code;
    if (!said || !code || code === told) return;
    const first = told === null;
    told = code;
    if (first || !document.hidden || !settings.peek().notifications || !('Notification' in window) || Notification.permission !== 'granted') return;
    notify(said.title, said.detail).catch(() => { /* the browser has changed its mind; the tab still says it */ });
  });
}
