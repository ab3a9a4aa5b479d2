import { useSignal } from '@preact/signals';
import { pictureUrl } from '../app/links.ts';
import { t } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { lightbox } from './context.ts';

export function Lightbox() { return lightbox.value ? <Shown {...lightbox.value} /> : null; }

function Shown({ pictures, at }: { pictures: NonNullable<typeof lightbox.value>['pictures']; at: number }) {
  const zoomed = useSignal(false);
  const message = pictures[at];
  const url = pictureUrl(message?.media?.url ?? message?.photoUrl);
  const step = (by: number): void => { zoomed.value = false; lightbox.value = { pictures, at: (at + by + pictures.length) % pictures.length }; };
  const title = t('r.lightbox', { n: at + 1, of: pictures.length });
  return (
    <Dialog title={title} hideTitle onClose={() => { lightbox.value = null; }} class="lightbox">
      <div class="lightbox-body" onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') step(-1);
        if (event.key === 'ArrowRight') step(1);
      }}>
        <button type="button" class="lightbox-picture" autofocus aria-pressed={zoomed.value} aria-label={title} onClick={() => { zoomed.value = !zoomed.peek(); }}>
          {url && <img src={url} alt={message?.text ?? ''} class={zoomed.value ? 'zoomed' : ''} />}
        </button>
        <div class="lightbox-bar">
          {pictures.length > 1 && <button type="button" class="icon-button" aria-label={t('r.prev')} onClick={() => step(-1)}><Icon name="back" /></button>}
          <span>{title}</span>
          {pictures.length > 1 && <button type="button" class="icon-button" aria-label={t('r.next')} onClick={() => step(1)}><Icon name="go" /></button>}
          <button type="button" class="icon-button" aria-label={t('app.close')} onClick={() => { lightbox.value = null; }}><Icon name="close" /></button>
        </div>
      </div>
    </Dialog>
  );
}
