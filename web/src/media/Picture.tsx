// A picture or video of a message, from this gateway only; what is not here keeps its place and says why.
import { useSignal } from '@preact/signals';
import type { Message } from '../api/types.ts';
import { size, span } from '../app/format.ts';
import { t, word } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { join, vars } from '../ui/css.ts';
import { Fetch, canFetch, whyAbsent } from './Fetch.tsx';
import { Miniature } from './Miniature.tsx';
import { Video } from './Player.tsx';
import { fileUrl, openLightbox, ratio, shownAs } from './media.ts';

export function labelOf({ media }: Message): string {
  const name = word('media', media?.type ?? 'photo');
  return media?.width && media.height ? t('rd.sized', { name, w: media.width, h: media.height }) : name;
}

/** `tile`: one of several; a video is then played in the lightbox. */
export function Picture({ message, all, tile }: { message: Message; all: Message[]; tile?: boolean }) {
  const { media } = message;
  const failed = useSignal(false);
  const source = failed.value ? null : fileUrl(message);
  const video = shownAs(media) === 'video';
  const frame = vars({ '--ratio': ratio(message).toFixed(3) });
  const label = labelOf(message);
  if (source && video && !tile) {
    return <div class={join('picture', media?.type === 'video_note' && 'round')} ref={frame}><Video message={message} source={source} /></div>;
  }
  if (source) {
    return (
      <button type="button" class={join('picture', tile && 'tile')} ref={frame} aria-label={video ? t('rd.play', { what: label }) : `${t('r.openPhoto')}: ${label}`}
        onClick={(event) => { event.stopPropagation(); openLightbox(message, all); }}>
        {video
          ? <><video src={source} muted preload="metadata" tabIndex={-1} aria-hidden="true" onError={() => { failed.value = true; }} /><span class="picture-badge"><Icon name={media?.type ?? 'video'} size={14} />{media?.duration ? span(media.duration, 2) : ''}</span></>
          : <img src={source} alt="" loading="lazy" decoding="async" width={media?.width} height={media?.height} onError={() => { failed.value = true; }} />}
      </button>
    );
  }
  const problem = failed.value ? t('rd.broken') : whyAbsent(message);
  return (
    <div class={join('picture picture-absent', tile && 'tile')} ref={frame} role="group" aria-label={`${label}, ${problem}`}>
      <Miniature base64={media?.miniature} />
      <div class="absent-text">
        <Icon name={media?.type ?? 'photo'} size={17} />
        <span>{word('media', media?.type ?? 'photo')}{media?.duration ? `, ${span(media.duration, 2)}` : ''}{media?.size ? `, ${size(media.size)}` : ''}</span>
        <span class="absent-why small">{problem}</span>
        {!failed.value && canFetch(message) && <Fetch message={message} what={label} />}
      </div>
    </div>
  );
}
