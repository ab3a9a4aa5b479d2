// The browser's tab tells the verdict to who looks elsewhere: its title begins with it, its icon has its tone and shape.
import { effect, signal } from '@preact/signals';
import { resource } from '../api/resource.ts';
import type { Overview } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { overviewPath } from '../app/useOverview.ts';
import { verdictOf, type Tone } from '../app/verdict.ts';
import { t } from '../i18n/index.ts';

/** What the page itself is called. */
export const pageTitle = signal('');
/** The browser runs nothing of this page any more: it cannot know what happens meanwhile. */
const frozen = signal(false);

function show(title: string, tone: Tone): void {
  if (document.title !== title) document.title = title;
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!icon || icon.dataset.tone === tone) return;
  icon.dataset.tone = tone;
  // Shapes as well as colours: a favicon is 16 px. The service worker keeps them: one changes when nothing can be fetched.
  icon.href = `icons/tone-${tone}.svg`;
}

/** Once, when the catalogue is there. */
export function keepTab(): void {
  effect(() => {
    const said = verdictOf(resource<Overview>(overviewPath).value, now.value);
    const names = [pageTitle.value, t('app.name')].filter(Boolean).join(' · ');
    if (!said) { if (pageTitle.value) show(names, 'unknown'); return; }
    if (frozen.value) { show(`${t('verdict.asleep')} · ${names}`, 'unknown'); return; }
    const worse = said.beside.length > 0 && said.tone === 'ok' ? 'warn' : said.tone;
    show(`${[said.title, ...said.beside].join(', ')} · ${names}`, worse);
  });
  document.addEventListener('freeze', () => { frozen.value = true; });
  document.addEventListener('resume', () => { frozen.value = false; });
}
