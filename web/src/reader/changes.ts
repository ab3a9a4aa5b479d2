// What an edit changed besides the words, in words.
import type { Entity, Media, Version } from '../api/types.ts';
import { size } from '../app/format.ts';
import { t, word, type Key } from '../i18n/index.ts';
import { shownName } from './truth.ts';

const mostNamed = 4;
const kinds: Record<string, Key> = {
  bold: 'rd.bold', italic: 'rd.italic', underline: 'rd.underline', strikethrough: 'rd.strikethrough', code: 'rd.code', pre: 'rd.code',
  blockquote: 'rd.quote', spoiler: 'rd.spoilerMark', text_link: 'rd.link',
};
interface Mark { kind: string; words: string; url?: string }
const key = ({ kind, words, url }: Mark): string => [kind, words, url ?? ''].join('\u0000');

// Addresses, tags and mentions come with the words; only what a person put on them is formatting.
const marks = (text: string, entities: Entity[] = []): Mark[] => entities.filter(({ type }) => type in kinds)
  .map(({ type, offset, length, url }) => ({ kind: type, words: text.slice(offset, offset + length).trim(), url }));

function sentence(added: boolean, { kind, words }: Mark): string {
  const short = words.length > 40 ? `${words.slice(0, 39)}…` : words;
  return t(added ? 'rd.formatAdded' : 'rd.formatRemoved', { kind: t(kinds[kind] as Key), words: short });
}

/** Of words that stand in both versions: what was written anew says itself. */
export function formatting(before: Version, after: Version): string[] {
  const old = marks(before.text, before.entities);
  const now = marks(after.text, after.entities);
  const oldKeys = new Set(old.map(key));
  const nowKeys = new Set(now.map(key));
  const said: string[] = [];
  for (const mark of now) {
    if (oldKeys.has(key(mark)) || !before.text.includes(mark.words)) continue;
    const link = mark.kind === 'text_link' && old.find((one) => one.kind === 'text_link' && one.words === mark.words);
    said.push(link ? t('rd.linkChanged', { words: mark.words, from: link.url ?? '', to: mark.url ?? '' }) : sentence(true, mark));
  }
  for (const mark of old) {
    if (nowKeys.has(key(mark)) || !after.text.includes(mark.words)) continue;
    if (mark.kind === 'text_link' && now.some((one) => one.kind === 'text_link' && one.words === mark.words)) continue;
    said.push(sentence(false, mark));
  }
  const distinct = [...new Set(said)];
  return distinct.length > mostNamed ? [...distinct.slice(0, mostNamed), t('rd.moreFormats', { n: distinct.length - mostNamed })] : distinct;
}

const described = (media: Media): string =>
  [word('media', media.type), media.fileName && `“${shownName(media.fileName)}”`, media.width && media.height && `${String(media.width)} × ${String(media.height)}`, media.size && size(media.size)].filter(Boolean).join(', ');

export function mediaChange(before: Version, after: Version): string | null {
  const [old, now] = [before.media, after.media];
  if (!old && !now) return null;
  if (!old && now) return t('rd.mediaAdded', { what: described(now) });
  if (old && !now) return t('rd.mediaRemoved', { what: described(old) });
  const same = old?.uniqueId && now?.uniqueId ? old.uniqueId === now.uniqueId : described(old as Media) === described(now as Media);
  return same ? null : t('rd.mediaReplaced', { from: described(old as Media), to: described(now as Media) });
}

/** An export file has none, whatever the message had. */
function previewChange(before: Version, after: Version): string | null {
  const [old, now] = [before.linkPreview, after.linkPreview];
  const shown = now ?? old;
  if (!shown || JSON.stringify(old) === JSON.stringify(now) || [before.source, after.source].includes('export_file')) return null;
  return t(!old ? 'rd.previewAdded' : !now ? 'rd.previewRemoved' : 'rd.previewChanged', { what: shown.title || shown.url });
}

/** Everything that is not in the words; empty when only they changed. */
export const otherChanges = (before: Version, after: Version): string[] =>
  [mediaChange(before, after), previewChange(before, after), ...formatting(before, after)].filter((one): one is string => one !== null);
