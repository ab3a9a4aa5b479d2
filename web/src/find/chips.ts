// Chips and suggestions in words.
import type { Channel } from '../api/types.ts';
import { gatewayNow } from '../api/client.ts';
import { dayKey } from '../app/format.ts';
import { region, t, word, type Key } from '../i18n/index.ts';
import { matches } from '../shell/target.ts';
import { operators, resolve, values, type Chip, type Operator, type Token } from './filters.ts';

export interface Suggestion { key: string; label: string; detail: string; chip?: Chip; operator?: Operator; avatar?: Channel['avatar'] }
const mostOffered = 8;

const help: Record<Operator, Key> = {
  channel: 's.helpChannel', from: 's.helpFrom', has: 's.helpHas', is: 's.helpIs', origin: 's.helpOrigin', after: 's.helpAfter', before: 's.helpBefore',
};
const origins: Record<string, Key> = { live: 'r.live', catchup: 'r.caughtUpPlain', backfill: 'r.history', import: 'r.imported' };

function valueText(name: Operator, value: string): string {
  if (name === 'has') return value === 'media' ? t('s.anyMedia') : word('media', value);
  if (name === 'is') return value === 'deleted' ? t('s.deleted') : t('r.edited1');
  if (name === 'origin') return origins[value] ? t(origins[value]) : value;
  return value;
}

export function chipText({ name, value }: Chip, channels: Channel[]): string {
  if (name === 'channel') return channels.find(({ channelId }) => channelId === value)?.title ?? value;
  if (name === 'after' || name === 'before') return new Intl.DateTimeFormat(region, { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(value));
  return name === 'from' ? value : valueText(name, value);
}

const daysBack: [number, Key][] = [[0, 's.today'], [1, 's.yesterday'], [7, 's.daysAgo'], [30, 's.daysAgo']];

/** For the operator that is being typed, or all operators. */
export function suggestions(token: Token | null, channels: Channel[]): Suggestion[] {
  if (!token) return operators.map((operator) => ({ key: operator, label: `${operator}:`, detail: t(help[operator]), operator }));
  const { name, value } = token;
  if (name === 'channel') {
    return channels.filter(({ title, username, channelId }) => matches(value, title, username, channelId)).slice(0, mostOffered)
      .map((channel) => ({ key: channel.channelId, label: channel.title, detail: channel.username ? `@${channel.username}` : channel.channelId, chip: { name, value: channel.channelId }, avatar: channel.avatar }));
  }
  if (name === 'after' || name === 'before') {
    const exact = resolve(name, value, channels);
    if (exact) return [{ key: exact.value, label: chipText(exact, channels), detail: exact.value, chip: exact }];
    return daysBack.map(([days, label]) => {
      const date = dayKey(gatewayNow() - days * 86_400_000);
      return { key: date, label: t(label, { n: days }), detail: date, chip: { name, value: date } };
    }).filter(({ detail }) => detail.startsWith(value));
  }
  if (name === 'from') return value ? [{ key: value, label: value, detail: t('s.helpFrom'), chip: { name, value } }] : [];
  return (values[name] ?? []).filter((one) => matches(value, one, valueText(name, one)))
    .map((one) => ({ key: one, label: valueText(name, one), detail: `${name}:${one}`, chip: { name, value: one } }));
}
