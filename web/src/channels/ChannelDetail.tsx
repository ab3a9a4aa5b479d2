// One channel: which ranges are proven, by what, when; what it posts; how it is captured.
import { useRoute } from 'preact-iso';
import { reload } from '../api/resource.ts';
import { now } from '../app/clock.ts';
import { channelPath, href } from '../app/links.ts';
import { channelsPath, useChannels } from '../app/useOverview.ts';
import { RangesDialog, RangesTable } from '../coverage/Ranges.tsx';
import { t } from '../i18n/index.ts';
import { subtitle } from '../overview/ChannelTable.tsx';
import { stated } from '../overview/state.ts';
import { NotFound, Page } from '../shell/Page.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Loaded } from '../ui/State.tsx';
import { Consumers } from './Consumers.tsx';
import { CoverageCard } from './CoverageCard.tsx';
import { Holes } from './Holes.tsx';
import { ChannelSettings } from './ChannelSettings.tsx';
import { Statistics } from './Statistics.tsx';
import { Sync } from './Sync.tsx';
import type { ChannelRow } from './types.ts';

export default function ChannelDetail() {
  const { params } = useRoute();
  const channels = useChannels();
  const channel = channels.data?.find(({ channelId }) => channelId === params.peer) as ChannelRow | undefined;
  if (channels.data && !channel) return <NotFound />;
  return (
    <Page title={channel?.title ?? t('nav.channels')} class="plain">
      <Loaded from={channels} what={t('nav.channels')} rows={6} retry={() => { void reload(channelsPath); }}>{() => channel && <Detail key={channel.channelId} channel={channel} />}</Loaded>
      <RangesDialog />
    </Page>
  );
}

function Detail({ channel }: { channel: ChannelRow }) {
  const said = stated(channel, now.value);
  return (
    <>
      <section class="card pad-card channel-head" aria-label={channel.title}>
        <Avatar {...channel.avatar} size="l" />
        <span class="cell-names"><b class="cut"><bdi>{channel.title}</bdi></b><span class="quiet cut"><bdi>{subtitle(channel)}</bdi> · <span class="tabular">{channel.channelId}</span></span></span>
        <span class={`stated ${said.tone}`}><Icon name={said.icon} size={15} />{said.text}</span>
        <span class="spacer" />
        <a class="button" href={href(channelPath(channel.channelId))}>{t('ranges.open')}</a>
        <Sync peer={channel.channelId} />
      </section>
      <Holes channel={channel} />
      <CoverageCard channel={channel} />
      <Statistics channel={channel} />
      <div class="halves">
        <ChannelSettings channel={channel} />
        <Consumers channel={channel} />
      </div>
      <section class="card" aria-labelledby="ranges-title"><header class="card-head"><h2 id="ranges-title">{t('c.ranges')}</h2></header><RangesTable channel={channel} /></section>
    </>
  );
}
