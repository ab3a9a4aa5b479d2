import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../api/types.ts';
import { fits, linksOf } from './gallery.ts';

const message = (more: Partial<Message>): Message => ({ text: '', ...more }) as Message;
const media = (type: string, mimeType = ''): Message => message({ media: { type, mimeType } });

test('each kind of media is in one tab', () => {
  const kinds = (one: Message): string[] => (['photos', 'videos', 'files', 'links'] as const).filter((kind) => fits(one, kind));
  assert.deepEqual(kinds(media('photo')), ['photos']);
  assert.deepEqual(kinds(media('video')), ['videos']);
  assert.deepEqual(kinds(media('voice', 'audio/ogg')), ['files']);
  assert.deepEqual(kinds(media('document', 'text/html')), ['files']);
  assert.deepEqual(kinds(media('poll')), []);
  assert.deepEqual(kinds(media('sticker', 'image/webp')), []);
});
test('only what may be followed is a link', () => {
  const one = message({ text: 'go javascript:alert(1) http://a.example/', entities: [
    { type: 'url', offset: 3, length: 19 }, { type: 'url', offset: 23, length: 17 }, { type: 'text_link', offset: 0, length: 2, url: 'data:text/html,x' }, { type: 'url', offset: -4, length: 9_999 }] });
  assert.deepEqual(linksOf(one).map(({ url }) => url), ['http://a.example/']);
});
