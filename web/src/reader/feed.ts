// The messages of one channel that are loaded: pages of 60 both ways, live changes, far pages dropped.
import { signal, type Signal } from '@preact/signals';
import { ApiError, request } from '../api/client.ts';
import type { Message, MessageEvent, Pagination } from '../api/types.ts';
import { locate, type Place } from './locate.ts';

export interface Filters { q: string; media: boolean; origin: string; deleted: string; sender: string; topic: string }
export const noFilters: Filters = { q: '', media: false, origin: '', deleted: '', sender: '', topic: '' };

export interface FeedState {
  items: Message[];
  older: string | null;
  newer: string | null;
  loading: '' | 'first' | 'older' | 'newer';
  error: Error | null;
  /** What changed last: only a live append may follow the end. */
  change: 'first' | 'page' | 'live';
  fresh: number;
  /** The id a permalink asked for that is not stored. */
  absent: number | null;
}
const pageSize = 60;
const mostLoaded = 20_000;
const aroundLast = 'around-last';
const aroundFirst = 'around-first';

export const compare = (a: Message, b: Message): number =>
  (a.scope === b.scope ? a.messageId - b.messageId : a.date.localeCompare(b.date)) || a.seq - b.seq;

const follows = (before: Message | undefined, after: Message | undefined): boolean =>
  before !== undefined && after !== undefined && before.scope === after.scope && before.messageId < after.messageId;

export function merge(items: Message[], news: Message[]): Message[] {
  const sorted = news.slice().sort(compare);
  // A page at either end, or one message that changed: nearly always, and then nothing else is looked at.
  if (items.length === 0 || sorted.length === 0 || follows(items.at(-1), sorted[0])) return [...items, ...sorted];
  if (follows(sorted.at(-1), items[0])) return [...sorted, ...items];
  const [only] = sorted;
  const place = only && sorted.length === 1 ? items.findIndex(({ id }) => id === only.id) : -1;
  if (only && place >= 0) return (items[place]?.seq ?? 0) > only.seq ? items : [...items.slice(0, place), only, ...items.slice(place + 1)];
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const item of news) {
    const old = byId.get(item.id);
    if (!old || item.seq >= old.seq) byId.set(item.id, item);
  }
  return [...byId.values()].sort(compare);
}

export function feedQuery(peer: string, filters: Filters): URLSearchParams {
  const query = new URLSearchParams({ channelId: peer, sort: 'newest', limit: String(pageSize) });
  if (filters.deleted !== 'hide') query.set('includeDeleted', 'true');
  if (filters.q) query.set('search', filters.q);
  if (filters.media) query.set('hasMedia', 'true');
  if (filters.origin) query.set('origin', filters.origin);
  if (filters.sender) query.set('sender', filters.sender);
  if (filters.topic) query.set('topicId', filters.topic);
  return query;
}

const fits = (message: Message, filters: Filters): boolean =>
  !(filters.q || filters.sender)
  && (!filters.media || message.hasMedia) && (!filters.origin || message.origin === filters.origin)
  && (!filters.topic || message.topicId === filters.topic) && (filters.deleted !== 'hide' || !message.deletedAt);

const olderOf = (pagination: Pagination | undefined): string | null => (pagination?.hasMore ? pagination.nextCursor ?? null : null);

export class Feed {
  readonly state: Signal<FeedState> = signal<FeedState>({ items: [], older: null, newer: null, loading: 'first', error: null, change: 'first', fresh: 0, absent: null });
  private stopped = new AbortController();
  /** Of the last request for another place: what an older one brings is thrown away. */
  private turn = 0;

  constructor(readonly peer: string, readonly filters: Filters) {}

  stop(): void { this.stopped.abort(); }
  private set(change: Partial<FeedState>): void { this.state.value = { ...this.state.peek(), ...change }; }

  private async fetch(extra: Record<string, string>): Promise<{ items: Message[]; pagination?: Pagination }> {
    const query = feedQuery(this.peer, this.filters);
    for (const [name, value] of Object.entries(extra)) query.set(name, value);
    const { data, pagination } = await request<Message[]>(`messages?${query.toString()}`, { signal: this.stopped.signal });
    return { items: data, pagination };
  }

  private fail(error: Error): void {
    if (error.name !== 'AbortError') this.set({ loading: '', error });
  }

  async loadNewest(): Promise<void> {
    const turn = ++this.turn;
    this.set({ loading: 'first', error: null, absent: null });
    try {
      const { items, pagination } = await this.fetch({});
      if (turn !== this.turn) return;
      this.set({ items: items.slice().sort(compare), older: olderOf(pagination), newer: null, loading: '', change: 'first', fresh: 0 });
    } catch (error) { this.fail(error as Error); }
  }

  async loadAround(messageId: number, scope: number): Promise<void> {
    const turn = ++this.turn;
    this.set({ loading: 'first', error: null, absent: null });
    const id = `${this.peer}:${String(messageId)}${scope ? `:${String(scope)}` : ''}`;
    try {
      const { items, pagination } = await this.fetch({ around: id });
      if (turn !== this.turn) return;
      const found = items.some((item) => item.messageId === messageId && item.scope === scope);
      this.set({
        items: items.slice().sort(compare), older: pagination?.nextCursor ?? null, newer: pagination?.prevCursor ?? null,
        loading: '', change: 'first', fresh: 0, absent: found ? null : messageId,
      });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) { this.fail(error as Error); return; }
      const near = await this.nearest(messageId).catch(() => null);
      if (turn !== this.turn) return;
      if (near && near !== messageId) await this.loadAround(near, 0);
      else await this.loadNewest();
      this.set({ absent: messageId });
    }
  }

  /** For the rail: where an id is, or would be. */
  async jump(messageId: number): Promise<void> {
    await this.loadAround(messageId, 0);
    if (this.state.peek().absent !== null) this.set({ absent: null });
  }

  /** The stored message nearest to an id, or null in an empty channel. */
  async nearest(messageId: number): Promise<number | null> {
    const one = async (sort: 'oldest' | 'newest', from?: number): Promise<Place | null> => {
      const query = new URLSearchParams({ channelId: this.peer, sort, limit: '1', includeDeleted: 'true' });
      if (from !== undefined) query.set('from', new Date(from).toISOString());
      const [found] = (await request<Message[]>(`messages?${query.toString()}`, { signal: this.stopped.signal })).data;
      return found ? { id: found.messageId, at: Date.parse(found.date) } : null;
    };
    const [oldest, newest] = await Promise.all([one('oldest'), one('newest')]);
    return oldest && newest ? (await locate(messageId, oldest, newest, (at) => one('oldest', at))).id : null;
  }

  async loadOlder(): Promise<void> {
    const { older, loading, items } = this.state.peek();
    if (!older || loading) return;
    const { turn } = this;
    this.set({ loading: 'older', error: null });
    try {
      const page = await this.fetch(older === aroundFirst && items[0] ? { around: items[0].id } : { cursor: older });
      if (turn !== this.turn) return;
      let all = merge(this.state.peek().items, page.items);
      let { newer } = this.state.peek();
      if (all.length > mostLoaded) { all = all.slice(0, mostLoaded); newer = aroundLast; }
      this.set({ items: all, older: olderOf(page.pagination), newer, loading: '', change: 'page' });
    } catch (error) { this.fail(error as Error); }
  }

  async loadNewer(): Promise<void> {
    const { newer, loading, items } = this.state.peek();
    const last = items.at(-1);
    if (!newer || loading || !last) return;
    const { turn } = this;
    this.set({ loading: 'newer', error: null });
    try {
      const page = await this.fetch(newer === aroundLast ? { around: last.id } : { cursor: newer });
      if (turn !== this.turn) return;
      const all = merge(this.state.peek().items, page.items);
      const cut = all.length > mostLoaded;
      const kept = cut ? all.slice(-mostLoaded) : all;
      this.set({ items: kept, newer: page.items.length > 0 ? page.pagination?.prevCursor ?? null : null, loading: '', change: 'page', older: cut ? aroundFirst : this.state.peek().older });
    } catch (error) { this.fail(error as Error); }
  }

  /** After a gap in the stream: what is newest now, if the end of the list is loaded. */
  async catchUp(): Promise<void> {
    if (this.state.peek().newer !== null || this.state.peek().loading) return;
    try {
      const { items } = await this.fetch({});
      const before = this.state.peek().items;
      const overlaps = before.length === 0 || items.some((item) => before.some(({ id }) => id === item.id));
      if (overlaps) this.set({ items: merge(before, items), change: 'live' });
      else await this.loadNewest();
    } catch { /* the bar says that the gateway is away */ }
  }

  apply(event: MessageEvent, atEnd: boolean): boolean {
    const { items, newer, fresh } = this.state.peek();
    const known = items.some(({ id }) => id === event.message.id);
    if (known) { this.set({ items: merge(items, [event.message]), change: 'live' }); return false; }
    if (!fits(event.message, this.filters)) return false;
    const last = items.at(-1);
    const isNew = !last || compare(last, event.message) < 0;
    if (newer !== null && isNew) { this.set({ fresh: fresh + 1 }); return true; }
    if (!isNew && items[0] && compare(event.message, items[0]) < 0) return false;
    this.set({ items: merge(items, [event.message]), change: isNew ? 'live' : 'page', fresh: isNew && !atEnd ? fresh + 1 : fresh });
    return isNew;
  }

  seen(): void { if (this.state.peek().fresh > 0) this.set({ fresh: 0 }); }
}
