// The field: words stay words, operators become chips; suggestions while one is typed.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Channel } from '../api/types.ts';
import { t } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { chipText, suggestions, type Suggestion } from './chips.ts';
import { lastOperator, takeOperators, withChip, type Chip, type Search } from './filters.ts';

const typedFor = 400;

export function QueryField({ asked, channels, onChange, onLeave }: { asked: Search; channels: Channel[]; onChange: (search: Search) => void; onLeave: () => void }) {
  const text = useSignal(asked.text);
  const active = useSignal(0);
  const closed = useSignal(true);
  const said = useSignal('');
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => { if (document.activeElement !== input.current || asked.text === '') text.value = asked.text; }, [asked.text]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const token = lastOperator(text.value);
  const offered = closed.value ? [] : token ? suggestions(token, channels) : text.value.trim() === '' ? suggestions(null, channels) : [];

  const apply = (chips: Chip[], rest: string): void => {
    clearTimeout(timer.current);
    text.value = rest;
    onChange(chips.reduce(withChip, { ...asked, text: rest }));
  };
  const take = (chosen: Suggestion): void => {
    active.value = 0;
    if (chosen.chip) { closed.value = true; apply([chosen.chip], token ? text.peek().slice(0, token.start).trim().replace(/.$/u, '$& ') : text.peek()); } else text.value = `${text.peek()}${chosen.operator ?? ''}:`;
    input.current?.focus();
  };
  const submit = (): void => {
    const taken = takeOperators(text.peek(), channels);
    said.value = taken.unknown.length > 0 ? t('s.unknownFilter', { text: taken.unknown.map(({ whole }) => whole).join(', ') }) : '';
    closed.value = true;
    apply(taken.chips, taken.text);
  };
  const onInput = (value: string): void => {
    text.value = value;
    said.value = '';
    active.value = 0;
    closed.value = false;
    clearTimeout(timer.current);
    const taken = takeOperators(value, channels);
    if (/\s$/.test(value) && taken.chips.length > 0) { apply(taken.chips, taken.text); closed.value = true; return; }
    if (!lastOperator(value)) timer.current = setTimeout(() => onChange({ ...asked, text: takeOperators(value, channels).text }), typedFor);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Backspace' && text.peek() === '' && asked.chips.length > 0) {
      event.preventDefault();
      onChange({ ...asked, chips: asked.chips.slice(0, -1) });
    } else if (event.key === 'Escape' && offered.length > 0) {
      event.preventDefault();
      closed.value = true;
    } else if (step && offered.length > 0) {
      event.preventDefault();
      active.value = (active.peek() + step + offered.length) % offered.length;
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      onLeave();
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      const chosen = token ? offered[active.peek()] : undefined;
      if (chosen) take(chosen); else submit();
    }
  };
  const add = (): void => { closed.value = !closed.peek(); text.value = text.peek().trimEnd() + (text.peek().trim() ? ' ' : ''); input.current?.focus(); };

  return (
    <div class="query-box" role="search">
      <div class="query" onClick={(event) => { if (event.target === event.currentTarget) input.current?.focus(); }}>
        <Icon name="search" size={17} />
        {asked.chips.map((chip) => (
          <button key={`${chip.name}:${chip.value}`} type="button" class="filter-chip" aria-label={t('s.removeFilter', { name: `${chip.name}: ${chipText(chip, channels)}` })}
            onClick={() => { onChange({ ...asked, chips: asked.chips.filter((one) => one !== chip) }); input.current?.focus(); }}>
            <span class="quiet">{chip.name}:</span><bdi class="cut">{chipText(chip, channels)}</bdi><Icon name="close" size={13} />
          </button>
        ))}
        <input ref={input} type="text" autofocus spellcheck={false} autocomplete="off" enterkeyhint="search" maxLength={500} aria-label={t('s.label')} role="combobox" aria-autocomplete="list"
          aria-expanded={offered.length > 0} aria-controls="query-offers" aria-activedescendant={offered.length > 0 ? `offer-${String(active.value)}` : undefined} aria-describedby="query-said"
          placeholder={asked.chips.length > 0 ? t('s.words') : t('s.placeholder')} value={text.value} onInput={(event) => onInput(event.currentTarget.value)} onKeyDown={onKey}
          onBlur={() => { closed.value = true; }} />
        <button type="button" class="button small" aria-expanded={offered.length > 0} onPointerDown={(event) => event.preventDefault()} onClick={add}><Icon name="filter" size={14} />{t('s.addFilter')}</button>
      </div>
      <p id="query-said" class={said.value ? 'warn small' : 'sr'} role="status">{said.value}</p>
      <ul id="query-offers" role="listbox" aria-label={t('s.filters')} class={offered.length > 0 ? 'offers' : 'sr'}>
        {offered.map((offer, i) => (
          <li key={offer.key} id={`offer-${String(i)}`} role="option" aria-selected={i === active.value} onPointerDown={(event) => { event.preventDefault(); take(offer); }} onPointerMove={() => { active.value = i; }}>
            {offer.avatar && <Avatar {...offer.avatar} size="s" />}<b class="cut"><bdi>{offer.label}</bdi></b><span class="quiet small cut"><bdi>{offer.detail}</bdi></span>
          </li>
        ))}
      </ul>
    </div>
  );
}
