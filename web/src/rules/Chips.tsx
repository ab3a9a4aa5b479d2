// A list of words: each becomes a chip by Enter or a comma; Backspace in the empty field takes the last one away.
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

interface Props { label: string; values: string[]; hint?: string; options?: { value: string; label: string }[]; onChange: (values: string[]) => void }

export function Chips({ label, values, hint, options, onChange }: Props) {
  const typed = useSignal('');
  const id = useId();
  const shown = (value: string): string => options?.find((one) => one.value === value)?.label ?? value;
  const add = (text: string): void => {
    const value = options?.find((one) => one.label === text.trim())?.value ?? text.trim();
    typed.value = '';
    if (value && !values.includes(value)) onChange([...values, value]);
  };
  return (
    <div class="field chips-field">
      <label for={id}>{label}</label>
      <div class="chips">
        {values.map((value) => (
          <span key={value} class="chip-word"><bdi>{shown(value)}</bdi><button type="button" aria-label={t('ru.remove', { name: shown(value) })} onClick={() => onChange(values.filter((one) => one !== value))}><Icon name="close" size={12} /></button></span>
        ))}
        <input id={id} type="text" list={options && `${id}-list`} placeholder={hint} value={typed.value} spellcheck={false} autocomplete="off"
          onInput={(event) => { const text = event.currentTarget.value; if (options?.some((one) => one.label === text)) add(text); else typed.value = text; }}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey) return;
            if ((event.key === 'Enter' || event.key === ',') && typed.value.trim()) { event.preventDefault(); add(typed.value); }
            if (event.key === 'Backspace' && typed.value === '' && values.length > 0) onChange(values.slice(0, -1));
          }}
          onBlur={() => { if (typed.peek().trim()) add(typed.peek()); }} />
        {options && <datalist id={`${id}-list`}>{options.filter(({ value }) => !values.includes(value)).map((one) => <option key={one.value} value={one.label} />)}</datalist>}
      </div>
    </div>
  );
}

/** A few fixed choices, several of them at once. */
export function Choices({ label, values, options, onChange }: { label: string; values: string[]; options: { value: string; label: string }[]; onChange: (values: string[]) => void }) {
  return (
    <fieldset class="field"><legend>{label}</legend>
      <div class="choice-row">{options.map((one) => {
        const on = values.includes(one.value);
        return <button key={one.value} type="button" class="choice" aria-pressed={on} onClick={() => onChange(on ? values.filter((value) => value !== one.value) : [...values, one.value])}>{one.label}</button>;
      })}</div>
    </fieldset>
  );
}
