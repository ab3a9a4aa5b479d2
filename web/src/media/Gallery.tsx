// What a channel has shown: photos, videos, files and links, newest first.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Channel, Message } from '../api/types.ts';
import { longDay, monthYear, num, shortDate } from '../app/format.ts';
import { href, messagePath } from '../app/links.ts';
import { t, type Key } from '../i18n/index.ts';
import { Out } from '../reader/Text.tsx';
import { realHost } from '../reader/truth.ts';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Failed } from '../ui/State.tsx';
import { FileRow } from './FileRow.tsx';
import { Picture } from './Picture.tsx';
import { GalleryFeed, galleryKinds, linksOf, type GalleryKind } from './gallery.ts';

export function Gallery({ channel, kind, onKind }: { channel: Channel; kind: GalleryKind; onKind: (kind: GalleryKind) => void }) {
  const feed = useMemo(() => new GalleryFeed(channel.channelId, kind), [channel.channelId, kind]);
  useEffect(() => { void feed.more(); return () => feed.stop(); }, [feed]);
  const end = useRef<HTMLDivElement>(null);
  const { items, loading, error, more, looked, until } = feed.state.value;
  useEffect(() => {
    const watched = end.current;
    // Goes on by itself while something is found; after a look that found nothing a person decides.
    if (!watched || items.length === 0 || !more) return;
    const watcher = new IntersectionObserver((seen) => { if (seen.some(({ isIntersecting }) => isIntersecting)) void feed.more(); }, { rootMargin: '600px' });
    watcher.observe(watched);
    return () => watcher.disconnect();
  }, [feed, items.length, more]);
  const groups = byMonth(items);
  return (
    <section class="gallery" aria-label={t('rd.galleryOf', { title: channel.title })}>
      <div class="topics" role="tablist" aria-label={t('rd.gallery')}>
        {galleryKinds.map((one, i) => (
          <button key={one} type="button" role="tab" id={`gallery-${one}`} class="tab" aria-selected={one === kind} aria-controls="gallery-panel" tabIndex={one === kind ? 0 : -1}
            onClick={() => onKind(one)} onKeyDown={(event) => {
              const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              const next = by ? galleryKinds[(i + by + galleryKinds.length) % galleryKinds.length] : undefined;
              if (!next) return;
              event.preventDefault();
              onKind(next);
              requestAnimationFrame(() => document.getElementById(`gallery-${next}`)?.focus());
            }}>{t(`rd.${one}` as Key)}</button>
        ))}
      </div>
      <div class="gallery-body" id="gallery-panel" role="tabpanel" tabIndex={0} aria-labelledby={`gallery-${kind}`} aria-busy={loading}>
        {groups.map(([month, messages]) => (
          <div key={month} class="gallery-month">
            <h3>{month}</h3>
            <ul class={kind === 'photos' || kind === 'videos' ? 'gallery-grid' : 'gallery-rows'}>
              {messages.map((message) => <li key={message.id}><Entry message={message} all={items} kind={kind} /></li>)}
            </ul>
          </div>
        ))}
        {error && <Failed what={t('rd.gallery')} error={error} onRetry={() => { void feed.more(); }} />}
        {!loading && !error && items.length === 0 && !more && <Empty icon={kind === 'photos' ? 'photo' : kind === 'videos' ? 'video' : kind === 'links' ? 'link' : 'document'} title={t(`rd.no_${kind}` as Key)} />}
        <div ref={end} class="gallery-end">
          {loading ? <p class="quiet small" role="status">{t('app.loading')}</p>
            : more && !error && <><p class="quiet small" role="status">{t('rd.looked', { n: looked, date: until ? longDay(until) : '–' })}</p><button type="button" class="button" onClick={() => { void feed.more(); }}>{t('rd.lookFurther')}</button></>}
        </div>
      </div>
    </section>
  );
}

function byMonth(items: Message[]): [string, Message[]][] {
  const groups = new Map<string, Message[]>();
  for (const message of items) {
    const month = monthYear(message.date);
    const group = groups.get(month);
    if (group) group.push(message); else groups.set(month, [message]);
  }
  return [...groups];
}

function Entry({ message, all, kind }: { message: Message; all: Message[]; kind: GalleryKind }) {
  const to = href(messagePath(message.channelId, message.messageId, message.scope));
  const there = <a class="gallery-there small" href={to} aria-label={t('rd.toMessage', { id: num(message.messageId), date: shortDate(message.date) })}>{shortDate(message.date)}</a>;
  if (kind === 'photos' || kind === 'videos') return <><Picture message={message} all={all} tile />{there}</>;
  if (kind === 'files') return <div class="gallery-file"><FileRow message={message} />{there}</div>;
  return (
    <div class="gallery-file">
      <ul class="gallery-links">
        {linksOf(message).map(({ url, words, title, description }) => (
          <li key={url}>
            <span class="file-icon"><Icon name="link" size={17} /></span>
            <span class="file-text"><Out to={url} class="strong cut">{title ?? words}</Out>
              <span class="quiet small cut" dir="ltr">{realHost(title ?? words, url) ?? new URL(url).host}{description ? ` · ${description}` : ''}</span></span>
          </li>
        ))}
      </ul>
      {there}
    </div>
  );
}
