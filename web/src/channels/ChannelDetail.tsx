import { useRoute } from 'preact-iso';
import { apiUrl } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import type { Channel } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { full, num, percent } from '../app/format.ts';
import { channelPath, href } from '../app/links.ts';
import { channelsPath, useChannels } from '../app/useOverview.ts';
import { CoverageBar } from '../coverage/CoverageBar.tsx';
import { describe } from '../coverage/describe.ts';
import { RangesDialog, RangesTable } from '../coverage/Ranges.tsx';
import { t, word } from '../i18n/index.ts';
import { stated } from '../overview/state.ts';
import { NotFound } from '../shell/NotFound.tsx';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Loaded } from '../ui/State.tsx';

export default function ChannelDetail() {
  const { params } = useRoute();
  const channels = useChannels();
  const channel = channels.data?.find(({ channelId }) => channelId === params.peer);
  if (channels.data && !channel) return <NotFound />;
  return (
    <Page title={channel?.title ?? t('nav.channels')} class="plain">
      <Loaded from={channels} what={t('nav.channels')} rows={6} retry={() => { void reload(channelsPath); }}>{() => channel && <Detail channel={channel} />}</Loaded>
      <RangesDialog />
    </Page>
  );
}

function Detail({ channel }: { channel: Channel }) {
  const said = stated(channel, now.value);
  const { coverage } = channel;
  return (
    <>
      <section class="card pad-card channel-coverage" aria-labelledby="coverage-title">
        <div class="line-between"><h2 id="coverage-title">{t('ch.coverage')}</h2><span class={`stated ${said.tone}`}><Icon name={said.icon} size={15} />{said.text}</span><span class="spacer" />
          <a class="button" href={href(channelPath(channel.channelId))}>{t('ranges.open')}</a></div>
        <CoverageBar channel={channel} tall />
        <p class="axis quiet tabular small"><span>{num(coverage.from)}</span><span>{num(coverage.to)}</span></p>
        <p class="quiet">{describe(channel, now.value)}</p>
      </section>
      <Stats channel={channel} />
      <Facts channel={channel} />
      <section class="card"><RangesTable channel={channel} /></section>
    </>
  );
}

function Facts({ channel }: { channel: Channel }) {
  const id = encodeURIComponent(channel.channelId);
  return (
    <section class="card pad-card facts-card" aria-labelledby="about-channel">
      <h2 id="about-channel">{t('ch.about')}</h2>
      <dl>
        <div><dt>{t('ch.kind')}</dt><dd>{word('kind', channel.kind)}{channel.username && <> · <bdi>@{channel.username}</bdi></>}</dd></div>
        <div><dt>{t('ch.id')}</dt><dd class="tabular">{channel.channelId}</dd></div>
        {channel.createdAt && <div><dt>{t('ch.since')}</dt><dd>{full(channel.createdAt)}</dd></div>}
        <div><dt>{t('ch.feeds')}</dt><dd class="feeds">{(['rss', 'atom', 'json'] as const).map((kind) => <a key={kind} href={apiUrl(`channels/${id}/feed.${kind}`)} target="_blank" rel="noopener noreferrer">{kind === 'atom' ? 'Atom' : kind.toUpperCase()}</a>)}</dd></div>
      </dl>
    </section>
  );
}

interface StatsData { statistics: { totalMessages: number; messagesLast24h: number; messagesLast7d: number; averagePerDay: number; mediaPercentage: number } }
function Stats({ channel }: { channel: Channel }) {
  const path = `channels/${encodeURIComponent(channel.id)}/stats`;
  const { data } = useApi<StatsData>(path);
  if (!data?.statistics) return null;
  const { totalMessages, messagesLast24h, messagesLast7d, averagePerDay, mediaPercentage } = data.statistics;
  const figures: [string, string][] = [
    [t('stats.total'), num(totalMessages)], [t('stats.day'), num(messagesLast24h)], [t('stats.week'), num(messagesLast7d)],
    [t('stats.average'), num(averagePerDay, 1)], [t('stats.media'), percent(mediaPercentage / 100)],
  ];
  return <ul class="card figures">{figures.map(([label, value]) => <li key={label} class="figure"><span class="figure-label">{label}</span><span class="figure-line"><b class="tabular">{value}</b></span></li>)}</ul>;
}
