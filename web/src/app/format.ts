// Numbers, times and sizes in the chosen language and time zone.
import { region } from '../i18n/index.ts';
import { zone } from './settings.ts';

const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();
function kept<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  const full = `${region}|${key}`;
  let found = cache.get(full);
  if (!found) cache.set(full, found = make());
  return found as T;
}
const dates = (options: Intl.DateTimeFormatOptions, timeZone = zone()): Intl.DateTimeFormat =>
  kept(timeZone + JSON.stringify(options), () => new Intl.DateTimeFormat(region, { ...options, timeZone }));

type When = string | number | Date;
const valid = (when: When): Date | null => { const d = new Date(when); return Number.isNaN(d.getTime()) ? null : d; };
const by = (options: Intl.DateTimeFormatOptions, timeZone?: string) => (when: When): string => {
  const d = valid(when);
  return d ? dates(options, timeZone).format(d) : '–';
};

export const num = (n: number, digits = 0): string =>
  kept(`n${digits}`, () => new Intl.NumberFormat(region, { maximumFractionDigits: digits, minimumFractionDigits: digits })).format(n);
export const list = (parts: string[]): string => new Intl.ListFormat(region, { type: 'conjunction' }).format(parts);
export const compact = (n: number): string =>
  kept('c', () => new Intl.NumberFormat(region, { notation: 'compact', maximumFractionDigits: 1 })).format(n);
export const percent = (ratio: number): string => `${num(Math.floor(ratio * 100))} %`;
export const clock = by({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const clockSeconds = by({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const dayMonth = by({ day: 'numeric', month: 'short' });
/** 6 Oct, 6 out.: in a chart there is no room for “de”. */
export const shortDate = (when: When): string => dayMonth(when).replace(' de ', ' ');
export const weekdayDate = by({ weekday: 'short', day: 'numeric', month: 'short' });
export const longDay = by({ weekday: 'long', day: 'numeric', month: 'long' });
export const longDayYear = by({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
export const year = by({ year: 'numeric' });
export const monthYear = by({ month: 'short', year: 'numeric' });
export const full = by({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
export const utc = (when: When): string => valid(when)?.toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC') ?? '–';
const ymd = (when: When): string => {
  const d = valid(when);
  return d ? kept(`ymd${zone()}`, () => new Intl.DateTimeFormat('sv-SE', { timeZone: zone(), dateStyle: 'short' })).format(d) : '';
};
export const dayKey = ymd;

const dayMs = 86_400_000;
const local = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
/** What the zone's clocks are ahead of UTC, in ms. */
const offset = (at: number, timeZone: string): number => Date.parse(`${local(at, timeZone).replace(' ', 'T')}Z`) - Math.floor(at / 1_000) * 1_000;

/** The first moment of a day (YYYY-MM-DD), also of one on which the clocks change, even at midnight. */
export function startOfDay(day: string, timeZone = zone()): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const tries = [midnight - dayMs, midnight + dayMs].map((at) => midnight - offset(at, timeZone)).sort((a, b) => a - b);
  return new Date(tries.find((at) => local(at, timeZone).startsWith(day)) ?? midnight);
}

/** Today: the time; this week: the weekday; else the date, or the month of another year. */
export function recent(when: When, now: number): string {
  const d = valid(when);
  if (!d) return '–';
  if (ymd(d) === ymd(now)) return clock(d);
  if (now - d.getTime() < 6 * 86_400_000) return by({ weekday: 'short' })(d);
  return year(d) === year(now) ? shortDate(d) : by({ month: '2-digit', year: 'numeric' })(d);
}
export function zoneName(): string {
  const city = zone().split('/').pop()?.replace(/_/g, ' ') ?? '';
  return city === 'Sao Paulo' ? 'São Paulo' : city;
}

const unitSteps: [string, number][] = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]];
/** 40 s, 3 min 40 s, 26 h, 3 d 4 h: at most two parts. */
export function span(seconds: number, parts = 1): string {
  let left = Math.max(0, Math.round(seconds));
  const out: string[] = [];
  for (const [unit, size] of unitSteps) {
    if (unit === 'd' && parts === 1 && left < 2 * size) continue;
    const n = Math.floor(left / size);
    if (n > 0) { out.push(`${num(n)} ${unit}`); left -= n * size; }
    if (out.length === parts || (out.length > 0 && n === 0)) break;
  }
  return out.join(' ') || '0 s';
}
export const behind = (seconds: number): string => (seconds < 10 ? `${num(seconds, 1)} s` : span(seconds));
export function milliseconds(ms: number): string {
  if (ms < 1) return '< 1 ms';
  if (ms < 10) return `${num(ms, 1)} ms`;
  return ms < 10_000 ? `${num(ms)} ms` : span(ms / 1000, 2);
}
export function bytes(n: number): { value: string; unit: string } {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let i = 0;
  let value = n;
  while (value >= 1000 && i < units.length - 1) { value /= 1000; i += 1; }
  return { value: num(value, value < 10 && i > 0 ? 1 : 0), unit: units[i] as string };
}
export const size = (n: number): string => { const { value, unit } = bytes(n); return `${value} ${unit}`; };
