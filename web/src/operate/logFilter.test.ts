import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterOf, journalctl, queryOf, typed } from './logFilter.ts';

test('the address says the filter, and the filter the address', () => {
  const filter = filterOf('?level=warn&q=gold&field=channel%3A-100&field=note%3Aa%2Cb%3Ac');
  assert.deepEqual(filter, { level: 'warn', q: 'gold', fields: [['channel', '-100'], ['note', 'a,b:c']] });
  assert.deepEqual(filterOf(`?${queryOf(filter)}`), filter);
  assert.equal(queryOf(filterOf('?level=loud')), '');
  assert.ok(!queryOf(filter).includes(','), 'a topic of the stream may hold no comma');
});

test('name=value that is typed is a field', () => {
  const none = filterOf('');
  assert.deepEqual(typed(none, 'channel=-100').fields, [['channel', '-100']]);
  assert.equal(typed(none, ' https://example.org ').q, 'https://example.org');
});

test('journalctl is asked for the same, whatever is in the values', () => {
  const command = journalctl({ level: 'warn', q: "it's (a) $x", fields: [['chat-id', "1'; rm -rf /"]] }, '2026-11-27T07:02:11.250Z');
  assert.equal(command, "journalctl -t telegram-gateway -p warning --since='2026-11-27 07:02:11 UTC' --case-sensitive=no --grep='it'\\''s \\(a\\) \\$x' 'TG_CHAT_ID=1'\\''; rm -rf /'");
});
