// What was named, looked up: what it is, how much of it there is, and what to do where it cannot be had.
import { useSignal } from '@preact/signals';
import { post } from '../api/client.ts';
import { now } from '../app/clock.ts';
import { clockSeconds, compact, dayKey, num, span, startOfDay } from '../app/format.ts';
import { href } from '../app/links.ts';
import { t, word } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { Icon } from '../ui/Icon.tsx';
import { Picture } from './Picture.tsx';
import type { Wish } from './AddChannels.tsx';
import { fetchHistory } from './bulk.ts';
import type { NamedChannel, NamedChannels } from './types.ts';

type Since = 'today' | 'all' | 'date';
const choices: Since[] = ['today', 'all', 'date'];
const keyOf = (row: NamedChannel): string => `${String(row.line ?? '')}:${row.asked}`;
const addable = (row: NamedChannel): boolean => row.state === 'found' && !row.registered;

export function Preview({ found, wish, onAgain, onAdded }: { found: NamedChannels; wish: Wish; onAgain: () => void; onAdded: (after: NamedChannels) => void }) {
  const left = useSignal<ReadonlySet<string>>(new Set());
  const since = useSignal<Since>('today');
  const day = useSignal('');
  const join = useSignal(false);
  const busy = useSignal(false);
  const said = useSignal('');
  const wrong = useSignal('');
  const chosen = found.rows.filter((row) => addable(row) && !left.value.has(keyOf(row)));
  const strangers = chosen.some(({ member }) => !member);
  const messages = chosen.reduce((sum, row) => sum + (row.messages ?? 0), 0);
  const seconds = chosen.reduce((sum, row) => sum + (row.secondsToFetch ?? 0), 0);
  const toggle = (key: string): void => { const next = new Set(left.peek()); if (!next.delete(key)) next.add(key); left.value = next; };

  const add = async (): Promise<void> => {
    busy.value = true;
    wrong.value = '';
    try {
      const body = { channels: chosen.map(({ asked }) => asked), join: join.peek(), ...(wish.account ? { account: wish.account } : {}) };
      const { data } = await post<NamedChannels>('channels', body);
      const failures: string[] = [];
      if (since.peek() !== 'today') {
        const from = since.peek() === 'date' ? startOfDay(day.peek()).toISOString() : undefined;
        for (const { channelId, added, title } of data.rows) {
          if (!added || !channelId) continue;
          await fetchHistory({ channelId }, from).catch((error: Error) => { failures.push(`${title ?? channelId}: ${error.message}`); });
        }
      }
      said.value = t('c.added', { n: data.added });
      wrong.value = failures.join(' · ');
      const after = new Map(data.rows.map((row) => [row.asked, row]));
      const rows = found.rows.map((row) => { const one = after.get(row.asked); return one ? { ...row, ...one, picture: row.picture } : row; });
      onAdded({ ...found, rows, added: data.added });
    } catch (error) { wrong.value = (error as Error).message; }
    busy.value = false;
  };
  return (
    <section class="card" aria-labelledby="preview-title">
      <header class="card-head"><h2 id="preview-title">{t('c.previewTitle')}</h2>
        <span class="quiet">{[t('c.nFound', { n: found.found }), found.refused > 0 && t('c.nRefused', { n: found.refused }), found.waiting > 0 && t('c.nWaiting', { n: found.waiting })].filter(Boolean).join(' · ')}</span></header>
      {found.waitUntil && <p class="pad warn"><Icon name="silent" size={15} /> {t('c.flood', { span: span((Date.parse(found.waitUntil) - now.value) / 1000), time: clockSeconds(found.waitUntil) })} <button type="button" class="button small" onClick={onAgain}>{t('app.retry')}</button></p>}
      <ul class="preview">{found.rows.map((row) => <Row key={keyOf(row)} row={row} chosen={!left.value.has(keyOf(row))} onToggle={() => toggle(keyOf(row))} />)}</ul>
      <footer class="preview-foot">
        <p role="status" class={said.value ? 'accent' : 'sr'}>{said.value && <><Icon name="ok" size={15} /> {said.value} <a href={href('channels')}>{t('c.toList')}</a></>}</p>
        <p role="alert" class={wrong.value ? 'bad' : 'sr'}>{wrong.value}</p>
        {chosen.length > 0 && <>
          <fieldset class="since"><legend>{t('c.since')}</legend>
            {choices.map((one) => <label key={one} class="check"><input type="radio" name="since" checked={since.value === one} onChange={() => { since.value = one; }} />
              {one === 'today' ? t('c.sinceToday') : one === 'date' ? t('c.sinceDate') : messages > 0 ? t('c.sinceAllOf', { n: messages, span: span(seconds, 2) }) : t('c.sinceAll')}</label>)}
            {since.value === 'date' && <input type="date" aria-label={t('c.sinceDay')} max={dayKey(now.value)} value={day.value} onInput={(event) => { day.value = event.currentTarget.value; }} />}
          </fieldset>
          {strangers && <label class="check join"><input type="checkbox" checked={join.value} onChange={(event) => { join.value = event.currentTarget.checked; }} />{t('c.join')}</label>}
          <button type="button" class="button primary" disabled={busy.value || offBecause() !== undefined || (since.value === 'date' && !(day.value && day.value <= dayKey(now.value)))} onClick={() => { void add(); }}>{busy.value ? t('c.adding') : t('c.addN', { n: chosen.length })}</button>
        </>}
      </footer>
    </section>
  );
}

function Row({ row, chosen, onToggle }: { row: NamedChannel; chosen: boolean; onToggle: () => void }) {
  const title = row.title ?? row.asked;
  const figures = [row.members ? t('c.members', { n: compact(row.members) }) : '', row.messages ? t('c.messages', { n: num(row.messages) }) : '', row.secondsToFetch !== undefined ? t('c.toFetch', { span: span(row.secondsToFetch, 2) }) : ''].filter(Boolean);
  return (
    <li class="preview-row" data-asked={row.asked}>
      {addable(row) ? <input type="checkbox" aria-label={t('c.select', { title })} checked={chosen} onChange={onToggle} /> : <span class="preview-gap" />}
      <Picture title={title} data={row.picture} />
      <span class="preview-who"><b class="cut"><bdi>{title}</bdi></b>
        <span class="quiet small cut">{row.line ? `${t('c.line', { n: row.line })} · ` : ''}<bdi>{row.username ? `@${row.username}` : row.asked === title ? row.kind ? word('kind', row.kind) : '' : row.asked}</bdi></span></span>
      <span class="preview-what">
        {row.state === 'found' ? <><span class="tabular">{figures.join(' · ')}</span>{row.note && <span class="quiet small">{t(row.asksToJoin ? 'c.noteAsk' : row.channelId && row.username ? 'c.notePublic' : 'c.noteJoin')}</span>}</>
          : <><span class={row.state === 'waiting' ? 'warn' : 'bad'}>{t(`c.state.${row.state}`)}{row.reason && <>: <bdi>{row.reason}</bdi></>}</span>{row.fix && <span class="quiet small">{row.fix}</span>}</>}
      </span>
      <span class="preview-state">{row.added ? <span class="named accent"><Icon name="ok" size={15} />{t('c.isAdded')}</span> : row.registered ? <span class="named quiet"><Icon name="check" size={15} />{t('c.isHere')}</span> : null}
        {row.registered && row.channelId && <a href={href(`channels/${encodeURIComponent(row.channelId)}`)}>{t('app.open')}</a>}</span>
    </li>
  );
}
