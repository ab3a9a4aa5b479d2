// What is set aside, as this page shows it: rows stay where they are when they leave the gateway's list, and say what
// became of them.
import type { Failure } from '../api/types.ts';

export type Item = Failure['items'][number];
export type Fate = 'trying' | 'again' | 'delivered' | 'gone' | 'dropped';
export interface Row { item: Item; fate?: Fate }
export interface Group { key: string; destination: string; reason: string; advice?: string; count: number; rows: Row[] }

export const keyOf = ({ destination, reason }: Pick<Failure, 'destination' | 'reason'>): string => `${destination}|${reason}`;

const fateOf = (row: Row, now: Item | undefined): Fate | undefined => {
  if (row.fate === 'dropped') return 'dropped';
  if (!now) return row.fate === undefined || row.fate === 'gone' ? 'gone' : 'delivered';
  if (row.fate !== 'trying') return row.fate;
  return now.tries > row.item.tries ? 'again' : 'trying';
};

/** `shown` brought up to date: nothing moves, what is new comes behind; what left after a try was delivered. */
export function merge(shown: Group[], failures: Failure[]): Group[] {
  const everywhere = new Map(failures.flatMap((failure) => failure.items.map((item) => [item.id, item] as const)));
  const kept = shown.map((group): Group => {
    const now = failures.find((failure) => keyOf(failure) === group.key);
    const rows = group.rows.map((row): Row => {
      const item = everywhere.get(row.item.id);
      // A list that shows the newest 50 of more does not say that an older one is gone.
      const hidden = !item && now !== undefined && now.count > now.items.length && now.items.every(({ id }) => Number(id) > Number(row.item.id));
      return { item: item && row.fate !== 'trying' ? item : row.item, fate: hidden ? row.fate : fateOf(row, item) };
    });
    const here = new Set(shown.flatMap((each) => each.rows.map(({ item }) => item.id)));
    const fresh = (now?.items ?? []).filter(({ id }) => !here.has(id)).map((item): Row => ({ item }));
    return { ...group, advice: now?.advice ?? group.advice, count: now?.count ?? 0, rows: [...rows, ...fresh] };
  });
  const known = new Set(kept.map(({ key }) => key));
  const here = new Set(kept.flatMap(({ rows }) => rows.map(({ item }) => item.id)));
  const more = failures.filter((failure) => !known.has(keyOf(failure))).map((failure): Group => ({
    key: keyOf(failure), destination: failure.destination, reason: failure.reason, advice: failure.advice, count: failure.count,
    rows: failure.items.filter(({ id }) => !here.has(id)).map((item) => ({ item })),
  })).filter(({ rows }) => rows.length > 0);
  return [...kept, ...more];
}

export const mark = (groups: Group[], ids: Set<string>, fate: Fate | undefined): Group[] =>
  groups.map((group) => ({ ...group, rows: group.rows.map((row) => (ids.has(row.item.id) ? { ...row, fate } : row)) }));
export const waiting = ({ fate }: Row): boolean => !fate || fate === 'trying' || fate === 'again';
