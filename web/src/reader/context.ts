// What the rows of an open channel share.
import { signal, type Signal } from '@preact/signals';

/** API id of the selected message. */
export const selected = signal<string | null>(null);
/** Ids of the messages whose last edit is shown. */
export const diffed = signal<ReadonlySet<string>>(new Set());
/** Ids of the long messages that are shown whole. */
export const unfolded = signal<ReadonlySet<string>>(new Set());
export const inspectorOpen = signal(window.matchMedia('(min-width: 1280px)').matches);
/** New messages a channel got while it was not open, since this page was. */
export const unread = signal<ReadonlyMap<string, number>>(new Map());

export function toggle(of: Signal<ReadonlySet<string>>, id: string): void {
  const next = new Set(of.peek());
  if (!next.delete(id)) next.add(id);
  of.value = next;
}
export const toggleDiff = (id: string): void => toggle(diffed, id);
export const versionsPath = (id: string): string => `messages/${encodeURIComponent(id)}/versions`;
