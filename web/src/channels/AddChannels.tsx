// Adding channels: named by hand, by a folder or by a list; looked up first, so that one sees what comes.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { post } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import { mayAdmin, useAuth } from '../accounts/useAuth.ts';
import { href } from '../app/links.ts';
import { channelsPath } from '../app/useOverview.ts';
import { t, type Key } from '../i18n/index.ts';
import { offBecause } from '../shell/may.ts';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Failed, Loaded, Skeleton } from '../ui/State.tsx';
import { Preview } from './Preview.tsx';
import type { Folder, NamedChannels } from './types.ts';

type By = 'names' | 'folder' | 'csv';
const ways: [By, Key][] = [['names', 'c.byNames'], ['folder', 'c.byFolder'], ['csv', 'c.byCsv']];
const largestFile = 1_000_000;

/** What the API is asked to look up. */
export interface Wish { channels?: string[]; folder?: string; csv?: string; account?: string }

export default function AddChannels() {
  const { query, route } = useLocation();
  const by = ways.find(([name]) => name === query.by)?.[0] ?? 'names';
  const auth = useAuth();
  const account = useSignal('');
  const wish = useSignal<Wish | null>(null);
  const found = useSignal<NamedChannels | null>(null);
  const problem = useSignal<Error | null>(null);
  const users = (auth.data?.accounts ?? []).filter(({ kind, stage }) => kind === 'user' && stage === 'ready');

  const look = async (asked: Wish): Promise<void> => {
    wish.value = { ...asked, ...(account.peek() ? { account: account.peek() } : {}) };
    found.value = null;
    problem.value = null;
    try { found.value = (await post<NamedChannels>('channels/preview', wish.peek())).data; } catch (error) { problem.value = error as Error; }
  };
  const choose = (next: By): void => {
    wish.value = null;
    found.value = null;
    problem.value = null;
    route(href(`channels/add${next === 'names' ? '' : `?by=${next}`}`), true);
  };
  const busy = wish.value !== null && !found.value && !problem.value;
  return (
    <Page title={t('c.addTitle')} class="plain">
      {auth.data && users.length === 0 && <NoAccount />}
      <section class="card add-card" aria-label={t('c.how')}>
        <header class="card-head"><div class="tabs" role="group" aria-label={t('c.how')}>
          {ways.map(([name, label]) => <button key={name} type="button" class="tab" aria-pressed={by === name} onClick={() => choose(name)}>{t(label)}</button>)}
        </div><span class="spacer" />
        {users.length > 1 && <label class="select"><span class="sr">{t('c.account')}</span><Icon name="accounts" size={14} />
          <select value={account.value} onChange={(event) => { account.value = event.currentTarget.value; }}><option value="">{t('c.anyAccount')}</option>{users.map(({ name, shownName }) => <option key={name} value={name}>{shownName ?? name}</option>)}</select></label>}
        </header>
        <div class="pad-card">
          {by === 'names' && <Names busy={busy} first={query.name ?? ''} onLook={look} />}
          {by === 'folder' && <Folders busy={busy} account={account.value} onLook={look} />}
          {by === 'csv' && <Csv busy={busy} onLook={look} />}
          {!mayAdmin() && <p class="quiet small">{t('c.noRight')}</p>}
        </div>
      </section>
      {busy && <section class="card" aria-busy="true"><p class="pad-card quiet" role="status">{t('c.looking')}</p><Skeleton rows={3} /></section>}
      {problem.value && wish.value && <Failed what={t('c.previewTitle')} error={problem.value} onRetry={() => { void look(wish.peek() as Wish); }} />}
      {found.value && wish.value && <Preview found={found.value} wish={wish.value} onAgain={() => { void look(wish.peek() as Wish); }} onAdded={(after) => { found.value = after; void reload(channelsPath); }} />}
    </Page>
  );
}

function NoAccount() {
  return (
    <div class="bar bar-warn" role="status"><Icon name="warn" size={17} /><span>{t('c.noAccount')}</span> <a href={href('accounts/new')}>{t('acc.add')}</a></div>
  );
}

const offNow = (busy: boolean): boolean => busy || offBecause() !== undefined;

function Names({ busy, first, onLook }: { busy: boolean; first: string; onLook: (wish: Wish) => Promise<void> }) {
  const text = useSignal(first);
  const names = text.value.split(/[\n,;]+|\s+(?=@|https?:|t\.me\/|-?\d)/).map((one) => one.trim()).filter(Boolean);
  const submit = (event?: Event): void => { event?.preventDefault(); if (names.length > 0) void onLook({ channels: names }); };
  return (
    <form class="add-form" onSubmit={submit}>
      <label class="field">{t('c.names')}
        <textarea rows={3} autofocus spellcheck={false} placeholder={'@harbournews\nhttps://t.me/c/1487851422/5\nhttps://t.me/+AbCdEf'} value={text.value} onInput={(event) => { text.value = event.currentTarget.value; }}
          onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event); }} /></label>
      <p class="quiet small">{t('c.namesHint')}</p>
      <p><button type="submit" class="button primary" disabled={offNow(busy) || names.length === 0}>{names.length > 1 ? t('c.lookUpN', { n: names.length }) : t('c.lookUp')}</button></p>
    </form>
  );
}

function Folders({ busy, account, onLook }: { busy: boolean; account: string; onLook: (wish: Wish) => Promise<void> }) {
  const path = `telegram-gateway/folders${account ? `?account=${encodeURIComponent(account)}` : ''}`;
  const folders = useApi<Folder[]>(path);
  return (
    <Loaded from={folders} what={t('c.byFolder')} rows={2} retry={() => { void reload(path); }}>
      {(list) => (list.length === 0 ? <Empty title={t('c.noFolder')}>{t('c.noFolderText')}</Empty> : (
        <ul class="folder-list">{list.map((folder) => (
          <li key={folder.id}><button type="button" class="button" disabled={offNow(busy)} onClick={() => { void onLook({ folder: folder.name }); }}><bdi>{folder.name}</bdi></button></li>
        ))}</ul>
      ))}
    </Loaded>
  );
}

function Csv({ busy, onLook }: { busy: boolean; onLook: (wish: Wish) => Promise<void> }) {
  const text = useSignal('');
  const file = useSignal('');
  const said = useSignal('');
  const input = useRef<HTMLInputElement>(null);
  const dropping = useSignal(false);
  const read = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return;
    if (chosen.size > largestFile) { said.value = t('c.csvTooLarge'); return; }
    said.value = '';
    file.value = chosen.name;
    text.value = await chosen.text();
  };
  useEffect(() => { input.current?.focus(); }, []);
  const lines = text.value.split(/\r?\n/).filter((line) => line.trim()).length;
  return (
    <form class={dropping.value ? 'add-form dropping' : 'add-form'} onSubmit={(event) => { event.preventDefault(); void onLook({ csv: text.peek() }); }}
      onDragOver={(event) => { event.preventDefault(); dropping.value = true; }} onDragLeave={() => { dropping.value = false; }}
      onDrop={(event) => { event.preventDefault(); dropping.value = false; void read(event.dataTransfer?.files[0]); }}>
      <label class="field">{t('c.csvFile')} <input ref={input} type="file" accept=".csv,.txt,text/csv,text/plain" onChange={(event) => { void read(event.currentTarget.files?.[0]); }} /></label>
      <label class="field">{t('c.csvText')}
        <textarea rows={5} class="mono" spellcheck={false} placeholder={'channel\n@harbournews\n-1001487851422'} value={text.value} onInput={(event) => { text.value = event.currentTarget.value; }} /></label>
      <p class={said.value ? 'bad small' : 'quiet small'} role="status">{said.value || (file.value ? t('c.csvRead', { file: file.value, n: lines }) : t('c.csvHint'))}</p>
      <p><button type="submit" class="button primary" disabled={offNow(busy) || lines === 0}>{lines > 0 ? t('c.lookUpLines', { n: lines }) : t('c.lookUp')}</button></p>
    </form>
  );
}
