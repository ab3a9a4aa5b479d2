// A native <dialog>: the browser traps focus, Esc closes, and focus returns.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Icon } from './Icon.tsx';

interface Props { title: string; onClose: () => void; class?: string; closable?: boolean; hideTitle?: boolean; children: ComponentChildren }

export function Dialog({ title, onClose, class: className = '', closable = true, hideTitle, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    const before = document.activeElement as HTMLElement | null;
    dialog.showModal();
    return () => { dialog.close(); before?.focus?.(); };
  }, []);
  return (
    <dialog ref={element} class={`dialog ${className}`} aria-labelledby={id}
      onCancel={(event) => { event.preventDefault(); if (closable) onClose(); }}
      onClick={(event) => { if (closable && event.target === element.current) onClose(); }}>
      <div class="dialog-body">
        <header class={hideTitle ? 'sr' : 'dialog-head'}>
          <h2 id={id}>{title}</h2>
          {closable && !hideTitle && <button type="button" class="icon-button" aria-label={t('app.close')} onClick={onClose}><Icon name="close" /></button>}
        </header>
        {children}
      </div>
    </dialog>
  );
}
