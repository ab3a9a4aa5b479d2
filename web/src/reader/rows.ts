// From messages to rows: days, holes between bubbles, albums as one, runs of one sender joined.
import type { Hole, Message } from '../api/types.ts';
import { dayKey } from '../app/format.ts';
import { zone } from '../app/settings.ts';

export type Row =
  | { kind: 'day'; key: string; date: string }
  | { kind: 'hole'; key: string; hole: Hole }
  | { kind: 'service'; key: string; message: Message; nth: number }
  | { kind: 'bubble'; key: string; messages: Message[]; joined: boolean; nth: number };  // nth: of the articles, from 1

const runMs = 5 * 60_000;

// Of each message, once: all that are loaded are gone through whenever one arrives.
interface When { ms: number; day: string }
let whens = new WeakMap<Message, When>();
let whensZone = '';
function when(message: Message): When {
  if (whensZone !== zone()) { whens = new WeakMap(); whensZone = zone(); }
  let found = whens.get(message);
  if (!found) whens.set(message, found = { ms: Date.parse(message.date), day: dayKey(message.date) });
  return found;
}

// The same list of one each time: a bubble of it needs not be drawn again.
const lists = new WeakMap<Message, Message[]>();
function alone(message: Message): Message[] {
  let found = lists.get(message);
  if (!found) lists.set(message, found = [message]);
  return found;
}

export function lead(row: Row): Message | null {
  if (row.kind === 'bubble') return row.messages[0] ?? null;
  return row.kind === 'service' ? row.message : null;
}
export const articles = (rows: Row[]): number => {
  for (let i = rows.length - 1; i >= 0; i -= 1) { const row = rows[i]; if (row?.kind === 'bubble' || row?.kind === 'service') return row.nth; }
  return 0;
};
export const holds = (row: Row, id: string): boolean =>
  row.kind === 'bubble' ? row.messages.some((message) => message.id === id) : row.kind === 'service' && row.message.id === id;

/** `begins`: nothing is older. Whoever reads is held by the first row that they see, so where something is older that row is
 *  one that stays as it is when the page before comes: no day, which would be the first again, and (`waits`) no album, which
 *  may be half of one. */
export function toRows(items: Message[], holes: Hole[], filtered: boolean, begins: boolean, waits = !begins): Row[] {
  const rows: Row[] = [];
  const open = filtered ? [] : holes.slice().sort((a, b) => a.from - b.from);
  const push = (hole: Hole): void => { rows.push({ kind: 'hole', key: `hole${String(hole.from)}`, hole }); };
  let day = '';
  let before: Message | null = null;
  let nth = 0;

  const first = !waits ? -1 : items.findIndex(({ albumId }) => !albumId || albumId !== items[0]?.albumId);
  for (const message of first > 0 ? items.slice(first) : items) {
    while (open[0] && open[0].to < message.messageId) {
      const hole = open.shift() as Hole;
      if (before && before.messageId < hole.to) push(hole);
    }
    const key = when(message).day;
    if (key !== day && (before || begins)) rows.push({ kind: 'day', key: `day${message.id}`, date: message.date });
    day = key;
    const last = rows.at(-1);
    if (message.service) rows.push({ kind: 'service', key: message.id, message, nth: nth += 1 });
    else if (message.albumId && last?.kind === 'bubble' && last.messages[0]?.albumId === message.albumId) last.messages = [...last.messages, message];
    else rows.push({ kind: 'bubble', key: message.id, messages: alone(message), joined: last?.kind === 'bubble' && isRun(before, message), nth: nth += 1 });
    before = message;
  }
  if (before) for (const hole of open) if (hole.from > before.messageId) push(hole);
  return rows;
}

function isRun(before: Message | null, message: Message): boolean {
  return before !== null && before.senderId === message.senderId && before.sender === message.sender
    && when(message).ms - when(before).ms < runMs;
}
