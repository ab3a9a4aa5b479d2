// What a person chose, kept in this browser only.
import { effect, signal } from '@preact/signals';

export interface Settings {
  theme: 'system' | 'light' | 'dark';
  language: 'system' | 'en' | 'pt-BR';
  timeZone: string;
  density: 'comfortable' | 'compact';
  textSize: number;
  shortcuts: boolean;
  notifications: boolean;
}
const name = 'telegram-gateway.settings';
const defaults: Settings = { theme: 'system', language: 'system', timeZone: 'system', density: 'comfortable', textSize: 15, shortcuts: true, notifications: false };

function load(): Settings {
  try { return { ...defaults, ...JSON.parse(localStorage.getItem(name) ?? '{}') as Partial<Settings> }; } catch { return defaults; }
}

export const settings = signal<Settings>(load());
export function choose(change: Partial<Settings>): void {
  settings.value = { ...settings.peek(), ...change };
  try { localStorage.setItem(name, JSON.stringify(settings.peek())); } catch { /* storage is off: kept until reload */ }
}

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
export const dark = signal(false);
const decide = (): void => {
  const { theme } = settings.value;
  dark.value = theme === 'dark' || (theme === 'system' && prefersDark.matches);
};
prefersDark.addEventListener('change', decide);
effect(decide);
effect(() => {
  const root = document.documentElement;
  root.dataset.theme = dark.value ? 'dark' : 'light';
  root.dataset.density = settings.value.density;
  root.style.setProperty('--text-size', `${settings.value.textSize}px`);
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', dark.value ? '#0E1216' : '#F6F7F8');
});

export const locale = (): 'en' | 'pt-BR' => {
  const { language } = settings.peek();
  if (language !== 'system') return language;
  return (navigator.languages ?? [navigator.language]).some((l, i) => i === 0 && l.toLowerCase().startsWith('pt')) ? 'pt-BR' : 'en';
};
export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const zone = (): string => (settings.value.timeZone === 'system' ? browserZone : settings.value.timeZone);
