// What is wrong with a field, beside it; of an expression the place, under a caret.
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import type { Problem } from './types.ts';

export function Problems({ of, all, text }: { of: string; all: Problem[]; text?: string }) {
  const mine = all.filter(({ field }) => field === of || field.startsWith(`${of}.`) || field.startsWith(`${of}[`));
  return (
    <>
      {mine.map(({ field, message, offset }) => (
        <div key={field + message} class="problem" role="alert">
          {text !== undefined && offset !== undefined && (
            <p class="caret mono" aria-hidden="true"><span>{text}</span><span><i>{text.slice(0, offset)}</i>▲</span></p>
          )}
          <p><Icon name="warn" size={14} /> {message}{offset !== undefined && <span class="sr"> {t('ru.atCharacter', { n: offset + 1 })}</span>}</p>
        </div>
      ))}
    </>
  );
}
