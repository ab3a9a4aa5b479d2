// Round numbers and hours for charts.

/** The smallest of 1, 2, 4, 10, 20, … that is no less than the highest value. */
export function roundTop(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 10].map((step) => step * power).find((top) => top >= most * 0.9999) ?? 10 * power;
}

/** At most `most` groups of neighbours, of equal size but the first. */
export function grouped<T>(list: T[], most: number): T[][] {
  const size = Math.max(1, Math.ceil(list.length / most));
  const groups: T[][] = [];
  for (let end = list.length; end > 0; end -= size) groups.unshift(list.slice(Math.max(0, end - size), end));
  return groups;
}

export interface Mark { at: number; part: number }
/** Where times of a whole step stand between the first and the last, as parts of 100. */
export function timeMarks(first: number, last: number, most = 6): Mark[] {
  const length = Math.max(1, last - first);
  const steps = [5, 10, 15, 30, 60, 120, 180, 240, 360].map((minutes) => minutes * 60_000);
  const step = steps.find((one) => length / one <= most) ?? 360 * 60_000;
  const marks: Mark[] = [];
  for (let at = Math.ceil(first / step) * step; at <= last; at += step) marks.push({ at, part: ((at - first) / length) * 100 });
  return marks.filter(({ part }) => part > 2 && part < 98);
}
