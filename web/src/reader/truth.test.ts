import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realHost, shownName } from './truth.ts';

test('a link whose words name its host needs nothing beside it', () => {
  for (const [text, url] of [['example.com', 'https://example.com/'], ['https://www.example.com/a', 'https://example.com/a'], ['read on', 'https://example.com/'], ['4.012, or so', 'https://example.com/']] as const) {
    assert.equal(realHost(text, url), null, text);
  }
});
test('words that name another host are corrected', () => {
  assert.equal(realHost('bank.example', 'https://evil.example/'), 'evil.example');
  assert.equal(realHost('https://bank.example/login', 'https://evil.example/'), 'evil.example');
  assert.equal(realHost('\u202Ebank.example', 'https://evil.example/'), 'evil.example');
});
test('letters of another script and names before an @ are shown as what they are', () => {
  assert.equal(realHost('аpple.com', 'https://аpple.com/'), 'xn--pple-43d.com');
  assert.equal(realHost('https://bank.example@evil.example/', 'https://bank.example@evil.example/'), 'evil.example');
});
test('what is no web address has no host', () => {
  assert.equal(realHost('mail', 'mailto:a@b.example'), null);
});
test('a file name cannot be read backwards', () => {
  assert.equal(shownName('photo\u202Egpj.exe'), 'photo\uFFFDgpj.exe');
  assert.equal(shownName('a\nb.txt'), 'a\uFFFDb.txt');
});
