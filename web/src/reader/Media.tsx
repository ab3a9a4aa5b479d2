// Pictures from this gateway only; what is not here is a placeholder of the true size with its reason.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Media as MediaData, Message } from '../api/types.ts';
import { size, span } from '../app/format.ts';
import { pictureUrl } from '../app/links.ts';
import { t, word } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { join, vars } from '../ui/css.ts';
import { lightbox } from './context.ts';

const pictureTypes = new Set(['photo', 'animation', 'sticker', 'video', 'video_note']);
export const isPicture = (media?: MediaData): boolean => media !== undefined && pictureTypes.has(media.type);
export const isHere = (message: Message): boolean => Boolean(message.media?.url) || (Boolean(message.photoUrl) && !message.media?.absent);
export const ratio = ({ media }: Message): number => {
  const r = (media?.width ?? 4) / (media?.height ?? 3);
  return Number.isFinite(r) && r > 0 ? Math.min(2.5, Math.max(0.5, r)) : 4 / 3;
};

/** A base64 JPEG as a blob: address; the CSP allows no data:. */
function useMiniature(base64: string | undefined): string | null {
  const url = useSignal<string | null>(null);
  useEffect(() => {
    if (!base64) return;
    let made: string;
    try {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      made = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
    } catch { return; }
    url.value = made;
    return () => URL.revokeObjectURL(made);
  }, [base64]);
  return url.value;
}

export function Picture({ message, all, tile }: { message: Message; all: Message[]; tile?: boolean }) {
  const { media } = message;
  const asked = useSignal(false);
  const failed = useSignal(false);
  const miniature = useMiniature(media?.miniature);
  const source = !failed.value && (isHere(message) || asked.value) ? pictureUrl(media?.type === 'photo' || !media?.url ? media?.url ?? message.photoUrl : message.photoUrl) : null;
  const label = media?.width && media.height ? t('r.photo', { w: media.width, h: media.height }) : word('media', media?.type ?? 'photo');
  const frame = vars({ '--ratio': ratio(message).toFixed(3) });
  const here = all.filter(isHere);
  if (source) {
    return (
      <button type="button" class={join('picture', tile && 'tile')} ref={frame} aria-label={`${t('r.openPhoto')}: ${label}`}
        onClick={(event) => { event.stopPropagation(); lightbox.value = { pictures: here, at: Math.max(0, here.indexOf(message)) }; }}>
        <img src={source} alt="" loading="lazy" decoding="async" width={media?.width} height={media?.height} onError={() => { failed.value = true; }} />
        {media?.type !== 'photo' && media && <span class="picture-badge"><Icon name={media.type} size={14} />{media.duration ? span(media.duration, 2) : ''}</span>}
      </button>
    );
  }
  const canAsk = media?.type === 'photo' && message.photoUrl && !failed.value && media.absent !== 'not_in_export';
  return (
    <div class={join('picture picture-absent', tile && 'tile')} ref={frame}>
      {miniature && <img src={miniature} alt="" class="miniature" />}
      <div class="absent-text">
        <Icon name={media?.type ?? 'photo'} size={18} />
        <span>{word('media', media?.type ?? 'photo')}{media?.size ? `, ${size(media.size)}` : ''}</span>
        <span class="small">{word('absent', media?.absent ?? 'not_downloaded')}</span>
        {canAsk && <button type="button" class="button small" onClick={(event) => { event.stopPropagation(); asked.value = true; }}><Icon name="download" size={13} />{t('r.download')}</button>}
      </div>
    </div>
  );
}

export function FileRow({ media }: { media: MediaData }) {
  const url = pictureUrl(media.url);
  const details = [media.size ? size(media.size) : '', media.duration ? span(media.duration, 2) : '', url ? '' : word('absent', media.absent ?? 'not_downloaded')].filter(Boolean).join(' · ');
  return (
    <div class="file">
      <span class="file-icon"><Icon name={media.type} size={18} /></span>
      <span class="file-text"><span class="strong cut"><bdi>{media.fileName ?? word('media', media.type)}</bdi></span><span class="quiet small">{details}</span></span>
      {url && <a class="button small" href={url} download target="_blank" rel="noopener noreferrer" onClick={(event) => event.stopPropagation()}><Icon name="download" size={13} />{t('r.download')}</a>}
    </div>
  );
}

export function Album({ messages }: { messages: Message[] }) {
  const absent = messages.filter((message) => isPicture(message.media) && !isHere(message)).length;
  const first = messages[0];
  const side = messages.length === 3 && first && ratio(first) >= 1;
  return (
    <>
      <div class={join('album', `album-${String(Math.min(messages.length, 5))}`, side && 'album-side')} role="group" aria-label={t('r.album', { n: messages.length })}>
        {messages.map((message) => (isPicture(message.media) ? <Picture key={message.id} message={message} all={messages} tile /> : message.media && <FileRow key={message.id} media={message.media} />))}
      </div>
      {absent > 0 && absent < messages.length && <p class="album-note quiet small">{t('r.toFetch', { n: absent, of: messages.length })}</p>}
    </>
  );
}
