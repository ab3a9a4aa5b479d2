// What a message carries, and how it can be shown.
import { signal } from '@preact/signals';
import type { Media, Message } from '../api/types.ts';
import { pictureUrl } from '../app/links.ts';
import { fetched } from './fetching.ts';

export type Shown = 'image' | 'video' | 'audio' | 'file' | 'none';
export function shownAs(media: Media | undefined): Shown {
  if (!media) return 'none';
  const mime = media.mimeType ?? '';
  switch (media.type) {
    case 'photo': return 'image';
    case 'video': case 'video_note': return 'video';
    case 'animation': return mime === 'image/gif' ? 'image' : 'video';
    case 'sticker': return mime.startsWith('video/') ? 'video' : mime === '' || mime.startsWith('image/') ? 'image' : 'file';
    case 'voice': case 'audio': return 'audio';
    case 'document': return 'file';
    default: return 'none';
  }
}
export const isPicture = (media?: Media): boolean => ['image', 'video'].includes(shownAs(media));

/** Where the file is, or null while it is not here. */
export const fileUrl = (message: Message): string | null => pictureUrl(message.media?.url ?? fetched(message.id));
export const isHere = (message: Message): boolean => fileUrl(message) !== null;

/** Width by height, within what a bubble can show. */
export const ratio = ({ media }: Message): number => {
  if (media?.type === 'video_note') return 1;
  const r = (media?.width ?? 4) / (media?.height ?? 3);
  return Number.isFinite(r) && r > 0 ? Math.min(2.5, Math.max(0.5, r)) : 4 / 3;
};

/** What the lightbox shows: pictures and videos that are here. */
export const lightbox = signal<{ pictures: Message[]; at: number } | null>(null);
export function openLightbox(message: Message, all: Message[]): void {
  const pictures = all.filter((one) => isPicture(one.media) && isHere(one));
  lightbox.value = { pictures, at: Math.max(0, pictures.findIndex(({ id }) => id === message.id)) };
}
