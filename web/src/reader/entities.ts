// Entities to a tree, cut to a part of the text. Offsets are UTF-16 units; whatever overlaps is split.
import type { Entity } from '../api/types.ts';

export type Node = string | { entity: Entity; children: Node[] };
interface Span { entity: Entity; start: number; end: number }

export function tree(text: string, entities: Entity[] = [], from = 0, to = text.length): Node[] {
  const spans = entities
    .map((entity): Span => ({ entity, start: Math.max(from, entity.offset), end: Math.min(to, entity.offset + entity.length) }))
    .filter(({ start, end }) => Number.isFinite(start) && end > start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  return build(text, spans, from, to);
}

function build(text: string, spans: Span[], from: number, to: number): Node[] {
  const nodes: Node[] = [];
  let at = from;
  const queue = spans.slice();
  for (let span = queue.shift(); span; span = queue.shift()) {
    if (span.start > at) nodes.push(text.slice(at, span.start));
    const inner: Span[] = [];
    const rest: Span[] = [];
    for (const other of queue) {
      if (other.start >= span.end) rest.push(other);
      else {
        inner.push({ ...other, end: Math.min(other.end, span.end) });
        if (other.end > span.end) rest.push({ ...other, start: span.end });
      }
    }
    nodes.push({ entity: span.entity, children: build(text, inner, span.start, span.end) });
    at = span.end;
    queue.splice(0, queue.length, ...rest.sort((a, b) => a.start - b.start || b.end - a.end));
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

/** More than Telegram lets anybody post: only an import has such, and a screen cannot draw it in time. */
const longest = 4_096;
const begins = 4_000;
/** How much of a text is shown at first; never half of a character. */
export function folded(text: string): number {
  if (text.length <= longest) return text.length;
  return /[\uD800-\uDBFF]/.test(text.charAt(begins - 1)) ? begins - 1 : begins;
}

/** The text with its spoilers covered, for places that show no formatting. */
export function covered(text: string, entities: Entity[] = []): string {
  const units = text.split('');
  for (const { type, offset, length } of entities) {
    if (type !== 'spoiler') continue;
    for (let i = Math.max(0, offset); i < Math.min(units.length, offset + length); i += 1) if (!/\s/.test(units[i] as string)) units[i] = '▒';
  }
  return units.join('');
}
