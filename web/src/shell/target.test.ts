import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel } from '../api/types.ts';
import { matches, parseTarget } from './target.ts';

const channels = [{ channelId: '-1001487851422', username: 'mesanorte', title: 'Mesa Norte' }] as Channel[];

test('a private t.me link leads to the message', () => {
  assert.equal(parseTarget('https://t.me/c/1487851422/46544', channels, null)?.path, 'c/-1001487851422/46544');
});
test('a public t.me link with a topic leads to the message', () => {
  assert.equal(parseTarget('t.me/MesaNorte/7/46544', channels, null)?.path, 'c/-1001487851422/46544');
});
test('a bare id needs an open channel', () => {
  assert.equal(parseTarget('48,109', channels, null), null);
  assert.equal(parseTarget('48,109', channels, '-1001487851422')?.path, 'c/-1001487851422/48109');
});
test('a link to a channel that is not captured leads nowhere', () => {
  assert.equal(parseTarget('https://t.me/other/1', channels, null), null);
});
test('names match without accents', () => {
  assert.ok(matches('orgao', 'Órgão Público'));
});
