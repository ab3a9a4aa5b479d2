import { useSignal } from '@preact/signals';
import { reload } from '../api/resource.ts';
import { channelsPath, useChannels } from '../app/useOverview.ts';
import { RangesDialog } from '../coverage/Ranges.tsx';
import { t } from '../i18n/index.ts';
import { ChannelTable } from '../overview/ChannelTable.tsx';
import { Page } from '../shell/Page.tsx';
import { matches } from '../shell/target.ts';
import { Icon } from '../ui/Icon.tsx';
import { Loaded } from '../ui/State.tsx';

export default function Channels() {
  const channels = useChannels();
  const q = useSignal('');
  return (
    <Page title={t('nav.channels')} class="plain">
      <label class="filter page-filter"><Icon name="search" size={16} /><span class="sr">{t('ch.filter')}</span>
        <input type="search" placeholder={t('ch.filter')} value={q.value} onInput={(event) => { q.value = event.currentTarget.value; }} /></label>
      <Loaded from={channels} what={t('nav.channels')} rows={10} retry={() => { void reload(channelsPath); }}>
        {(list) => <ChannelTable channels={list.filter((channel) => matches(q.value, channel.title, channel.username, channel.channelId))} details />}
      </Loaded>
      <RangesDialog />
    </Page>
  );
}
