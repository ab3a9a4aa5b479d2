// One tooltip for the page: by hover and by focus, can itself be hovered, Esc closes (WCAG 1.4.13).
import { signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

interface Shown { anchor: Element; content: ComponentChild }
const shown = signal<Shown | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

const show = (anchor: Element, content: ComponentChild): void => { clearTimeout(timer); shown.value = { anchor, content }; };
const hide = (): void => { clearTimeout(timer); timer = setTimeout(() => { shown.value = null; }, 120); };
export const hideTip = (): void => { clearTimeout(timer); shown.value = null; };

/** Event handlers for the element that the tooltip explains. */
export const tip = (content: () => ComponentChild) => ({
  onMouseEnter: (event: MouseEvent) => show(event.currentTarget as Element, content()),
  onMouseLeave: hide,
  onFocus: (event: FocusEvent) => { if ((event.currentTarget as Element).matches(':focus-visible')) show(event.currentTarget as Element, content()); },
  onBlur: hide,
});

export function TipLayer() {
  const box = useRef<HTMLDivElement>(null);
  const current = shown.value;
  useLayoutEffect(() => {
    const element = box.current;
    if (!current || !element) return;
    const at = current.anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const middle = Math.min(at.right, window.innerWidth) - Math.min(at.width / 2, 24);
    const left = Math.max(8, Math.min(middle - width / 3, window.innerWidth - width - 8));
    const below = at.bottom + 10 + height < window.innerHeight;
    element.style.setProperty('--left', `${left}px`);
    element.style.setProperty('--top', `${below ? at.bottom + 10 : Math.max(8, at.top - 10 - height)}px`);
    element.style.setProperty('--arrow', `${Math.max(12, Math.min(middle - left, width - 12))}px`);
    element.classList.toggle('tip-above', !below);
  }, [current]);
  useEffect(() => {
    if (!current) return;
    const onKey = (event: KeyboardEvent): void => { if (event.key === 'Escape') { hideTip(); event.stopPropagation(); } };
    document.addEventListener('keydown', onKey, true);
    document.addEventListener('scroll', hideTip, true);
    return () => { document.removeEventListener('keydown', onKey, true); document.removeEventListener('scroll', hideTip, true); };
  }, [current]);
  if (!current) return null;
  return <div ref={box} class="tip" role="tooltip" onMouseEnter={() => clearTimeout(timer)} onMouseLeave={hide}>{current.content}</div>;
}
