import { useSignal } from '@preact/signals';
import { full } from '../app/format.ts';
import { href, messagePath } from '../app/links.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { ActButton } from './ActButton.tsx';
import { waiting, type Fate, type Group, type Row } from './asides.ts';
import { destinationPath } from './DestinationRow.tsx';
import { Payload } from './Payload.tsx';
import type { Wanted } from './SetAside.tsx';

interface Props {
  group: Group; chosen: ReadonlySet<string>;
  onToggle: (id: string, range: boolean) => void; onChoose: (ids: ReadonlySet<string>) => void;
  onRetry: (wanted: Wanted) => Promise<void>; onDrop: (wanted: Wanted) => void;
}
const marks: Record<Fate, [string, string]> = { trying: ['sync', 'quiet'], again: ['warn', 'warn'], delivered: ['ok', 'accent'], gone: ['check', 'quiet'], dropped: ['bin', 'bad'] };

/** What is on screen whole is named by its ids, so that what comes meanwhile stays. */
const of = (filter: Wanted['filter'], open: Row[], n: number): Wanted => (open.length === n ? { ids: open.map(({ item }) => item.id), n } : { filter, n });

export function AsideGroup({ group, chosen, onToggle, onChoose, onRetry, onDrop }: Props) {
  const { destination, reason, count } = group;
  const open = group.rows.filter(waiting);
  const all = open.length > 0 && open.every(({ item }) => chosen.has(item.id));
  const filter = { destination, reason };
  const isIntake = destination === 'intake';
  const title = isIntake ? t('sa.intake') : destination;
  return (
    <section class="card aside-group" aria-label={`${title}: ${reason}`}>
      <header class="aside-head">
        <Icon name="setAside" size={17} class="quiet" />
        <h2>{isIntake ? title : <a href={href(destinationPath(destination))}><bdi>{destination}</bdi></a>} <span class="quiet"><bdi>{reason}</bdi></span></h2>
        {count > 0 && <span class="badge badge-warn">{t('sa.count', { n: count })}</span>}
        <span class="spacer" />
        {count > 0 && <span class="aside-acts">
          {!isIntake && <ActButton label={t('f.retryAll', { n: count })} class="small" run={() => onRetry({ filter, n: count })} />}
          <ActButton label={t('sa.drop', { n: count })} class="small danger" run={() => onDrop(of(filter, open, count))} />
        </span>}
      </header>
      <p class="aside-advice"><b>{t('sa.whatToDo')}</b> {t(isIntake ? 'sa.adviceIntake' : 'sa.advice')}</p>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={`${title}: ${reason}`}>
        <table class="table aside-table">
          <thead><tr>
            <th><input type="checkbox" aria-label={t('sa.chooseAll', { name: title })} checked={all} disabled={open.length === 0}
              onChange={() => { const next = new Set(chosen); for (const { item } of open) if (all) next.delete(item.id); else next.add(item.id); onChoose(next); }} /></th>
            <th>{t('f.message')}</th><th>{t('f.when')}</th><th class="num">{t('sa.tries')}</th><th>{t('sa.fate')}</th><th><span class="sr">{t('sa.payload')}</span></th>
          </tr></thead>
          <tbody>{group.rows.map((row) => <AsideRow key={row.item.id} row={row} chosen={chosen.has(row.item.id)} onToggle={onToggle} />)}</tbody>
        </table>
      </div>
      {count > open.length && <p class="quiet pad">{t('sa.more', { n: count - open.length })}</p>}
    </section>
  );
}

function AsideRow({ row, chosen, onToggle }: { row: Row; chosen: boolean; onToggle: Props['onToggle'] }) {
  const { item, fate } = row;
  const opened = useSignal(false);
  const name = item.messageId ? `${item.title ?? item.channelId} ${String(item.messageId)}` : item.place ?? item.id;
  const [icon, tone] = fate ? marks[fate] : ['', ''];
  return (
    <>
      <tr data-item={item.id} class={!waiting(row) ? 'row-done' : chosen ? 'row-chosen' : undefined}>
        <td>{waiting(row) && <input type="checkbox" aria-label={t('sa.choose', { name })} aria-keyshortcuts="X" checked={chosen} onClick={(event) => { onToggle(item.id, event.shiftKey); }} />}</td>
        <td class="aside-message">{item.messageId ? <a href={href(messagePath(item.channelId, item.messageId))}><bdi>{item.title ?? item.channelId}</bdi> {item.messageId}</a> : <b><bdi>{item.place ?? '–'}</bdi></b>}
          {item.textPreview && <span class="quiet aside-text" dir="auto">{item.textPreview}</span>}</td>
        <td class="aside-when"><time>{full(item.at)}</time></td>
        <td class="num tabular aside-tries"><span class="only-phone">{t('f.tries', { n: item.tries })}</span><span class="not-phone">{item.tries}</span></td>
        <td class="aside-fate">{fate ? <span class={`named ${tone}`}><Icon name={icon} size={15} />{t(`sa.fate.${fate}`)}</span> : <span class="quiet">{t('sa.waitsHere')}</span>}</td>
        <td class="row-acts"><button type="button" class="button small" aria-expanded={opened.value} aria-label={`${t('sa.payload')}: ${name}`} disabled={!waiting(row) && !opened.value} onClick={() => { opened.value = !opened.peek(); }}>{t('sa.payload')}</button></td>
      </tr>
      {opened.value && <tr class="aside-payload"><td colSpan={6}><Payload id={item.id} /></td></tr>}
    </>
  );
}
