import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../api/types.ts';
import { mark, merge } from './asides.ts';

const item = (id: string, tries = 1): Failure['items'][number] => ({ id, channelId: '-100', messageId: Number(id), at: '2026-11-04T14:00:00Z', tries });
const failure = (destination: string, reason: string, items: Failure['items'], count = items.length): Failure => ({ destination, reason, count, items });
const ids = (groups: ReturnType<typeof merge>): string[][] => groups.map(({ rows }) => rows.map((row) => `${row.item.id}${row.fate ? ` ${row.fate}` : ''}`));

test('rows keep their places, and say what became of them', () => {
  let groups = merge([], [failure('desk', '400', [item('2'), item('1')]), failure('bot', 'size', [item('3')])]);
  groups = mark(groups, new Set(['2', '1']), 'trying');
  groups = merge(groups, [failure('bot', 'size', [item('3')]), failure('desk', '400', [item('1', 2)])]);
  assert.deepEqual(ids(groups), [['2 delivered', '1 again'], ['3']]);
});

test('what is new comes behind, and a group without rows stays', () => {
  let groups = merge([], [failure('desk', '400', [item('1')])]);
  groups = merge(groups, [failure('bot', 'size', [item('3')])]);
  groups = merge(groups, [failure('desk', '400', [item('4')]), failure('bot', 'size', [item('5'), item('3')])]);
  assert.deepEqual(ids(groups), [['1 gone', '4'], ['3', '5']]);
  assert.equal(groups[0]?.count, 1);
});

test('what was dropped is not said to be delivered', () => {
  const groups = mark(merge([], [failure('desk', '400', [item('1')])]), new Set(['1']), 'dropped');
  assert.deepEqual(ids(merge(groups, [])), [['1 dropped']]);
});

test('one that a shortened list no longer shows is not said to be delivered', () => {
  const groups = merge([], [failure('desk', '400', [item('1')])]);
  assert.deepEqual(ids(merge(groups, [failure('desk', '400', [item('9')], 60)])), [['1', '9']]);
});

test('one that was refused for another reason stays where it was, as refused again', () => {
  const groups = mark(merge([], [failure('desk', '400', [item('1')])]), new Set(['1']), 'trying');
  assert.deepEqual(ids(merge(groups, [failure('desk', '413', [item('1', 2)])])), [['1 again']]);
});

test('one that nobody tried here is not said to be delivered when it is gone', () => {
  const groups = merge(merge([], [failure('desk', '400', [item('1')])]), []);
  assert.deepEqual(ids(merge(groups, [])), [['1 gone']]);
});

test('one that is tried is delivered when a shortened list would show it, and else not known', () => {
  const groups = mark(merge([], [failure('desk', '400', [item('9'), item('2')], 60)]), new Set(['9', '2']), 'trying');
  assert.deepEqual(ids(merge(groups, [failure('desk', '400', [item('5')], 59)])), [['9 delivered', '2 trying', '5']]);
});
