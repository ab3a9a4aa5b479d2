// The few hundred bytes of a picture that come with its message, blurred.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Blurring costs more than all else of a message: what is only scrolled past goes without. */
const passedByMs = 200;
let hurriedAt = 0;
export const hurried = (at: number): void => { hurriedAt = at; };

/** A base64 JPEG as a blob: address; the CSP allows no data:. */
export function useMiniature(base64: string | undefined): string | null {
  const url = useSignal<string | null>(null);
  useEffect(() => {
    if (!base64) return;
    let made = '';
    const timer = setInterval(() => {
      if (performance.now() - hurriedAt < passedByMs) return;
      clearInterval(timer);
      try {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        url.value = made = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
      } catch { /* it is none */ }
    }, passedByMs);
    return () => { clearInterval(timer); if (made) URL.revokeObjectURL(made); };
  }, [base64]);
  return url.value;
}

export function Miniature({ base64 }: { base64: string | undefined }) {
  const url = useMiniature(base64);
  return url ? <img src={url} alt="" class="miniature" /> : null;
}
