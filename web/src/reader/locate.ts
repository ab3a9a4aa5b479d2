// Finds the stored message nearest to an id by asking for dates: ids grow with time, though not evenly.
export interface Place { id: number; at: number }
export type FirstAfter = (at: number) => Promise<Place | null>;
const mostSteps = 8;
const nearEnough = 20;

export async function locate(target: number, oldest: Place, newest: Place, firstAfter: FirstAfter): Promise<Place> {
  let low = oldest;
  let high = newest;
  const nearer = (a: Place, b: Place): Place => (Math.abs(a.id - target) <= Math.abs(b.id - target) ? a : b);
  let best = nearer(low, high);
  for (let step = 0; step < mostSteps && high.id - low.id > 1 && Math.abs(best.id - target) > nearEnough; step += 1) {
    const even = (target - low.id) / (high.id - low.id);
    const share = step % 3 === 2 ? 0.5 : Math.min(0.98, Math.max(0.02, even));
    const at = Math.floor(low.at + share * (high.at - low.at));
    const found = await firstAfter(at);
    if (!found || found.id >= high.id) { high = { id: high.id, at }; if (high.at <= low.at) break; continue; }
    best = nearer(best, found);
    if (found.id < target) low = found; else high = found;
  }
  return best;
}
