// Level, text and fields; follow and pause; the same as a command.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { CopyButton } from './CopyButton.tsx';
import { levels, typed, type Level, type LogFilter } from './logFilter.ts';

export function LogBar({ filter, go, follow, paused, onFollow, command }: {
  filter: LogFilter; go: (next: LogFilter) => void; follow: boolean; paused: boolean; onFollow: () => void; command: string;
}) {
  const text = useSignal(filter.q);
  useEffect(() => { text.value = filter.q; }, [filter.q]);
  return (
    <form class="log-bar" role="search" aria-label={t('log.filters')} onSubmit={(event) => { event.preventDefault(); go(typed(filter, text.peek())); }}>
      <label class="select"><span class="sr">{t('l.level')}</span><Icon name="chevron" size={14} />
        <select value={filter.level} onChange={(event) => go({ ...filter, level: event.currentTarget.value as Level })}>{levels.map((name) => <option key={name} value={name}>{t('log.atLeast', { level: name })}</option>)}</select>
      </label>
      <label class="filter"><Icon name="search" size={15} /><span class="sr">{t('l.text')}</span>
        <input type="search" placeholder={t('log.placeholder')} enterkeyhint="search" spellcheck={false} value={text.value} onInput={(event) => { text.value = event.currentTarget.value; if (text.peek() === '' && filter.q) go({ ...filter, q: '' }); }} />
      </label>
      <button type="button" class="button" aria-pressed={follow} aria-keyshortcuts="L Space" onClick={onFollow}>
        <Icon name={follow ? 'live' : paused ? 'paused' : 'down'} size={15} />{t(follow ? 'log.following' : paused ? 'log.pausedButton' : 'l.follow')}
      </button>
      <CopyButton text={command} label={t('log.copyAs')} worded />
      {(filter.q || filter.fields.length > 0) && (
        <ul class="log-chips" aria-label={t('log.filters')}>
          {filter.q && <Chip name={t('l.text')} value={filter.q} onRemove={() => go({ ...filter, q: '' })} />}
          {filter.fields.map(([name, value]) => <Chip key={`${name}=${value}`} name={name} value={value} onRemove={() => go({ ...filter, fields: filter.fields.filter(([n, v]) => n !== name || v !== value) })} />)}
          <li><button type="button" class="button small" onClick={() => go({ level: 'info', q: '', fields: [] })}>{t('log.clear')}</button></li>
        </ul>
      )}
    </form>
  );
}

function Chip({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }) {
  return (
    <li class="log-chip"><span class="cut"><span class="quiet">{name}</span> <bdi>{value}</bdi></span>
      <button type="button" class="icon-button small" aria-label={t('log.remove', { name, value })} onClick={onRemove}><Icon name="close" size={13} /></button>
    </li>
  );
}
