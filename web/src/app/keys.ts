// Single-letter keys: off in fields, off with a modifier, and can be switched off in the settings (WCAG 2.1.4).
import { useEffect, useRef } from 'preact/hooks';
import { settings } from './settings.ts';

type Handlers = Record<string, (event: KeyboardEvent) => void>;
const always = new Set(['Escape', 'End', 'Enter']);
let prefixUntil = 0;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function useKeys(handlers: Handlers, active = true): void {
  const current = useRef(handlers);
  current.current = handlers;
  useEffect(() => {
    if (!active) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      if (event.key === ' ' && event.target instanceof Element && event.target.closest('button, a, summary')) return;
      if (!settings.peek().shortcuts && !always.has(event.key)) return;
      if (event.key === 'g' && 'g' in current.current) { prefixUntil = Date.now() + 1_500; return; }
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const prefixed = Date.now() < prefixUntil;
      const handler = prefixed ? current.current[`g ${name}`] : current.current[name];
      if (prefixed && !('g' in current.current)) return;
      if (!handler) return;
      prefixUntil = 0;
      event.preventDefault();
      handler(event);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [active]);
}

/** From the one of these that holds the focus to another, or to the first. `part`: what of it takes the focus. */
export function moveFocus(all: Iterable<HTMLElement>, by: number, part?: string): void {
  const list = [...all];
  const at = list.findIndex((one) => one.contains(document.activeElement));
  const next = list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + by))];
  (part ? next?.querySelector<HTMLElement>(part) : next)?.focus();
}
