// The conditions, which must all hold.
import type { Channel } from '../api/types.ts';
import { useChannels } from '../app/useOverview.ts';
import { t, word } from '../i18n/index.ts';
import { Chips, Choices } from './Chips.tsx';
import type { Draft, Flag, List, TextMode, Tri } from './draft.ts';
import { Problems } from './Problems.tsx';
import type { Problem } from './types.ts';

const media = ['photo', 'video', 'document', 'voice', 'audio', 'animation', 'sticker', 'video_note', 'poll'];
const origins = ['live', 'catchup', 'backfill', 'import'] as const;
const kinds = ['new', 'edited', 'deleted', 'restored', 'filled'] as const;
export interface FormProps { draft: Draft; problems: Problem[]; change: (part: Partial<Draft>) => void }

export function When({ draft, problems, change }: FormProps) {
  const channels = useChannels().data ?? [];
  const setList = (name: List) => (values: string[]): void => change({ lists: { ...draft.lists, [name]: values } });
  return (
    <section class="card rule-part" aria-labelledby="when-title">
      <h2 id="when-title">{t('ru.when')} <span class="quiet">{t('ru.allHold')}</span></h2>
      <Problems of="conditions" all={problems.filter(({ field }) => field === 'conditions')} />
      <Chips label={t('ru.c.channels')} values={draft.lists.channels} hint={draft.lists.channels.length === 0 ? t('ru.anyChannel') : ''} options={optionsOf(channels)} onChange={setList('channels')} />
      <Problems of="conditions.channels" all={problems} />
      <div class="field">
        <div class="line-between"><span id="text-label">{t('ru.text')}</span>
          <span class="tabs" role="group" aria-labelledby="text-label">{(['regex', 'keywords'] as TextMode[]).map((mode) => (
            <button key={mode} type="button" class="tab" aria-pressed={draft.textMode === mode} onClick={() => change({ textMode: mode })}>{t(`ru.mode.${mode}` as 'ru.mode.regex')}{mode !== draft.textMode && has(draft, mode) && <span class="dot" />}</button>))}</span></div>
        {draft.textMode === 'regex' ? (
          <>
            <input type="text" class="mono" aria-label={t('ru.c.regex')} spellcheck={false} autocomplete="off" placeholder="COMPRA|VENDA" maxLength={1000} value={draft.regex} aria-invalid={problems.some(({ field }) => field === 'conditions.regex')} onInput={(event) => change({ regex: event.currentTarget.value })} />
            <Problems of="conditions.regex" all={problems} text={draft.regex} />
            <label class="check"><input type="checkbox" checked={draft.ignoreCase} onChange={(event) => change({ ignoreCase: event.currentTarget.checked })} />{t('ru.ignoreCase')}</label>
          </>
        ) : (
          <>
            <Chips label={t('ru.c.anyOf')} values={draft.anyOf} onChange={(anyOf) => change({ anyOf })} />
            <Chips label={t('ru.c.allOf')} values={draft.allOf} onChange={(allOf) => change({ allOf })} />
            <Chips label={t('ru.c.noneOf')} values={draft.noneOf} onChange={(noneOf) => change({ noneOf })} />
            <Problems of="conditions.keywords" all={problems} />
            <label class="check"><input type="checkbox" checked={draft.wholeWords} onChange={(event) => change({ wholeWords: event.currentTarget.checked })} />{t('ru.wholeWords')}</label>
          </>
        )}
      </div>
      <div class="flag-row">
        {(['hasMedia', 'forwarded', 'reply', 'hasLink'] as Flag[]).map((name) => (
          <label key={name} class="field">{t(`ru.c.${name}` as 'ru.c.hasMedia')}
            <select class="plain-select" value={draft.flags[name]} onChange={(event) => change({ flags: { ...draft.flags, [name]: event.currentTarget.value as Tri } })}>
              <option value="">{t('ru.any')}</option><option value="yes">{t('ru.yes')}</option><option value="no">{t('ru.no')}</option></select></label>
        ))}
      </div>
      <Choices label={t('ru.c.mediaTypes')} values={draft.lists.mediaTypes} options={media.map((value) => ({ value, label: word('media', value) }))} onChange={setList('mediaTypes')} />
      <Choices label={t('ru.c.origins')} values={draft.lists.origins} options={origins.map((value) => ({ value, label: t(`ru.origin.${value}`) }))} onChange={setList('origins')} />
      <details open={draft.lists.kinds.length + draft.lists.senders.length + draft.lists.hashtags.length + draft.lists.tags.length > 0}>
        <summary>{t('ru.more')}</summary>
        <Choices label={t('ru.c.kinds')} values={draft.lists.kinds} options={kinds.map((value) => ({ value, label: t(`ru.kind.${value}`) }))} onChange={setList('kinds')} />
        <Problems of="conditions.kinds" all={problems} />
        <Chips label={t('ru.c.senders')} values={draft.lists.senders} onChange={setList('senders')} />
        <Chips label={t('ru.c.hashtags')} values={draft.lists.hashtags} onChange={setList('hashtags')} />
        <Chips label={t('ru.c.tags')} values={draft.lists.tags} onChange={setList('tags')} />
      </details>
    </section>
  );
}

const optionsOf = (channels: Channel[]): { value: string; label: string }[] => channels.map(({ channelId, title }) => ({ value: channelId, label: title }));
const has = (draft: Draft, mode: TextMode): boolean => (mode === 'regex' ? draft.regex !== '' : draft.anyOf.length + draft.allOf.length + draft.noneOf.length > 0);
