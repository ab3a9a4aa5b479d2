// Where the parts of a coverage bar stand, in percent. Holes are drawn last and never vanish.
import type { BarState, Coverage } from '../api/types.ts';

export interface Part { state: BarState; start: number; size: number }

export function parts({ from, to, bar }: Pick<Coverage, 'from' | 'to' | 'bar'>): Part[] {
  const total = to - from + 1;
  if (!(total > 0)) return [];
  const merged: Part[] = [];
  for (const piece of bar) {
    const start = Math.max(0, ((piece.from - from) / total) * 100);
    const size = Math.min(100 - start, ((piece.to - piece.from + 1) / total) * 100);
    if (!(size > 0)) continue;
    const last = merged.at(-1);
    if (last && last.state === piece.state && Math.abs(last.start + last.size - start) < 0.01) last.size += size;
    else merged.push({ state: piece.state, start, size });
  }
  const above = (state: BarState): number => (state === 'hole' ? 2 : state === 'lost' ? 1 : 0);
  return merged.sort((a, b) => above(a.state) - above(b.state) || a.start - b.start);
}
