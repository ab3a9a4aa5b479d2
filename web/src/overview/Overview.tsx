import { mine } from '../accounts/useAuth.ts';
import { useLive } from '../api/stream.ts';
import { patch, reload } from '../api/resource.ts';
import type { Destination, Overview as Data } from '../api/types.ts';
import { lazily } from '../app/lazily.tsx';
import { channelsPath, overviewPath, useChannels, useOverview } from '../app/useOverview.ts';
import { Sync } from '../channels/Sync.tsx';
import { RangesDialog } from '../coverage/Ranges.tsx';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Loaded } from '../ui/State.tsx';
import { ChannelTable } from './ChannelTable.tsx';
import { Figures } from './Figures.tsx';
import { Hero } from './Hero.tsx';
import { PerMinute } from './PerMinute.tsx';
import { DestinationsCard, NeedsAttention } from './Side.tsx';

const FirstAccount = lazily(() => import('../pages/capture.ts').then((pages) => pages.FirstAccount), true);

// Telegram is configured, and no account was ever signed in; or that is being done on this page.
const begins = ({ capture, accounts }: Data): boolean =>
  mine.value !== null || (capture.source === 'telegram' && capture.state === 'signed_out' && accounts.every(({ state }) => state === 'signing_in'));

export default function Overview() {
  const overview = useOverview();
  const channels = useChannels();
  useLive<Destination[] | { destinations: Destination[] }>('destinations', 'destinations', (news) => {
    const destinations = Array.isArray(news) ? news : news.destinations;
    if (destinations) patch<Data>(overviewPath, (data) => ({ ...data, destinations }));
  });
  return (
    <Page title={t('nav.overview')} actions={overview.data && begins(overview.data) ? undefined : <span class="sync"><Sync class="not-phone" said="sync-said" /></span>} class="overview">
      <Loaded from={overview} what={t('nav.overview')} rows={8} retry={() => { void reload(overviewPath); }}>
        {(data) => (begins(data) ? <FirstAccount /> : (
          <>
            <Hero from={overview} data={data} />
            <Figures figures={data.figures} destinations={data.destinations} />
            <div class="columns">
              <Loaded from={channels} what={t('ch.title')} rows={12} retry={() => { void reload(channelsPath); }}>
                {(rows) => <ChannelTable channels={rows} />}
              </Loaded>
              <div class="side">
                <NeedsAttention attention={data.attention} destinations={data.destinations} />
                <DestinationsCard destinations={data.destinations} />
                <PerMinute minutes={data.perMinute} />
              </div>
            </div>
          </>
        ))}
      </Loaded>
      <RangesDialog />
    </Page>
  );
}
