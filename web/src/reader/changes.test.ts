import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Version } from '../api/types.ts';
import { otherChanges } from './changes.ts';

const version = (text: string, more: Partial<Version> = {}): Version => ({ text, ...more }) as Version;

test('formatting that came and went is named with its words', () => {
  const said = otherChanges(version('Stop 128.180', { entities: [{ type: 'bold', offset: 0, length: 4 }] }), version('Stop 128.180', { entities: [{ type: 'italic', offset: 5, length: 7 }] }));
  assert.deepEqual(said, ['“128.180” is now italic', '“Stop” is no longer bold']);
});
test('a link that leads elsewhere now is said with both addresses', () => {
  const to = (url: string): Partial<Version> => ({ entities: [{ type: 'text_link', offset: 0, length: 4, url }] });
  assert.deepEqual(otherChanges(version('here', to('https://a.example/')), version('here', to('https://b.example/'))), ['“here” led to https://a.example/ and leads to https://b.example/ now']);
});
test('media that were replaced are named', () => {
  const media = (uniqueId: string, size: number): Partial<Version> => ({ media: { type: 'photo', uniqueId, width: 800, height: 600, size } });
  assert.match(otherChanges(version('x', media('a', 1_000)), version('x', media('b', 2_000)))[0] ?? '', /^Replaced: Photo, 800 × 600, 1\.0 KB, now Photo/);
  assert.deepEqual(otherChanges(version('x', media('a', 1)), version('x', media('a', 1))), []);
});
test('a link preview that came, went or is another one is named; of a file nothing is known', () => {
  const preview = (title: string, more: Partial<Version> = {}): Version => version('x', { linkPreview: { type: 'generic', url: 'https://a.example/', title }, ...more });
  assert.deepEqual(otherChanges(version('x'), preview('Gold')), ['Link preview added: Gold']);
  assert.deepEqual(otherChanges(preview(''), version('x')), ['Link preview removed: https://a.example/']);
  assert.deepEqual(otherChanges(preview('Gold'), preview('Silver')), ['Link preview is another one: Silver']);
  assert.deepEqual(otherChanges(preview('Gold'), preview('Gold')), []);
  assert.deepEqual(otherChanges(version('x', { source: 'export_file' }), preview('Gold')), []);
});
test('words alone leave nothing else to say', () => {
  assert.deepEqual(otherChanges(version('a b', { entities: [{ type: 'hashtag', offset: 0, length: 1 }] }), version('a c')), []);
});
