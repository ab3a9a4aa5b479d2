// The overview: fetched once, then kept up to date by the stream.
import { useEffect } from 'preact/hooks';
import { unreachable } from '../api/client.ts';
import { patch, reload, resource, useApi, type Resource } from '../api/resource.ts';
import { live, useLive } from '../api/stream.ts';
import type { Channel, Overview } from '../api/types.ts';

export const overviewPath = 'telegram-gateway/overview';
export const channelsPath = 'telegram-gateway/channels?px=200';
const lookAgainMs = 10_000;
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
  // A hidden tab has no stream, and its title is all that is seen of it.
  useEffect(() => {
    const timer = setInterval(() => {
      if (unreachable.peek() || (live.peek() !== 'resting' && !resource(overviewPath).peek().error)) return;
      void reload(overviewPath);
    }, lookAgainMs);
    return () => clearInterval(timer);
  }, []);
}
