// The overview: fetched once, then kept up to date by the stream.
import { patch, reload, resource, useApi, type Resource } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { Channel, Overview } from '../api/types.ts';

export const overviewPath = 'telegram-gateway/overview';
export const channelsPath = 'telegram-gateway/channels?px=200';
let channelsDue: ReturnType<typeof setTimeout> | undefined;

export const useOverview = (): Resource<Overview> => useApi<Overview>(overviewPath);
export const useChannels = (): Resource<Channel[]> => useApi<Channel[]>(channelsPath);

/** Mounted once, by the shell. */
export function useOverviewStream(): void {
  useLive<Partial<Overview>>('overview', 'overview', (change) => {
    const before = resource<Overview>(overviewPath).peek().data;
    if (!before) return;
    patch<Overview>(overviewPath, (data) => ({ ...data, ...change }));
    const moved = change.completeness && (change.completeness.accounted !== before.completeness.accounted
      || change.completeness.missing !== before.completeness.missing || change.verdict?.code !== before.verdict.code);
    if (moved && resource(channelsPath).peek().data) {
      channelsDue ??= setTimeout(() => { channelsDue = undefined; void reload(channelsPath); }, 2_000);
    }
  });
}
