// What an edit changed, by words and by lines. Loaded when an edited message is opened.
import { diffArrays } from 'diff';

export interface Piece { kind: 'same' | 'removed' | 'added'; text: string; start: number }

/** Numbers are one word with their points and colons: 128.180 became 128.250, not 180 became 250. */
const wordsOf = (text: string): string[] => text.match(/\p{N}+(?:[.,:/]\p{N}+)*%?|[\p{L}\p{M}\p{N}_]+|\s+|[^\p{L}\p{M}\p{N}_\s]/gu) ?? [];

/** Pieces in reading order; `start` is the place in the newer text. */
export function words(before: string, after: string): Piece[] {
  let at = 0;
  return diffArrays(wordsOf(before), wordsOf(after), { timeout: 400 })?.map((part) => {
    const text = part.value.join('');
    const piece: Piece = { kind: part.added ? 'added' : part.removed ? 'removed' : 'same', text, start: at };
    if (!part.removed) at += text.length;
    return piece;
  }) ?? [{ kind: 'removed', text: before, start: 0 }, { kind: 'added', text: after, start: 0 }];
}

export interface Line { kind: 'same' | 'removed' | 'added'; pieces: Piece[] }

export function lines(before: string, after: string): Line[] {
  const result: Line[] = [];
  const parts = diffArrays(before.split('\n'), after.split('\n'));
  const whole = (text: string): Piece[] => [{ kind: 'same', text, start: 0 }];
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i];
    const next = parts[i + 1];
    if (part?.removed && next?.added) {
      const pairs = Math.max(part.value.length, next.value.length);
      for (let k = 0; k < pairs; k += 1) {
        const pieces = words(part.value[k] ?? '', next.value[k] ?? '');
        if (part.value[k] !== undefined) result.push({ kind: 'removed', pieces: pieces.filter(({ kind }) => kind !== 'added') });
        if (next.value[k] !== undefined) result.push({ kind: 'added', pieces: pieces.filter(({ kind }) => kind !== 'removed') });
      }
      i += 1;
    } else if (part) {
      for (const text of part.value) result.push({ kind: part.added ? 'added' : part.removed ? 'removed' : 'same', pieces: whole(text) });
    }
  }
  return result;
}
