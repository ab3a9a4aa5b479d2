// Days of the chosen time zone as moments.
import { zone } from '../app/settings.ts';

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
