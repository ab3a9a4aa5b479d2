import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covered, folded, tree, type Node } from './entities.ts';

const shown = (nodes: Node[]): string => nodes.map((node) => (typeof node === 'string' ? node : `<${node.entity.type}>${shown(node.children)}</>`)).join('');

test('nested entities nest', () => {
  assert.equal(shown(tree('ab cd', [{ type: 'bold', offset: 0, length: 5 }, { type: 'italic', offset: 3, length: 2 }])), '<bold>ab <italic>cd</></>');
});
test('overlapping entities are split', () => {
  assert.equal(shown(tree('abcd', [{ type: 'bold', offset: 0, length: 3 }, { type: 'italic', offset: 2, length: 2 }])), '<bold>ab<italic>c</></><italic>d</>');
});
test('an entity beyond the text is cut, a hostile one ignored', () => {
  assert.equal(shown(tree('ab', [{ type: 'bold', offset: 1, length: 99 }, { type: 'code', offset: -5, length: 2 }, { type: 'code', offset: NaN, length: 1 }])), 'a<bold>b</>');
});
test('offsets count UTF-16 units', () => {
  assert.equal(shown(tree('✅😀x', [{ type: 'bold', offset: 3, length: 1 }])), '✅😀<bold>x</>');
});
test('a part of the text keeps its formatting', () => {
  assert.equal(shown(tree('hello world', [{ type: 'bold', offset: 0, length: 11 }], 6, 11)), '<bold>world</>');
});
test('spoilers are covered where no formatting is shown, by UTF-16 units', () => {
  assert.equal(covered('😀 the end', [{ type: 'spoiler', offset: 3, length: 6 }, { type: 'bold', offset: 0, length: 2 }]), '😀 ▒▒▒ ▒▒d');
});
test('a text that can be posted is shown whole, a longer one begins, and no character is cut', () => {
  assert.equal(folded('a'.repeat(4_096)), 4_096);
  assert.equal(folded('a'.repeat(4_097)), 4_000);
  assert.equal(folded(`${'a'.repeat(3_999)}${'😀'.repeat(100)}`), 3_999);
  assert.equal(folded('😀'.repeat(4_000)), 4_000);
});
