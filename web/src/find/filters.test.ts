import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel } from '../api/types.ts';
import { fromAddress, isEnough, lastOperator, takeOperators, toAddress, toApi, withChip, type Search } from './filters.ts';

const channels = [{ channelId: '-1001', title: 'Mesa Norte', username: 'mesa' }, { channelId: '-1002', title: 'Mesa Sul' }, { channelId: '-1003', title: 'Ouro & Dólar' }] as Channel[];
const empty: Search = { text: '', chips: [], sort: 'newest' };

test('operators are taken out of what was typed, also in quotes', () => {
  const taken = takeOperators('ouro channel:"mesa norte" has:photo  is:edited rompimento', channels);
  assert.equal(taken.text, 'ouro rompimento');
  assert.deepEqual(taken.chips, [{ name: 'channel', value: '-1001' }, { name: 'has', value: 'photo' }, { name: 'is', value: 'edited' }]);
});
test('what means no one thing stays as it was typed, and is told', () => {
  const taken = takeOperators('channel:mesa has:gold before:2025-02-30 x', channels);
  assert.deepEqual(taken.chips, [{ name: 'channel', value: '-1001' }], 'a user name is one thing');
  assert.deepEqual(taken.unknown.map(({ whole }) => whole), ['has:gold', 'before:2025-02-30']);
  assert.equal(taken.text, 'has:gold before:2025-02-30 x');
  assert.deepEqual(takeOperators('channel:mes', [channels[0], channels[1]] as Channel[]).chips, []);
});
test('a name in quotes is not cut at its first blank while it is typed', () => {
  assert.deepEqual(takeOperators('channel:"ouro ', channels), { text: 'channel:"ouro', chips: [], unknown: [] });
});
test('a word with a colon in it is no operator', () => {
  assert.equal(takeOperators('https://t.me/x 12:30 this:that', channels).text, 'https://t.me/x 12:30 this:that');
});
test('the operator at the end is the one that is being typed', () => {
  assert.deepEqual(lastOperator('ouro channel:"mesa n'), { name: 'channel', value: 'mesa n', start: 5, whole: 'channel:"mesa n' });
  assert.equal(lastOperator('has:photo '), null);
});
test('an address and back are the same search', () => {
  const search: Search = { text: 'ouro', sort: 'oldest', chips: [
    { name: 'channel', value: '-1001' }, { name: 'channel', value: '-1003' }, { name: 'from', value: 'Ana, editor' }, { name: 'has', value: 'photo' }, { name: 'is', value: 'deleted' }, { name: 'after', value: '2025-10-03' }, { name: 'before', value: '2025-10-10' },
  ] };
  assert.deepEqual(fromAddress(Object.fromEntries(new URLSearchParams(toAddress(search)))), search);
});
test('an address that was tampered with names no filter', () => {
  assert.deepEqual(fromAddress({ q: 'x', channel: 'abc', has: '<b>', from: 'yesterday', sort: 'odd' }), { text: 'x', chips: [], sort: 'newest' });
});
test('one date on each side, each other value once', () => {
  const twice = withChip(withChip(empty, { name: 'after', value: '2025-10-03' }), { name: 'after', value: '2025-10-04' });
  assert.deepEqual(twice.chips, [{ name: 'after', value: '2025-10-04' }]);
});
test('under three letters only a channel with dates is asked for', () => {
  assert.equal(isEnough({ ...empty, text: 'ou' }), false);
  assert.equal(isEnough({ ...empty, text: 'our' }), true);
  assert.equal(isEnough(empty), false);
  assert.equal(isEnough({ ...empty, text: 'ou', chips: [{ name: 'channel', value: '-1001' }] }), false);
  assert.equal(isEnough({ ...empty, text: 'ou', chips: [{ name: 'channel', value: '-1001' }, { name: 'after', value: '2025-10-03' }] }), true);
  assert.equal(isEnough({ ...empty, chips: [{ name: 'is', value: 'deleted' }] }), true);
});
test('the API is asked for the whole of both days', () => {
  const asked = toApi({ text: 'ouro', sort: 'newest', chips: [{ name: 'after', value: '2025-10-03' }, { name: 'before', value: '2025-10-03' }, { name: 'has', value: 'photo' }, { name: 'has', value: 'video' }] }, 'UTC');
  assert.equal(asked.get('from'), '2025-10-03T00:00:00.000Z');
  assert.equal(asked.get('to'), '2025-10-03T23:59:59.999Z');
  assert.equal(asked.get('mediaType'), 'photo,video');
  assert.equal(asked.get('includeDeleted'), 'true');
});
