// A document, a sound, or anything else that has a name and a size.
import type { Message } from '../api/types.ts';
import { size, span } from '../app/format.ts';
import { t, word } from '../i18n/index.ts';
import { shownName } from '../reader/truth.ts';
import { Icon } from '../ui/Icon.tsx';
import { Fetch, whyAbsent } from './Fetch.tsx';
import { Audio } from './Player.tsx';
import { fileUrl, shownAs } from './media.ts';

export function FileRow({ message }: { message: Message }) {
  const { media } = message;
  if (!media) return null;
  const url = fileUrl(message);
  const hasFile = shownAs(media) !== 'none';
  const name = media.fileName ? shownName(media.fileName) : word('media', media.type);
  const details = [
    media.size ? size(media.size) : '', media.duration ? span(media.duration, 2) : '', media.fileName && media.type === 'document' ? media.mimeType ?? '' : '',
    url || !hasFile ? '' : whyAbsent(message),
  ].filter(Boolean).join(' · ');
  return (
    <div class="file">
      <span class="file-icon"><Icon name={media.type} size={18} /></span>
      <span class="file-text"><span class="strong file-name" dir="ltr"><bdi>{name}</bdi></span>{details && <span class="quiet small">{details}</span>}</span>
      {url
        ? <a class="button small" href={url} download={name} aria-label={`${t('r.download')}: ${name}`} onClick={(event) => event.stopPropagation()}><Icon name="download" size={13} />{t('r.download')}</a>
        : hasFile && <Fetch message={message} what={name} />}
      {url && shownAs(media) === 'audio' && <Audio message={message} source={url} />}
    </div>
  );
}
