// One rule: its conditions and actions, and beside them what it would have done with what is stored.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso';
import { ApiError, request } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import { clockSeconds } from '../app/format.ts';
import { href } from '../app/links.ts';
import { reasonOf } from '../deliver/act.ts';
import { offBecause } from '../shell/may.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { asksNothing, actionsOf, bodyOf, conditionsOf, draftOf, prefilled, type Draft } from './draft.ts';
import { Problems } from './Problems.tsx';
import { Then } from './Then.tsx';
import { TrialPanel } from './TrialPanel.tsx';
import { rulesPath, type Problem, type Rule } from './types.ts';
import { problemsOf, useTrial, type Days } from './useTrial.ts';
import { When } from './When.tsx';

export default function RuleEditor() {
  const id = useRoute().params.id ?? 'new';
  const { query } = useLocation();
  const isNew = id === 'new';
  const rule = useApi<Rule>(isNew ? null : `${rulesPath}/${encodeURIComponent(id)}`);
  if (isNew) return <Editor key="new" first={prefilled(query)} />;
  const absent = rule.error instanceof ApiError && rule.error.status === 404 && !rule.data;
  if (rule.data) return <Editor key={id} rule={rule.data} first={draftOf(rule.data)} />;
  return (
    <Page title={t('ru.rule')} class="plain">
      {absent ? <Empty icon="rule" title={t('ru.unknown', { id })}><a href={href('rules')}>{t('ru.toList')}</a></Empty>
        : <Loaded from={rule} what={t('ru.rule')} rows={6} retry={() => { void reload(`${rulesPath}/${encodeURIComponent(id)}`); }}>{() => null}</Loaded>}
    </Page>
  );
}

function Editor({ rule, first }: { rule?: Rule; first: Draft }) {
  const { query, route, path } = useLocation();
  const draft = useSignal<Draft>(first);
  const wrong = useSignal<Problem[]>([]);
  const said = useSignal('');
  const failed = useSignal('');
  const deleting = useSignal(false);
  const busy = useSignal(false);
  const saved = useRef(JSON.stringify(bodyOf(first)));
  const days = ([1, 7, 30, 0] as Days[]).find((one) => String(one) === query.days) ?? 7;
  const empty = asksNothing(draft.value);
  // Only what changes what is found: neither the name nor who is told.
  const { redact } = actionsOf(draft.value);
  const asked = empty ? null : JSON.stringify({ conditions: conditionsOf(draft.value), ...(redact !== undefined && draft.value.regex ? { actions: { redact } } : {}) });
  const trial = useTrial(asked, days);
  const problems = [...trial.state.problems, ...wrong.value.filter(({ field }) => !trial.state.problems.some((one) => one.field === field))];
  const change = (part: Partial<Draft>): void => { draft.value = { ...draft.peek(), ...part }; said.value = ''; failed.value = ''; wrong.value = []; };
  const dirty = JSON.stringify(bodyOf(draft.value)) !== saved.current;
  const off = offBecause();

  const save = async (): Promise<void> => {
    if (busy.peek() || offBecause()) return;
    busy.value = true;
    said.value = failed.value = '';
    wrong.value = [];
    try {
      const { data } = await request<Rule>(rule ? `${rulesPath}/${rule.id}` : rulesPath, { method: rule ? 'PUT' : 'POST', body: JSON.stringify(bodyOf(draft.peek())) });
      saved.current = JSON.stringify(bodyOf(draft.peek()));
      said.value = t('ru.saved', { time: clockSeconds(data.updatedAt) });
      await reload(rulesPath);
      if (!rule) { sessionSaid = said.peek(); await reload(`${rulesPath}/${data.id}`); route(href(`rules/${data.id}`), true); }
    } catch (error) { wrong.value = problemsOf(error); failed.value = wrong.peek().length > 0 ? t('ru.notSaved', { n: wrong.peek().length }) : reasonOf(error); }
    busy.value = false;
  };
  const remove = async (): Promise<void> => {
    if (!rule) return;
    try { await request(`${rulesPath}/${rule.id}`, { method: 'DELETE' }); await reload(rulesPath); route(href('rules')); } catch (error) { failed.value = reasonOf(error); deleting.value = false; }
  };
  useEffect(() => { if (sessionSaid) { said.value = sessionSaid; sessionSaid = ''; } }, []);
  const acts = useRef({ save, now: trial.now });
  acts.current = { save, now: trial.now };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || document.querySelector('dialog[open]')) return;
      if (event.key === 'Enter') { event.preventDefault(); acts.current.now(); }
      if (event.key.toLowerCase() === 's') { event.preventDefault(); void acts.current.save(); }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent): void => { event.preventDefault(); };
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [dirty]);

  const setDays = (next: Days): void => route(`${path}?${new URLSearchParams({ ...query, days: String(next) }).toString()}`, true);
  const title = rule ? rule.name : t('ru.new');
  const elsewhere = wrong.value.filter(({ field }) => !/^(conditions|actions|name)/.test(field));
  return (
    <Page title={title} class="plain" actions={<a class="button not-phone" href={href('rules')}><Icon name="back" size={15} />{t('nav.rules')}</a>}>
      <div class="rule-editor">
        <form class="rule-form" onSubmit={(event) => { event.preventDefault(); void save(); }}>
          <section class="card rule-part" aria-label={t('ru.rule')}>
            <div class="name-row">
              <label class="field">{t('ru.name')}<input type="text" maxLength={100} value={draft.value.name} autocomplete="off" onInput={(event) => change({ name: event.currentTarget.value })} /></label>
              <label class="field">{t('ru.position')}<input type="number" value={draft.value.position} title={t('ru.positionHint')} onInput={(event) => change({ position: Number(event.currentTarget.value) || 0 })} /></label>
            </div>
            <Problems of="name" all={problems} />
            <label class="check"><input type="checkbox" checked={draft.value.enabled} onChange={(event) => change({ enabled: event.currentTarget.checked })} />{t('ru.enabled')}</label>
          </section>
          <When draft={draft.value} problems={problems} change={change} />
          <Then draft={draft.value} problems={problems} change={change} />
          <div class="rule-save">
            {elsewhere.map(({ field, message }) => <p key={field} class="bad" role="alert">{field} {message}</p>)}
            {failed.value && <p class="bad" role="alert">{failed.value}</p>}
            {said.value && <p class="rule-said"><Icon name="ok" size={15} class="accent" /><span role="status">{said.value}</span></p>}
            <button type="submit" class="button primary" disabled={off !== undefined || busy.value} title={off} aria-keyshortcuts="Control+S">{t('ru.save')}</button>
            {rule && <button type="button" class="button danger" disabled={off !== undefined} title={off} onClick={() => { deleting.value = true; }}><Icon name="bin" size={15} />{t('ru.delete')}</button>}
            <span class="quiet">{off ?? (dirty ? t('ru.unsaved') : '')}</span>
          </div>
        </form>
        <TrialPanel state={trial.state} empty={empty} days={days} onDays={setDays} onTry={trial.now} />
      </div>
      {deleting.value && rule && (
        <Dialog title={t('ru.deleteTitle', { name: rule.name })} onClose={() => { deleting.value = false; }}>
          <div class="dialog-text"><p>{t('ru.deleteText')}</p></div>
          <footer class="dialog-foot"><button type="button" class="button" onClick={() => { deleting.value = false; }}>{t('app.cancel')}</button>
            <button type="button" class="button danger" onClick={() => { void remove(); }}>{t('ru.deleteGo', { name: rule.name })}</button></footer>
        </Dialog>
      )}
    </Page>
  );
}

/** Said on the page of the rule that was just made: the form goes on there. */
let sessionSaid = '';
