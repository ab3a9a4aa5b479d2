// The browser's own players: keyboard, captions of the system, seeking by range requests.
import { useSignal } from '@preact/signals';
import type { Message } from '../api/types.ts';
import { t, word } from '../i18n/index.ts';
import { useMiniature } from './Miniature.tsx';

export function Video({ message, source, start }: { message: Message; source: string; start?: boolean }) {
  const { media } = message;
  const poster = useMiniature(media?.miniature);
  const failed = useSignal(false);
  if (failed.value) return <p class="cannot-play small">{t('rd.cannotPlay')} <a href={source} download>{t('r.download')}</a></p>;
  return (
    <video src={source} controls playsInline autoplay={start} preload="metadata" poster={poster ?? undefined} loop={media?.type === 'animation'}
      muted={media?.type === 'animation'} aria-label={word('media', media?.type ?? 'video')}
      onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()} onError={() => { failed.value = true; }} />
  );
}

export function Audio({ message, source }: { message: Message; source: string }) {
  const failed = useSignal(false);
  if (failed.value) return <p class="cannot-play small">{t('rd.cannotPlay')}</p>;
  return (
    <audio class="audio" src={source} controls preload="none" aria-label={word('media', message.media?.type ?? 'audio')}
      onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()} onError={() => { failed.value = true; }} />
  );
}
