// The button that has a file fetched, and what came of it.
import type { Message } from '../api/types.ts';
import { unreachable } from '../api/client.ts';
import { size } from '../app/format.ts';
import { t, word } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { fetchFile, fetching } from './fetching.ts';

const gone = new Set(['not_in_export', 'destroys_itself', 'not_imported']);
export const canFetch = ({ media }: Message): boolean => Boolean(media) && !gone.has(media?.absent ?? '');
export const whyAbsent = ({ media }: Message): string => word('absent', media?.absent ?? 'not_downloaded');

export function Fetch({ message, what }: { message: Message; what: string }) {
  const now = fetching(message.id);
  if (!canFetch(message) || now?.state === 'here') return null;
  const waiting = now?.state === 'waiting';
  const bytes = message.media?.size ? `, ${size(message.media.size)}` : '';
  return (
    <span class="fetch">
      <button type="button" class="button small" disabled={waiting || unreachable.value !== null} aria-label={`${t('r.download')}: ${what}${bytes}`}
        onClick={(event) => { event.stopPropagation(); void fetchFile(message.id); }}>
        <Icon name="download" size={13} />{waiting ? t('rd.fetching') : t('r.download')}
      </button>
      <span role="status" class={now?.problem ? 'small warn' : 'sr'}>{now?.problem ?? (waiting ? t('rd.fetching') : '')}</span>
    </span>
  );
}
