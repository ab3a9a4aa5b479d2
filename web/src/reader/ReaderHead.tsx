import { useSignal } from '@preact/signals';
import type { Channel } from '../api/types.ts';
import { apiUrl } from '../api/client.ts';
import { now } from '../app/clock.ts';
import { num } from '../app/format.ts';
import { href } from '../app/links.ts';
import { describe } from '../coverage/describe.ts';
import { t } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { inspectorOpen } from './context.ts';

interface Props { channel: Channel | undefined; peer: string; tool: string; onTool: (name: 'filter' | 'date') => void; gallery: boolean; onGallery: () => void; apiCall: string }

export function ReaderHead({ channel, peer, tool, onTool, gallery, onGallery, apiCall }: Props) {
  const menu = useSignal(false);
  const coverage = channel?.coverage;
  return (
    <header class="reader-head">
      <a class="icon-button only-phone" href={href('c')} aria-label={t('r.back')}><Icon name="back" /></a>
      {channel && <Avatar {...channel.avatar} size="l" />}
      <div class="reader-title">
        <h2 class="cut"><bdi>{channel?.title ?? peer}</bdi></h2>
        {coverage && (
          <p class="cut">{coverage.expected > 0 ? t('r.accounted', { n: num(coverage.accounted), of: num(coverage.expected) }) : describe(channel, now.value)}
            {coverage.missing > 0 && <span class="warn"> {t('r.missing', { n: coverage.missing })}</span>}</p>
        )}
      </div>
      <span class="spacer" />
      <Tool icon="search" label={t('r.find')} active={tool === 'filter'} onClick={() => onTool('filter')} />
      <Tool icon="calendar" label={t('r.date')} active={tool === 'date'} onClick={() => onTool('date')} keys="d" />
      <Tool icon="photo" label={t('rd.gallery')} active={gallery} onClick={onGallery} />
      <div class="menu-anchor" onFocusOut={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) menu.value = false; }}
        onKeyDown={(event) => { if (event.key === 'Escape' && menu.peek()) { menu.value = false; event.stopPropagation(); } }}>
        <button type="button" class="icon-button" aria-label={t('r.export')} aria-expanded={menu.value} onClick={() => { menu.value = !menu.peek(); }}><Icon name="download" /></button>
        {menu.value && (
          <ul class="menu">
            {(['rss', 'atom', 'json'] as const).map((kind) => <li key={kind}><a href={apiUrl(`channels/${encodeURIComponent(peer)}/feed.${kind}`)} target="_blank" rel="noopener noreferrer">{kind.toUpperCase()}</a></li>)}
            <li><a href={apiCall} target="_blank" rel="noopener noreferrer">{t('app.apiCall')}</a></li>
            <li><a href={href(`channels/${encodeURIComponent(peer)}`)}>{t('ch.coverage')}</a></li>
          </ul>
        )}
      </div>
      <Tool icon="more" label={t('i.label')} active={inspectorOpen.value} onClick={() => { inspectorOpen.value = !inspectorOpen.peek(); }} keys="i" />
    </header>
  );
}

function Tool({ icon, label, active, onClick, keys }: { icon: string; label: string; active: boolean; onClick: () => void; keys?: string }) {
  return <button type="button" class="icon-button" aria-label={label} title={label} aria-pressed={active} aria-keyshortcuts={keys} onClick={onClick}><Icon name={icon} /></button>;
}
