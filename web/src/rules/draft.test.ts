import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionsOf, asksNothing, bodyOf, conditionsOf, draftOf, pieces, prefilled } from './draft.ts';

test('a rule goes through the form unchanged', () => {
  const rule = {
    name: 'signals', enabled: false, position: 10,
    conditions: { channels: ['-1001'], regex: 'COMPRA|VENDA', ignoreCase: true, keywords: { anyOf: ['a'], noneOf: ['b'], wholeWords: true }, hasMedia: false, reply: true, mediaTypes: ['photo'], origins: ['live' as const], tags: ['x'] },
    actions: { tag: ['signal'], route: ['webhook:desk'], alert: [{ webhook: 'https://desk.example/x' }, { email: 'a@b.example' }], forward: [{ account: 'ops', to: '-1002', copy: true }] },
  };
  assert.deepEqual(bodyOf(draftOf(rule)), rule);
  assert.deepEqual(actionsOf(draftOf({ actions: { redact: '' } })), { redact: '' });
});

test('what is empty is not sent', () => {
  assert.ok(asksNothing(draftOf()));
  assert.deepEqual(actionsOf({ ...draftOf(), alert: [{ kind: 'email', to: ' ' }], forward: [{ account: '', to: '', copy: false }] }), {});
});

test('a link fills words and channels in', () => {
  const draft = prefilled({ text: 'ouro rompimento', channel: '-1001,-1002' });
  assert.deepEqual(conditionsOf(draft), { keywords: { allOf: ['ouro', 'rompimento'] }, channels: ['-1001', '-1002'] });
});

test('marks stand where the gateway found them', () => {
  assert.deepEqual(pieces('buy gold now', [{ offset: 4, length: 4 }]), [{ text: 'buy ', marked: false }, { text: 'gold', marked: true }, { text: ' now', marked: false }]);
  assert.deepEqual(pieces('ab', [{ offset: 5, length: 1 }]), [{ text: 'ab', marked: false }]);
});
