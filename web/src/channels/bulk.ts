// One request for each channel of a selection, one after the other; what failed is told by name.
import { post, request } from '../api/client.ts';
import { reload } from '../api/resource.ts';
import { channelsPath } from '../app/useOverview.ts';
import type { Channel } from '../api/types.ts';

export interface Done { done: number; failed: { title: string; why: string }[] }

export async function forEach(channels: Channel[], act: (channel: Channel) => Promise<unknown>): Promise<Done> {
  const result: Done = { done: 0, failed: [] };
  for (const channel of channels) {
    try { await act(channel); result.done += 1; } catch (error) { result.failed.push({ title: channel.title, why: (error as Error).message }); }
  }
  await reload(channelsPath);
  return result;
}

type Named = Pick<Channel, 'channelId'>;
const path = ({ channelId }: Named): string => `channels/${encodeURIComponent(channelId)}`;
/** `from`: without it, from the first message on. */
export const fetchHistory = (channel: Named, from?: string): Promise<unknown> => post(`${path(channel)}/history`, { from });
export const change = (channel: Channel, wanted: { isActive?: boolean; label?: string; description?: string }): Promise<unknown> =>
  request(path(channel), { method: 'PUT', body: JSON.stringify(wanted) });
export const leave = (channel: Channel): Promise<unknown> => request(path(channel), { method: 'DELETE' });
export const acceptLoss = (channel: Channel, from: number, to: number): Promise<unknown> =>
  post(`${path(channel)}/losses`, { from, to });
