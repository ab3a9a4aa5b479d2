// An album as one: rows of pictures in their true shape; files and sounds below them.
import type { Message } from '../api/types.ts';
import { t } from '../i18n/index.ts';
import { join, vars } from '../ui/css.ts';
import { FileRow } from './FileRow.tsx';
import { Picture } from './Picture.tsx';
import { albumRows, beside } from './album.ts';
import { isHere, isPicture, ratio } from './media.ts';

export function Album({ messages }: { messages: Message[] }) {
  const pictures = messages.filter(({ media }) => isPicture(media));
  const files = messages.filter(({ media }) => media && !isPicture(media));
  const absent = messages.filter((message) => !isHere(message)).length;
  return (
    <>
      <div class="album" role="group" aria-label={t('r.album', { n: messages.length })}>
        <Grid pictures={pictures} />
        {files.map((message) => <FileRow key={message.id} message={message} />)}
      </div>
      {absent > 0 && <p class="album-note quiet small">{t('r.toFetch', { n: absent, of: messages.length })}</p>}
    </>
  );
}

function Grid({ pictures }: { pictures: Message[] }) {
  const ratios = pictures.map(ratio);
  const tile = (message: Message) => <Picture key={message.id} message={message} all={pictures} tile />;
  const [first, second, third] = pictures;
  if (pictures.length === 3 && first && second && third && (ratios[0] ?? 0) >= 1) {
    const { left, ratio: whole } = beside(ratios as [number, number, number]);
    return (
      <div class="album-beside" ref={vars({ '--ratio': whole.toFixed(3), '--left': `${(left * 100).toFixed(2)}%` })}>
        {tile(first)}<div class="album-column">{tile(second)}{tile(third)}</div>
      </div>
    );
  }
  let at = 0;
  return (
    <>
      {albumRows(ratios).map((row) => {
        const here = pictures.slice(at, at += row.length);
        return <div key={here[0]?.id} class={join('album-row', `of-${String(row.length)}`)} ref={vars({ '--ratio': row.reduce((sum, one) => sum + one, 0).toFixed(3) })}>{here.map(tile)}</div>;
      })}
    </>
  );
}
