// The media of a channel, newest first, by kind: pages of messages, of which those that fit are kept.
import { signal, type Signal } from '@preact/signals';
import { request } from '../api/client.ts';
import type { Message } from '../api/types.ts';
import { safeUrl } from '../app/links.ts';
import { shownAs } from './media.ts';

export const galleryKinds = ['photos', 'videos', 'files', 'links'] as const;
export type GalleryKind = (typeof galleryKinds)[number];

const pageSize = 100;
/** Pages that one look goes through before it asks whether to look further back. */
const pagesALook = 10;
const enough = 24;

export interface Linked { url: string; words: string; title?: string; description?: string }
export function linksOf(message: Message): Linked[] {
  const out = new Map<string, Linked>();
  const { linkPreview: preview, text } = message;
  for (const { type, offset, length, url } of message.entities ?? []) {
    if (!['url', 'link', 'text_link'].includes(type)) continue;
    const words = text.slice(Math.max(0, offset), Math.max(0, offset) + Math.max(0, length));
    const to = safeUrl(type === 'text_link' ? url : words);
    if (to && /^https?:/.test(to)) out.set(to, { url: to, words });
  }
  const to = safeUrl(preview?.url);
  if (preview && to && /^https?:/.test(to)) out.set(to, { url: to, words: preview.url, title: preview.title, description: preview.description });
  return [...out.values()];
}

export function fits(message: Message, kind: GalleryKind): boolean {
  if (kind === 'links') return linksOf(message).length > 0;
  const shown = shownAs(message.media);
  if (kind === 'photos') return shown === 'image' && message.media?.type !== 'sticker';
  if (kind === 'videos') return shown === 'video' && message.media?.type !== 'sticker';
  return shown === 'file' || shown === 'audio';
}

export interface GalleryState { items: Message[]; loading: boolean; error: Error | null; more: boolean; looked: number; until: string }

export class GalleryFeed {
  readonly state: Signal<GalleryState> = signal<GalleryState>({ items: [], loading: false, error: null, more: true, looked: 0, until: '' });
  private cursor = '';
  private readonly stopped = new AbortController();

  constructor(readonly peer: string, readonly kind: GalleryKind) {}
  stop(): void { this.stopped.abort(); }

  async more(): Promise<void> {
    const before = this.state.peek();
    if (before.loading || !before.more) return;
    this.state.value = { ...before, loading: true, error: null };
    const wanted = before.items.length + enough;
    try {
      for (let page = 0; page < pagesALook && this.state.peek().items.length < wanted && this.state.peek().more; page += 1) await this.page();
      this.state.value = { ...this.state.peek(), loading: false };
    } catch (error) {
      if ((error as Error).name !== 'AbortError') this.state.value = { ...this.state.peek(), loading: false, error: error as Error };
    }
  }

  private async page(): Promise<void> {
    const query = new URLSearchParams({ channelId: this.peer, sort: 'newest', limit: String(pageSize), includeDeleted: 'true' });
    if (this.kind !== 'links') query.set('hasMedia', 'true');
    if (this.cursor) query.set('cursor', this.cursor);
    const { data, pagination } = await request<Message[]>(`messages?${query.toString()}`, { signal: this.stopped.signal });
    const now = this.state.peek();
    this.cursor = pagination?.nextCursor ?? '';
    this.state.value = {
      ...now, items: [...now.items, ...data.filter((message) => fits(message, this.kind))], more: Boolean(pagination?.hasMore && this.cursor),
      looked: now.looked + data.length, until: data.at(-1)?.date ?? now.until,
    };
  }
}
