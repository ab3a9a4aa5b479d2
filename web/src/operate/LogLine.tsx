import { full, clockSeconds } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import type { LogRecord } from '../api/types.ts';
import { join } from '../ui/css.ts';
import { CopyButton } from './CopyButton.tsx';
import { Icon } from '../ui/Icon.tsx';
import type { Gap } from './useLogLines.ts';

export type Narrow = (name: string, value: string) => void;
const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Values narrow the log by a click; with the keyboard the line is opened first. */
export function LogLine({ record, current, open, onToggle, narrow }: { record: LogRecord; current: boolean; open: boolean; onToggle: () => void; narrow: Narrow }) {
  const fields = Object.entries(record.fields ?? {});
  return (
    <div class={join('log-line', `log-${record.level}`, current && 'log-current', open && 'log-open')} data-id={record.id}>
      <button type="button" class="log-time" tabIndex={current ? 0 : -1} aria-expanded={open} title={full(record.at)} onClick={onToggle}><time dateTime={record.at}>{clockSeconds(record.at)}</time></button>
      <button type="button" class="log-level" tabIndex={-1} onClick={() => narrow('level', record.level)}>{record.level}</button>
      <span class="log-text">
        <button type="button" class="log-event" tabIndex={-1} onClick={() => narrow('event', record.event)}>{record.event}</button>
        {!open && fields.map(([name, value]) => <span key={name} class="log-field"><i>{name}=</i><button type="button" tabIndex={-1} onClick={() => narrow(name, text(value))}><bdi>{text(value)}</bdi></button></span>)}
      </span>
      {open && (
        <dl class="log-details">
          <div><dt>{t('l.time')}</dt><dd><span class="tabular">{record.at}</span></dd></div>
          {[['event', record.event] as [string, unknown], ...fields].map(([name, value]) => (
            <div key={name}><dt>{name}</dt><dd><bdi>{text(value)}</bdi>
              <button type="button" class="icon-button small" aria-label={t('log.only', { name, value: text(value) })} title={t('log.only', { name, value: text(value) })} onClick={() => narrow(name, text(value))}><Icon name="filter" size={14} /></button>
              <CopyButton text={text(value)} label={t('log.copyValue', { name })} small /></dd></div>
          ))}
        </dl>
      )}
    </div>
  );
}

export function GapLine({ gap, command }: { gap: Gap; command: string }) {
  return (
    <div class="log-gap" role="note">
      <span><Icon name="unknown" size={15} />{t('log.gap', { from: clockSeconds(gap.from), to: clockSeconds(gap.to) })}</span>
      <CopyButton text={command} label={t('log.copyGap')} small worded />
    </div>
  );
}
