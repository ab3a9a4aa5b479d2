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

// Shapes as well as colours: a favicon is 16 px, and not everybody tells teal from orange.
const marks: Record<Tone, [ground: string, mark: string]> = {
  ok: ['#0A6A78', 'M10.6 14.2l2.4 2.4 4.5-4.8'],
  warn: ['#A85400', 'M14 9v6.2M14 18.8v.2'],
  bad: ['#A3123F', 'M11.2 11.2l5.6 5.6M16.8 11.2l-5.6 5.6'],
  busy: ['#4A55C8', 'M10.4 14h7M14.6 11l3 3-3 3'],
  unknown: ['#5F6A77', 'M10.6 14h.2M14 14h.2M17.4 14h.2'],
};
const brackets = 'M10.2 7.5H8.6A1.6 1.6 0 0 0 7 9.1v9.8a1.6 1.6 0 0 0 1.6 1.6h1.6M17.8 7.5h1.6A1.6 1.6 0 0 1 21 9.1v9.8a1.6 1.6 0 0 1-1.6 1.6h-1.6';
// Made here, not fetched: the icon must change above all when nothing can be fetched.
const made = new Map<Tone, string>();
function iconOf(tone: Tone): string {
  let url = made.get(tone);
  if (!url) {
    const [ground, mark] = marks[tone];
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><rect width="28" height="28" rx="7" fill="${ground}"/>`
      + `<path d="${brackets}${mark}" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
    made.set(tone, url = URL.createObjectURL(new Blob([picture], { type: 'image/svg+xml' })));
  }
  return url;
}

function show(title: string, tone: Tone): void {
  if (document.title !== title) document.title = title;
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!icon || icon.dataset.tone === tone) return;
  icon.dataset.tone = tone;
  icon.href = iconOf(tone);
}

/** Once, when the catalogue is there. */
export function keepTab(): void {
  effect(() => {
    const said = verdictOf(resource<Overview>(overviewPath).value, now.peek());
    const names = [pageTitle.value, t('app.name')].filter(Boolean).join(' · ');
    if (!said) { if (pageTitle.value) show(names, 'unknown'); return; }
    if (frozen.value) { show(`${t('verdict.asleep')} · ${names}`, 'unknown'); return; }
    const worse = said.beside.length > 0 && said.tone === 'ok' ? 'warn' : said.tone;
    show(`${[said.title, ...said.beside].join(', ')} · ${names}`, worse);
  });
  document.addEventListener('freeze', () => { frozen.value = true; });
  document.addEventListener('resume', () => { frozen.value = false; });
}
