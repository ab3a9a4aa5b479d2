// Dropping is for good: more than one asks for the number.
import { useSignal } from '@preact/signals';
import { t } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { reasonOf } from './act.ts';
import type { Wanted } from './SetAside.tsx';

export function DropDialog({ wanted, onClose, onDrop }: { wanted: Wanted; onClose: () => void; onDrop: (wanted: Wanted) => Promise<void> }) {
  const typed = useSignal('');
  const problem = useSignal('');
  const busy = useSignal(false);
  const { n } = wanted;
  const ready = n === 1 || typed.value.trim() === String(n);
  const drop = async (): Promise<void> => {
    if (!ready || busy.peek()) return;
    busy.value = true;
    try { await onDrop(wanted); } catch (error) { problem.value = reasonOf(error); busy.value = false; }
  };
  return (
    <Dialog title={t('sa.dropTitle', { n })} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void drop(); }}>
        <div class="dialog-text">
          <p>{t('sa.dropText')}</p>
          {n > 1 && <label class="field">{t('sa.dropType', { n: String(n) })}<input type="text" inputMode="numeric" autocomplete="off" autofocus value={typed.value} onInput={(event) => { typed.value = event.currentTarget.value; }} /></label>}
          {problem.value && <p class="bad" role="alert">{problem.value}</p>}
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>{t('app.cancel')}</button>
          <button type="submit" class="button danger" disabled={!ready || busy.value}>{t('sa.drop', { n })}</button>
        </footer>
      </form>
    </Dialog>
  );
}
