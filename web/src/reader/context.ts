// What the rows of an open channel share.
import { signal } from '@preact/signals';

/** API id of the selected message. */
export const selected = signal<string | null>(null);
/** Ids of the messages whose last edit is shown. */
export const diffed = signal<ReadonlySet<string>>(new Set());
export const inspectorOpen = signal(window.matchMedia('(min-width: 1280px)').matches);
/** New messages a channel got while it was not open, since this page was. */
export const unread = signal<ReadonlyMap<string, number>>(new Map());

export function toggleDiff(id: string): void {
  const next = new Set(diffed.peek());
  if (!next.delete(id)) next.add(id);
  diffed.value = next;
}
export const versionsPath = (id: string): string => `messages/${encodeURIComponent(id)}/versions`;
