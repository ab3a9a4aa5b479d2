// What would be sent again is counted before it is: the button says the number.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { gatewayNow, post } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { onePath, reasonOf } from './act.ts';

interface Counted { events: number; eventsExact: boolean }
const choices = ['hour', 'day', 'all'] as const;
type Choice = (typeof choices)[number];
const length = { hour: 3_600_000, day: 86_400_000 };

export function ResendDialog({ name, onClose, onDone }: { name: string; onClose: () => void; onDone: (events: number) => void }) {
  const choice = useSignal<Choice>('hour');
  const counted = useSignal<Counted | null>(null);
  const problem = useSignal('');
  const since = (): { since?: string } => (choice.peek() === 'all' ? {} : { since: new Date(gatewayNow() - length[choice.peek() as 'hour' | 'day']).toISOString() });
  const ask = async (dryRun: boolean): Promise<Counted | null> => {
    problem.value = '';
    try { return (await post<Counted>(`${onePath(name)}/resend`, { ...since(), dryRun })).data; } catch (error) { problem.value = reasonOf(error); return null; }
  };
  useEffect(() => {
    let current = true;
    counted.value = null;
    void ask(true).then((found) => { if (current) counted.value = found; });
    return () => { current = false; };
  }, [choice.value]);
  const send = async (): Promise<void> => {
    const done = await ask(false);
    if (done) onDone(done.events);
  };
  const n = counted.value?.events ?? 0;
  return (
    <Dialog title={t('dd.resendTitle', { name })} onClose={onClose}>
      <div class="dialog-text">
        <p>{t('dd.resendText')}</p>
        <fieldset class="choices"><legend class="sr">{t('dd.resendFrom')}</legend>
          {choices.map((one) => <label key={one} class="check"><input type="radio" name="since" checked={choice.value === one} onChange={() => { choice.value = one; }} />{t(`dd.resend.${one}`)}</label>)}
        </fieldset>
        <p role="status">{problem.value ? <span class="bad">{problem.value}</span> : counted.value ? t(counted.value.eventsExact ? 'dd.resendCount' : 'dd.resendMany', { n }) : t('app.loading')}</p>
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>{t('app.cancel')}</button>
        <button type="button" class="button primary" disabled={n === 0} onClick={() => { void send(); }}>{t('dd.resendGo', { n })}</button>
      </footer>
    </Dialog>
  );
}
