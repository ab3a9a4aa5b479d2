// The versions of a message on a line, newest first, and any one against the one before it.
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Version } from '../api/types.ts';
import { clockSeconds, full, milliseconds, num, recent } from '../app/format.ts';
import { now } from '../app/clock.ts';
import { t } from '../i18n/index.ts';
import { lines, type Line } from './diff.ts';
import { Added, OtherChanges, Removed } from './change.tsx';

const nth = (n: number): string => (n === 1 ? t('i.nth1') : n === 2 ? t('i.nth2') : n === 3 ? t('i.nth3') : t('i.nthN', { n }));

const shownAs = { import: 'r.imported', backfill: 'r.history' } as const;

/** `posted`: what the first version has in the place of a date of edit. */
export function Versions({ versions, posted }: { versions: Version[]; posted: string }) {
  const chosen = useSignal(versions.length - 1);
  const against = useSignal<number | null>(null);  // null: the one before it
  const base = against.value !== null && against.value < chosen.value ? against.value : chosen.value - 1;
  const before = versions[base];
  const after = versions[chosen.value];
  return (
    <>
      <ol class="versions">
        {versions.map((version, i) => ({ version, i })).reverse().map(({ version, i }) => {
          const at = version.editDate ?? (i === 0 ? posted : version.observedAt);
          const seen = Date.parse(version.observedAt) - Date.parse(at);
          const later = version.origin === 'import' || version.origin === 'backfill' ? shownAs[version.origin] : null;
          const day = recent(at, now.peek());
          const time = /:/.test(day) ? clockSeconds(at) : full(at);
          const name = nth(i + 1);
          return (
            <li key={version.key} class={i === chosen.value || i === base ? 'compared' : ''}>
              <button type="button" aria-pressed={i === chosen.value} disabled={versions.length < 2} onClick={() => { chosen.value = Math.max(1, i); against.value = null; }}>
                <span class="strong">{i === versions.length - 1 && versions.length > 1 ? t('i.current', { nth: name }) : name}</span>
                <span class="quiet small">{later ? `${time}, ${t(later)}` : seen > 0 ? t('i.seen', { time, span: milliseconds(seen) }) : time}</span>
              </button>
            </li>
          );
        })}
      </ol>
      {chosen.value > 1 && (
        <label class="against small"><span class="quiet">{t('rd.against')}</span>
          <select value={base} onChange={(event) => { against.value = Number(event.currentTarget.value); }}>
            {versions.slice(0, chosen.value).map((version, i) => <option key={version.key} value={i}>{nth(i + 1)}</option>)}
          </select>
        </label>
      )}
      {before && after && <Compared key={`${before.key} ${after.key}`} before={before} after={after} title={t('i.compare', { a: nth(base + 1), b: nth(chosen.value + 1).toLocaleLowerCase() })} />}
    </>
  );
}

function Compared({ before, after, title }: { before: Version; after: Version; title: string }) {
  const compared = useMemo(() => lines(before.text, after.text), [before, after]);
  const count = (kind: Line['kind']): number => compared.filter((line) => line.kind === kind).length;
  return (
    <figure class="compared-box">
      <figcaption><span>{title}</span><span class="spacer" /><span class="bad tabular" aria-label={`${num(count('removed'))} ${t('r.removed')}`}>− {num(count('removed'))}</span><span class="added tabular" aria-label={`${num(count('added'))} ${t('r.added')}`}>+ {num(count('added'))}</span></figcaption>
      {before.text !== after.text && (
        <div class="lines" dir="auto">
          {compared.map((line, i) => (
            <p key={i} class={`line line-${line.kind}`}><i aria-hidden="true">{line.kind === 'removed' ? '−' : line.kind === 'added' ? '+' : ''}</i><span>{line.kind !== 'same' && <span class="sr">{t(line.kind === 'removed' ? 'rd.lineRemoved' : 'rd.lineAdded')}: </span>}
              {line.pieces.map((piece, k) => (piece.kind === 'removed' ? <Removed key={k}>{piece.text}</Removed> : piece.kind === 'added' ? <Added key={k}>{piece.text}</Added> : <span key={k}>{piece.text || ' '}</span>))}
            </span></p>
          ))}
        </div>
      )}
      <OtherChanges before={before} after={after} />
    </figure>
  );
}
