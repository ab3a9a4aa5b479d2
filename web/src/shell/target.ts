// Reads what was typed into the jump field: a t.me link, peer:message, or a bare id of the open channel.
import type { Channel } from '../api/types.ts';

export interface Target { path: string; label: string; detail?: string; icon?: string; channel?: Channel; messageId?: number }

export const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
export function matches(q: string, ...texts: (string | undefined)[]): boolean {
  const wanted = plain(q.trim().replace(/^@/, ''));
  return wanted === '' || texts.some((text) => text !== undefined && plain(text).includes(wanted));
}

function place(channels: Channel[], find: (channel: Channel) => boolean, messageId: number): Target | null {
  const channel = channels.find(find);
  if (!channel) return null;
  return { path: `c/${encodeURIComponent(channel.channelId)}/${String(messageId)}`, label: channel.title, detail: String(messageId), channel, messageId };
}

export function parseTarget(q: string, channels: Channel[], openPeer: string | null): Target | null {
  const text = q.trim();
  const privateLink = /^(?:https?:\/\/)?t\.me\/c\/(\d+)\/(?:\d+\/)?(\d+)/i.exec(text);
  if (privateLink) return place(channels, ({ channelId }) => channelId === `-100${privateLink[1] as string}`, Number(privateLink[2]));
  const publicLink = /^(?:https?:\/\/)?t\.me\/(?:s\/)?([a-z]\w{3,})\/(?:\d+\/)?(\d+)/i.exec(text);
  if (publicLink) return place(channels, ({ username }) => username?.toLowerCase() === publicLink[1]?.toLowerCase(), Number(publicLink[2]));
  const pair = /^(-?\d+):(\d+)/.exec(text);
  if (pair) return place(channels, ({ channelId }) => channelId === pair[1], Number(pair[2]));
  const id = /^\d{1,10}$/.exec(text.replace(/[.,\s](?=\d{3})/g, ''));
  return id && openPeer ? place(channels, ({ channelId }) => channelId === openPeer, Number(id[0])) : null;
}
