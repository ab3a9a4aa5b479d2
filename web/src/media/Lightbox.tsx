// Pictures and videos, large. ← → the next, + − 0 the size, Esc back to where one was.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Message } from '../api/types.ts';
import { full, utc } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { shownName } from '../reader/truth.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { vars } from '../ui/css.ts';
import { Video } from './Player.tsx';
import { labelOf } from './Picture.tsx';
import { fileUrl, lightbox, shownAs } from './media.ts';

const zooms = [1, 1.5, 2, 3, 4];

export function Lightbox() { return lightbox.value ? <Open {...lightbox.value} /> : null; }

function Open({ pictures, at }: { pictures: Message[]; at: number }) {
  const zoom = useSignal(0);
  const message = pictures[at];
  const many = pictures.length > 1;
  const step = (by: number): void => { lightbox.value = { pictures, at: (at + by + pictures.length) % pictures.length }; };
  const zoomBy = (by: number): void => { zoom.value = Math.min(zooms.length - 1, Math.max(0, zoom.peek() + by)); };
  const close = (): void => { lightbox.value = null; };
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    zoom.value = 0;
    // What had the focus may have gone with the picture before.
    if (!body.current?.contains(document.activeElement)) body.current?.focus();
  }, [at]);
  if (!message) return null;
  const source = fileUrl(message);
  const isVideo = shownAs(message.media) === 'video';
  const title = t('rd.lightbox', { n: at + 1, of: pictures.length });
  const onKey = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLMediaElement) return;
    const act: Record<string, () => void> = {
      ArrowLeft: () => { if (many) step(-1); }, ArrowRight: () => { if (many) step(1); },
      '+': () => zoomBy(1), '=': () => zoomBy(1), '-': () => zoomBy(-1), 0: () => { zoom.value = 0; },
    };
    const run = act[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  };
  return (
    <Dialog title={title} hideTitle onClose={close} class="lightbox">
      <div class="lightbox-body" ref={body} tabIndex={-1} onKeyDown={onKey}>
        <div class="lightbox-stage" onClick={(event) => { if (event.target === event.currentTarget) close(); }}>
          {source && isVideo && <Video key={message.id} message={message} source={source} start />}
          {source && !isVideo && (
            <button type="button" class="lightbox-picture" autofocus aria-pressed={zoom.value > 0} aria-label={`${t('rd.zoom')}: ${labelOf(message)}`}
              onClick={() => { zoom.value = zoom.peek() > 0 ? 0 : 2; }}>
              <img src={source} alt="" ref={vars({ '--zoom': zooms[zoom.value] ?? 1 })} />
            </button>
          )}
        </div>
        {message.text && <p class="lightbox-caption" dir="auto">{message.text.length > 280 ? `${message.text.slice(0, 280)}…` : message.text}</p>}
        <div class="lightbox-bar">
          {many && <button type="button" class="icon-button" aria-label={t('r.prev')} aria-keyshortcuts="ArrowLeft" onClick={() => step(-1)}><Icon name="back" /></button>}
          <span class="tabular" role="status">{title}</span>
          {many && <button type="button" class="icon-button" aria-label={t('r.next')} aria-keyshortcuts="ArrowRight" onClick={() => step(1)}><Icon name="go" /></button>}
          {!isVideo && <span class="lightbox-zoom"><button type="button" class="icon-button" aria-label={t('rd.smaller')} aria-keyshortcuts="-" disabled={zoom.value === 0} onClick={() => zoomBy(-1)}>−</button><span class="tabular">{Math.round((zooms[zoom.value] ?? 1) * 100)} %</span><button type="button" class="icon-button" aria-label={t('rd.larger')} aria-keyshortcuts="+" disabled={zoom.value === zooms.length - 1} onClick={() => zoomBy(1)}>+</button></span>}
          <time class="not-phone" dateTime={message.date} title={utc(message.date)}>{full(message.date)}</time>
          {source && <a class="icon-button" href={source} download={shownName(message.media?.fileName ?? '') || true} aria-label={t('r.download')} title={t('r.download')}><Icon name="download" /></a>}
          <button type="button" class="icon-button" aria-label={t('app.close')} onClick={close}><Icon name="close" /></button>
        </div>
      </div>
    </Dialog>
  );
}
