// Hours of a week as the API counts them (Monday 00:00 UTC first) in the time zone that is shown.
export const hoursOfWeek = 168;

/** Minutes that a zone is ahead of UTC at a moment. */
export function minutesAhead(zone: string, at: number): number {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' })
    .formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Math.round((Date.UTC(parts.year as number, (parts.month as number) - 1, parts.day, parts.hour, parts.minute) - at) / 60_000);
}
/** Seven days of 24 numbers; half hours go to the hour in which they begin. */
export function inZone(hours: number[], minutes: number): number[][] {
  const days = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  const shift = Math.floor(minutes / 60);
  for (let hour = 0; hour < hoursOfWeek; hour += 1) {
    const there = (((hour + shift) % hoursOfWeek) + hoursOfWeek) % hoursOfWeek;
    const day = days[Math.floor(there / 24)] as number[];
    day[there % 24] = (day[there % 24] as number) + (hours[hour] ?? 0);
  }
  return days;
}
