// What a search asks for: typed operators, the address and the API's query are three spellings of it.
import type { Channel } from '../api/types.ts';
import { startOfDay } from '../app/format.ts';
import { matches } from '../shell/target.ts';

export type Operator = 'channel' | 'from' | 'has' | 'is' | 'origin' | 'before' | 'after';
export interface Chip { name: Operator; value: string }
export interface Search { text: string; chips: Chip[]; sort: 'newest' | 'oldest' }

export const operators: Operator[] = ['channel', 'from', 'has', 'is', 'origin', 'after', 'before'];
export const values: Partial<Record<Operator, string[]>> = {
  has: ['media', 'photo', 'video', 'audio', 'voice', 'video_note', 'animation', 'sticker', 'document'],
  is: ['edited', 'deleted'],
  origin: ['live', 'catchup', 'backfill', 'import'],
};
/** The operators' names in the address: `from` and `to` are dates there, as in the API. */
const inAddress: Record<Operator, string> = { channel: 'channel', from: 'sender', has: 'has', is: 'is', origin: 'origin', after: 'from', before: 'to' };
const single = new Set<Operator>(['from', 'after', 'before']);
export const fewestLetters = 3;

export function fromAddress(query: Record<string, string | undefined>): Search {
  const chips = operators.flatMap((name) => {
    const text = query[inAddress[name]] ?? '';
    const all = name === 'from' ? [text] : text.split(',');
    return all.filter((value) => value && isValue(name, value)).map((value): Chip => ({ name, value }));
  });
  return { text: query.q ?? '', chips, sort: query.sort === 'oldest' ? 'oldest' : 'newest' };
}

export function toAddress({ text, chips, sort }: Search): string {
  const out = new URLSearchParams();
  if (text.trim()) out.set('q', text.trim());
  for (const name of operators) {
    const all = chips.filter((chip) => chip.name === name).map(({ value }) => value);
    if (all.length > 0) out.set(inAddress[name], all.join(','));
  }
  if (sort === 'oldest') out.set('sort', sort);
  return out.toString();
}

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
function isValue(name: Operator, value: string): boolean {
  if (name === 'channel') return /^-?\d+$/.test(value);
  if (name === 'after' || name === 'before') return isDate(value);
  return values[name]?.includes(value) ?? value.length > 0;
}

export function withChip(search: Search, chip: Chip): Search {
  const others = search.chips.filter(({ name, value }) => !(name === chip.name && (single.has(name) || value === chip.value)));
  return { ...search, chips: [...others, chip] };
}

export interface Token { name: Operator; value: string; start: number; whole: string }
/** The operator at the end of what was typed: has:photo, channel:"Mesa Norte". */
export function lastOperator(text: string): Token | null {
  const found = /(?:^|\s)((channel|from|has|is|origin|before|after):("[^"]*"?|\S*))$/i.exec(text);
  if (!found) return null;
  const whole = found[1] as string;
  return { name: (found[2] as string).toLowerCase() as Operator, value: (found[3] as string).replace(/"/g, ''), start: text.length - whole.length, whole };
}
/** Every operator in a text, taken out of it: for what is pasted, and for Enter. */
export function takeOperators(text: string, channels: Channel[]): { text: string; chips: Chip[]; unknown: Token[] } {
  const chips: Chip[] = [];
  const unknown: Token[] = [];
  const rest = text.replace(/(^|\s)(channel|from|has|is|origin|before|after):("[^"]*"|[^\s"]\S*)/gi, (whole: string, _space: string, name: string, raw: string) => {
    const operator = name.toLowerCase() as Operator;
    const value = raw.replace(/"/g, '');
    const chip = resolve(operator, value, channels);
    if (chip) { chips.push(chip); return ''; }
    unknown.push({ name: operator, value, start: 0, whole: whole.trim() });
    return whole;
  });
  return { text: rest.replace(/\s+/g, ' ').trim(), chips, unknown };
}

export function resolve(name: Operator, typed: string, channels: Channel[]): Chip | null {
  const value = typed.trim();
  if (name === 'channel') {
    if (channels.some(({ channelId }) => channelId === value)) return { name, value };
    const user = channels.find(({ username }) => username?.toLowerCase() === value.replace(/^@/, '').toLowerCase());
    const found = user ? [user] : value ? channels.filter(({ title }) => matches(value, title)) : [];
    const exact = found.find(({ title }) => title.toLowerCase() === value.toLowerCase()) ?? (found.length === 1 ? found[0] : undefined);
    return exact ? { name, value: exact.channelId } : null;
  }
  const plain = name === 'from' ? value : value.toLowerCase();
  return isValue(name, plain) ? { name, value: plain } : null;
}

/** Whether the store would be asked: three letters, or a channel with dates. */
export function isEnough({ text, chips }: Search): boolean {
  const has = (name: Operator): boolean => chips.some((chip) => chip.name === name);
  if (text.trim()) return [...text.trim()].length >= fewestLetters || (has('channel') && (has('after') || has('before')));
  return chips.length > 0;
}

const dayAfter = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

export function toApi({ text, chips, sort }: Search, zone: string): URLSearchParams {
  const all = (name: Operator): string[] => chips.filter((chip) => chip.name === name).map(({ value }) => value);
  const out = new URLSearchParams({ sort });
  const put = (name: string, value: string | undefined): void => { if (value) out.set(name, value); };
  put('search', text.trim());
  put('channelId', all('channel').join(','));
  put('sender', all('from')[0]);
  const has = all('has');
  if (has.includes('media')) out.set('hasMedia', 'true');
  else put('mediaType', has.join(','));
  put('origin', all('origin').join(','));
  const is = all('is');
  out.set(is.includes('deleted') ? 'onlyDeleted' : 'includeDeleted', 'true');
  if (is.includes('edited')) out.set('onlyEdited', 'true');
  const [after] = all('after');
  const [before] = all('before');
  if (after) out.set('from', startOfDay(after, zone).toISOString());
  if (before) out.set('to', new Date(startOfDay(dayAfter(before), zone).getTime() - 1).toISOString());
  return out;
}
