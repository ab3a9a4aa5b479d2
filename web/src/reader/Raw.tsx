// The message as the API gives it.
import { useSignal } from '@preact/signals';
import type { Message } from '../api/types.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

export function Raw({ message }: { message: Message }) {
  const text = JSON.stringify(message, null, 2);
  const said = useSignal('');
  const copy = (): void => {
    if (!navigator.clipboard) { said.value = t('rd.noClipboard'); return; }
    navigator.clipboard.writeText(text).then(() => { said.value = t('app.copied'); }, () => { said.value = t('rd.noClipboard'); });
  };
  return (
    <>
      <p class="raw-head"><button type="button" class="button small" onClick={copy}><Icon name="copy" size={14} />{t('app.copy')}</button><span role="status" class="small quiet">{said.value}</span></p>
      <pre class="raw" dir="ltr">{text}</pre>
    </>
  );
}
