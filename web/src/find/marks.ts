// The part of a text around what was found, cut at the server's offsets (UTF-16 units, as in JavaScript's strings).
export interface Mark { offset: number; length: number }
export interface Piece { text: string; marked: boolean }

const before = 70;
const most = 260;
const isHalf = (text: string, at: number): boolean => at > 0 && at < text.length && /[\uDC00-\uDFFF]/.test(text.charAt(at)) && /[\uD800-\uDBFF]/.test(text.charAt(at - 1));

export function snippet(text: string, marks: Mark[]): Piece[] {
  const first = marks[0];
  let start = first && first.offset > before * 1.5 ? first.offset - before : 0;
  if (start > 0) {
    const space = text.slice(start, first?.offset).search(/\s/);
    if (space >= 0 && space < 24) start += space + 1;
  }
  if (isHalf(text, start)) start -= 1;
  let end = Math.min(text.length, start + most);
  if (isHalf(text, end)) end -= 1;
  const pieces: Piece[] = [];
  const add = (from: number, to: number, marked: boolean): void => { if (to > from) pieces.push({ text: text.slice(from, to), marked }); };
  let at = start;
  for (const { offset, length } of marks) {
    if (offset < at || length <= 0 || offset >= end) continue;
    add(at, offset, false);
    add(offset, Math.min(end, offset + length), true);
    at = Math.min(end, offset + length);
  }
  add(at, end, false);
  if (start > 0) pieces.unshift({ text: '…', marked: false });
  if (end < text.length) pieces.push({ text: '…', marked: false });
  return pieces;
}
