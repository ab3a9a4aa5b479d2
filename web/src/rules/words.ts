// Rules in words.
import { t, word } from '../i18n/index.ts';
import type { Actions, Conditions } from './types.ts';

const known = new Set(['channels', 'kinds', 'regex', 'anyOf', 'allOf', 'noneOf', 'hasMedia', 'mediaTypes', 'senders', 'forwarded', 'reply', 'hasLink', 'hashtags', 'origins', 'tags']);
const some = (list: string[]): string => (list.length > 3 ? `${list.slice(0, 3).join(', ')} +${String(list.length - 3)}` : list.join(', '));
/** A condition's name as the API has it, in words; the name itself where it is not known here. */
export function conditionName(field: string): string {
  const name = field.replace('keywords.', '');
  return known.has(name) ? t(`ru.c.${name as 'regex'}`) : field;
}

export function whenParts(c: Conditions, titleOf: (channel: string) => string): string[] {
  const parts: string[] = [];
  if (c.regex) parts.push(`/${c.regex}/${c.ignoreCase ? 'i' : ''}`);
  for (const [name, key] of [['anyOf', 'ru.anyWord'], ['allOf', 'ru.allWords'], ['noneOf', 'ru.noWord']] as const) {
    const words = c.keywords?.[name];
    if (words?.length) parts.push(t(key, { words: some(words) }));
  }
  if (c.channels?.length) parts.push(t('ru.inChannels', { names: some(c.channels.map(titleOf)) }));
  for (const flag of ['hasMedia', 'forwarded', 'reply', 'hasLink'] as const) if (c[flag] !== undefined) parts.push(t(`ru.${flag}.${c[flag] ? 'yes' : 'no'}`));
  if (c.mediaTypes?.length) parts.push(some(c.mediaTypes.map((type) => word('media', type))));
  for (const name of ['senders', 'hashtags', 'origins', 'kinds', 'tags'] as const) {
    const list = c[name];
    if (list?.length) parts.push(`${conditionName(name)}: ${some(list)}`);
  }
  return parts;
}

export function thenParts(a: Actions, titleOf: (channel: string) => string): string[] {
  const parts: string[] = [];
  if (a.drop) parts.push(t('ru.does.drop'));
  if (a.redact !== undefined) parts.push(t('ru.does.redact', { text: a.redact || '…' }));
  if (a.tag?.length) parts.push(t('ru.does.tag', { words: some(a.tag) }));
  if (a.route?.length) parts.push(t('ru.does.route', { names: some(a.route) }));
  for (const alert of a.alert ?? []) parts.push(t('ru.does.alert', { to: alert.email ?? alert.webhook ?? '' }));
  for (const forward of a.forward ?? []) parts.push(t(forward.copy ? 'ru.does.copy' : 'ru.does.forward', { to: titleOf(forward.to) }));
  return parts;
}
