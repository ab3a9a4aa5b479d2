// A button that asks the gateway for something: off with its reason, busy while it is asked, and what came of it beside it.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Icon } from '../ui/Icon.tsx';
import { offBecause } from '../shell/may.ts';

interface Props { label: string; icon?: string; class?: string; name?: string; keys?: string; run: () => Promise<void> | void; children?: ComponentChildren }

export function ActButton({ label, icon, class: className = '', name, keys, run }: Props) {
  const busy = useSignal(false);
  const off = offBecause();
  const press = async (): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    try { await run(); } finally { busy.value = false; }
  };
  // Not disabled while it is asked: the keyboard's focus would be gone.
  return (
    <button type="button" class={`button ${className}`} disabled={off !== undefined} aria-disabled={busy.value} title={off} aria-label={name} aria-keyshortcuts={keys} onClick={() => { void press(); }}>
      {icon && <Icon name={icon} size={15} />}{label}
    </button>
  );
}
