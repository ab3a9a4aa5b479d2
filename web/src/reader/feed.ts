// The messages of one channel that are loaded: one stretch without a gap, pages of 60 both ways, far pages dropped.
//
//   older ◀── [ items ] ──▶ newer (null: they reach the end of the channel)
//
// What the stream tells joins them where nothing can lie between; while that is not known it waits.
import { signal, type Signal } from '@preact/signals';
import { ApiError, recovered, request } from '../api/client.ts';
import { opened, skips } from '../api/stream.ts';
import type { Message, MessageEvent, Pagination } from '../api/types.ts';
import { apiId } from '../app/links.ts';
import { plain } from '../shell/target.ts';

export interface Filters { q: string; media: boolean; origin: string; deleted: string; sender: string; topic: string }

type End = 'first' | 'older' | 'newer';
/** An id that a permalink asks for, and what the gateway knows of it where it is not stored. */
export interface Absent { id: number; scope: number; why?: Pagination['absent'] }
export interface FeedState {
  items: Message[];
  older: string | null;
  newer: string | null;
  loading: '' | End;
  error: Error | null;
  /** Which of the loads `error` ended: it is not begun again by scrolling, but by retry(). */
  failed: '' | End;
  /** What changed last: only a live append may follow the end. */
  change: 'first' | 'page' | 'live';
  fresh: number;
  absent: Absent | null;
}
/** Who reads: whether at the end of the list, else at which id (null: nowhere yet), and what is told of it. */
export interface Reader { atEnd: () => boolean; toEnd: () => void; place: () => number | null; toPlace: (messageId: number) => void; posted: (n: number) => void }

const pageSize = 60;
/** By pages that somebody asked for. With each page all are laid out anew: 20,000 took 90 ms, as measured. */
const mostLoaded = 4_000;
/** By themselves: a screen shows 20, and a tab that stays open for a day must not grow; each frame goes through all of them. */
export const mostFollowed = 2_000;
/** So many more before they are cut: a cut has the list measured anew. */
export const slack = 200;
/** After a gap, looked back from the end. */
const mostPagesBack = 5;
const againMs = 3_000;
/** Messages on half of it. */
const screen = 12;
/** For another page around whoever scrolls on, while one is on its way. */
const mostTries = 3;
const aroundLast = 'around-last';
const aroundFirst = 'around-first';

export const compare = (a: Message, b: Message): number =>
  (a.scope === b.scope ? a.messageId - b.messageId : a.date.localeCompare(b.date)) || a.seq - b.seq;

const follows = (before: Message | undefined, after: Message | undefined): boolean =>
  before !== undefined && after !== undefined && before.scope === after.scope && before.messageId < after.messageId;

export function merge(items: Message[], news: Message[]): Message[] {
  // Of one that comes twice, the later.
  const sorted = [...new Map(news.slice().sort((a, b) => a.seq - b.seq).map((item) => [item.id, item])).values()].sort(compare);
  if (sorted.length === 0) return items;
  // A page at either end, or one message that changed: nearly always, and then nothing else is looked at.
  if (items.length === 0 || follows(items.at(-1), sorted[0])) return [...items, ...sorted];
  if (follows(sorted.at(-1), items[0])) return [...sorted, ...items];
  const [only] = sorted;
  const place = only && sorted.length === 1 ? items.findIndex(({ id }) => id === only.id) : -1;
  if (only && place >= 0) return (items[place]?.seq ?? 0) > only.seq ? items : [...items.slice(0, place), only, ...items.slice(place + 1)];
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const item of sorted) {
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
  (!filters.q || plain(message.text).includes(plain(filters.q))) && (!filters.sender || filters.sender === message.sender || filters.sender === message.senderId)
  && (!filters.media || message.hasMedia) && (!filters.origin || message.origin === filters.origin)
  && (!filters.topic || message.topicId === filters.topic) && (filters.deleted !== 'hide' || !message.deletedAt);

/** Whether a screen around an id is in a page. */
const amid = (items: Message[], pagination: Pagination | undefined, id: number): boolean => {
  const before = items.filter(({ messageId }) => messageId < id).length;
  return (before > screen || !pagination?.nextCursor) && (items.length - before > screen || !pagination?.prevCursor);
};
const olderOf = (pagination: Pagination | undefined): string | null => (pagination?.hasMore ? pagination.nextCursor ?? null : null);

/** Another value: the stream began anew, and something may have come between. */
const epoch = (): number => opened.peek() + recovered.peek();

export class Feed {
  readonly state: Signal<FeedState> = signal<FeedState>({ items: [], older: null, newer: null, loading: 'first', error: null, failed: '', change: 'first', fresh: 0, absent: null });
  reader: Reader = { atEnd: () => false, toEnd: () => undefined, place: () => null, toPlace: () => undefined, posted: () => undefined };
  private stopped = new AbortController();
  /** Of the last request for another place: what an older one brings is thrown away. */
  private turn = 0;
  private again = (): Promise<unknown> => this.loadNewest();
  private loaded = false;
  /** The epoch up to which nothing is missing at the end, and that of the load under way. */
  private whole = -1;
  private asking = -1;
  /** So many skips of the stream are in what is loaded. */
  private skipped = skips.peek();
  private askingSkipped = this.skipped;
  private catching = false;
  private later: ReturnType<typeof setTimeout> | undefined;
  private heard: MessageEvent[] = [];

  constructor(readonly peer: string, readonly filters: Filters) {}

  stop(): void { this.stopped.abort(); clearTimeout(this.later); }
  private set(change: Partial<FeedState>): void { this.state.value = { ...this.state.peek(), ...change }; }

  private async fetch(extra: Record<string, string>): Promise<{ items: Message[]; pagination?: Pagination }> {
    const query = feedQuery(this.peer, this.filters);
    for (const [name, value] of Object.entries(extra)) query.set(name, value);
    const { data, pagination } = await request<Message[]>(`messages?${query.toString()}`, { signal: this.stopped.signal });
    return { items: data, pagination };
  }

  private begin(again: () => Promise<unknown>, said: Absent | null): number {
    this.again = again;
    this.asking = epoch();
    this.askingSkipped = skips.peek();
    const { absent } = this.state.peek();
    this.set({ loading: 'first', error: null, failed: '', absent: absent === said ? absent : null });
    return this.turn += 1;
  }
  private arrive(change: Partial<FeedState>): void {
    this.loaded = true;
    this.whole = this.asking;
    this.skipped = this.askingSkipped;
    this.set({ loading: '', change: 'first', fresh: 0, ...change });
    this.settle();
  }
  private fail(error: unknown, failed: End, turn: number): void {
    if (turn !== this.turn || (error as Error).name === 'AbortError') return;
    this.set({ loading: '', error: error as Error, failed });
    this.settle();
  }
  retry(): void {
    const { failed } = this.state.peek();
    this.set({ failed: '', error: null });
    if (this.later) { void this.catchUp(); return; }
    void (failed === 'older' ? this.loadOlder() : failed === 'newer' ? this.loadNewer() : this.again());
  }

  loadNewest(): Promise<boolean> { return this.load(null, 0, null); }
  loadAround(messageId: number, scope: number): Promise<boolean> { return this.load(messageId, scope, { id: messageId, scope }); }

  /** Around `at`, or the newest. `said`: what is to be said not to be stored, where it is not. `place`: whoever reads stays where that is by then. False: it failed, or something else is shown by now. */
  private async load(at: number | null, scope: number, said: Absent | null, place?: () => number | null): Promise<boolean> {
    const turn = this.begin(() => this.load(at, scope, said, place), said);
    try {
      for (let tries = 0; ; tries += 1) {
        const { items, pagination } = await this.fetch(at === null ? {} : { around: apiId(this.peer, at, scope) });
        if (turn !== this.turn) return false;
        const now = place ? place() : at;
        const stays = now === null ? at === null : amid(items, pagination, now);
        // Who went to the end has stopped.
        if (!stays && now !== at && (tries < mostTries || now === null)) { at = now; continue; }
        const stored = said && items.some(({ messageId, scope: its }) => messageId === said.id && its === said.scope);
        const asked = at === said?.id && scope === said.scope;
        this.arrive({
          items: items.slice().sort(compare), older: olderOf(pagination), newer: pagination?.prevCursor ?? null,
          absent: stored ? null : asked ? { ...said, why: pagination?.absent } : said,
        });
        if (place && now !== null && !stays) this.reader.toPlace(now);
        return true;
      }
    } catch (error) {
      if (turn === this.turn && at !== null && error instanceof ApiError && error.status === 404) return this.load(null, 0, said);
      this.fail(error, 'first', turn);
      return false;
    }
  }

  /** For the rail: where an id is, or would be. */
  async jump(messageId: number): Promise<void> {
    if (await this.load(messageId, this.scope(), null)) this.reader.toPlace(messageId);
  }

  /** The stream could not tell all that happened: whatever is loaded may have changed. */
  private async anew(): Promise<void> {
    const place = (): number | null => (this.reader.atEnd() ? null : this.reader.place());
    if (await this.load(place(), this.scope(), this.state.peek().absent, place) && this.reader.atEnd()) this.reader.toEnd();
  }
  private scope(): number { return this.state.peek().items[0]?.scope ?? 0; }

  async loadOlder(): Promise<void> {
    const { older, loading, failed, items } = this.state.peek();
    if (!older || loading || failed === 'older') return;
    const { turn } = this;
    this.set({ loading: 'older' });
    try {
      const page = await this.fetch(older === aroundFirst && items[0] ? { around: items[0].id } : { cursor: older });
      if (turn !== this.turn) return;
      let all = merge(this.state.peek().items, page.items);
      let { newer } = this.state.peek();
      if (all.length > mostLoaded) { all = all.slice(0, mostLoaded); newer = aroundLast; }
      this.set({ items: all, older: olderOf(page.pagination), newer, loading: '', change: 'page' });
    } catch (error) { this.fail(error, 'older', turn); }
  }

  async loadNewer(): Promise<void> {
    const { newer, loading, failed, items } = this.state.peek();
    const last = items.at(-1);
    if (!newer || loading || failed === 'newer' || !last) return;
    const { turn } = this;
    this.set({ loading: 'newer' });
    try {
      const page = await this.fetch(newer === aroundLast ? { around: last.id } : { cursor: newer });
      if (turn !== this.turn) return;
      const all = merge(this.state.peek().items, page.items);
      const cut = all.length > mostLoaded;
      const kept = cut ? all.slice(-mostLoaded) : all;
      this.set({ items: kept, newer: page.items.length > 0 ? page.pagination?.prevCursor ?? null : null, loading: '', change: 'page', older: cut ? aroundFirst : this.state.peek().older });
      this.settle();
    } catch (error) { this.fail(error, 'newer', turn); }
  }

  /** After a gap in the stream: back from the newest until what is loaded is met, if it reached the end. */
  async catchUp(): Promise<void> {
    clearTimeout(this.later);
    this.later = undefined;
    const now = epoch();
    if (now === this.whole || this.busy()) return;
    const { newer, failed, items } = this.state.peek();
    if (failed) this.set({ failed: '', error: null });
    if (!this.loaded) { await this.again(); return; }
    this.whole = now;
    if (skips.peek() !== this.skipped) return this.anew();
    if (newer !== null && failed !== 'newer') { this.take(); return; }
    const last = items.at(-1);
    if (!last) { await this.load(null, 0, this.state.peek().absent); return; }
    const { turn } = this;
    this.catching = true;
    try {
      const found: Message[] = [];
      let met = false;
      let cursor: string | null = null;
      for (let n = 0; n < mostPagesBack && !met; n += 1) {
        const page = await this.fetch(cursor ? { cursor } : {});
        if (turn !== this.turn) break;
        found.push(...page.items);
        cursor = olderOf(page.pagination);
        met = cursor === null || page.items.some((item) => compare(item, last) <= 0);
      }
      if (turn === this.turn) {
        if (met) this.join(found, found.filter((item) => compare(last, item) < 0).length, true);
        else if (this.reader.atEnd()) {
          this.asking = now;
          this.arrive({ items: merge([], found), older: cursor, newer: null });
          this.reader.toEnd();
        }
        else this.set({ newer: aroundLast });
      }
    } catch (error) {
      if (turn === this.turn && (error as Error).name !== 'AbortError') {
        this.set({ failed: 'newer', error: error as Error });
        this.whole = -1;
        this.later = setTimeout(() => { void this.catchUp(); }, againMs);
      }
    }
    this.catching = false;
    this.settle();
  }

  apply(event: MessageEvent): void {
    if (this.heard.push(event) === 1) queueMicrotask(() => this.settle());
  }

  private busy(): boolean { return this.catching || ['first', 'newer'].includes(this.state.peek().loading); }
  private settle(): void {
    if (this.later) return;  // what is heard meanwhile waits, too
    if (this.loaded && epoch() !== this.whole) void this.catchUp();
    else this.take();
  }

  /** All that was heard, at once. */
  private take(): void {
    if (this.heard.length === 0 || this.busy()) return;
    const events = this.loaded ? this.heard : [];
    this.heard = [];
    const { items } = this.state.peek();
    const known = new Set(items.map(({ id }) => id));
    const [first] = items;
    const last = items.at(-1);
    const posted = new Set<string>();
    const found = events.filter(({ kind, message }) => {
      if (known.has(message.id)) return true;
      if (!fits(message, this.filters)) return false;
      const isNew = !last || compare(last, message) < 0;
      if (isNew && kind === 'new') posted.add(message.id);
      return isNew || !first || compare(message, first) > 0;
    });
    if (found.length > 0) this.join(found.map(({ message }) => message), posted.size, this.state.peek().newer === null);
  }

  /** `whole`: nothing lies between the last that is loaded and what is newer of `found`. */
  private join(found: Message[], posted: number, whole: boolean): void {
    const { items, fresh } = this.state.peek();
    const last = items.at(-1);
    const atEnd = this.reader.atEnd();
    const beyond = found.filter((item) => last && compare(last, item) < 0);
    const full = beyond.length > 0 && !atEnd && items.length >= mostFollowed;
    const joins = whole && !full;
    const all = merge(items, joins ? found : found.filter((item) => !beyond.includes(item)));
    this.set({
      items: this.filters.deleted === 'hide' ? all.filter(({ deletedAt }) => !deletedAt) : all,
      newer: joins ? null : whole ? aroundLast : this.state.peek().newer, change: 'live', fresh: joins && atEnd ? 0 : fresh + posted,
    });
    if (posted > 0) this.reader.posted(posted);
    if (this.state.peek().items.length === 0 && this.state.peek().older !== null) void this.loadNewest();
  }

  /** The reader is at the end: nothing is new any more, and what lies far above is loaded again when it is scrolled to. */
  seen(): void {
    const { fresh, items, loading } = this.state.peek();
    if (!loading && items.length > mostFollowed + slack) this.set({ items: items.slice(-mostFollowed), older: aroundFirst, change: 'page', fresh: 0 });
    else if (fresh > 0) this.set({ fresh: 0 });
  }
}
