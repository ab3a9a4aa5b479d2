import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snippet } from './marks.ts';

const joined = (text: string, marks: { offset: number; length: number }[]): string => snippet(text, marks).map(({ text: part, marked }) => (marked ? `«${part}»` : part)).join('');

test('what the server found is marked where it stands', () => {
  assert.equal(joined('Ação ouro acao', [{ offset: 0, length: 4 }, { offset: 10, length: 4 }]), '«Ação» ouro «acao»');
});
test('a long text is cut around the first of them, at a word', () => {
  const text = `${'lorem ipsum '.repeat(40)}ouro ${'dolor sit '.repeat(60)}`;
  const shown = joined(text, [{ offset: 480, length: 4 }]);
  assert.match(shown, /^…(ipsum|lorem)/);
  assert.match(shown, /«ouro»/);
  assert.ok(shown.endsWith('…') && shown.length < 280);
});
test('no character is cut in half', () => {
  const text = '🙂'.repeat(300);
  for (const offset of [300, 302, 401]) assert.doesNotMatch(snippet(text, [{ offset, length: 2 }]).map(({ text: part }) => part).join(''), /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/);
});
test('offsets that make no sense mark nothing', () => {
  assert.equal(joined('ouro', [{ offset: 9, length: 2 }, { offset: 0, length: -1 }]), 'ouro');
});
