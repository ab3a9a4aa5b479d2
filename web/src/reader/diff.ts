// What an edit changed, by words and by lines. Loaded when an edited message is opened.
import { diffArrays, diffWordsWithSpace } from 'diff';

export interface Piece { kind: 'same' | 'removed' | 'added'; text: string; start: number }

/** Pieces in reading order; `start` is the place in the newer text. */
export function words(before: string, after: string): Piece[] {
  let at = 0;
  return diffWordsWithSpace(before, after).map((part) => {
    const piece: Piece = { kind: part.added ? 'added' : part.removed ? 'removed' : 'same', text: part.value, start: at };
    if (!part.removed) at += part.value.length;
    return piece;
  });
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
