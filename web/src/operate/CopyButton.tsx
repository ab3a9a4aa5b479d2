import { useSignal } from '@preact/signals';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

/** Says on itself that it was done; without a clipboard (neither HTTPS nor loopback) it says why not. */
export function CopyButton({ text, label, small, worded, primary }: { text: string; label: string; small?: boolean; worded?: boolean; primary?: boolean }) {
  const said = useSignal('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = t('app.copied');
    } catch { said.value = t('copy.no'); }
    setTimeout(() => { said.value = ''; }, 3_000);
  };
  return (
    <>
      <button type="button" class={worded ? `button ${small ? 'small' : ''} ${primary ? 'primary' : ''}` : 'icon-button small'} aria-label={worded ? undefined : label} title={label} onClick={() => { void copy(); }}>
        <Icon name={said.value ? 'check' : 'copy'} size={14} />{worded && (said.value || label)}
      </button>
      <span class="sr" role="status">{said.value}</span>
    </>
  );
}
