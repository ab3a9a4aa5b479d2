// What is done with which messages, in the order in which rules act.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { request } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import { now } from '../app/clock.ts';
import { num, recent } from '../app/format.ts';
import { moveFocus, useKeys } from '../app/keys.ts';
import { href } from '../app/links.ts';
import { useChannels } from '../app/useOverview.ts';
import { reasonOf } from '../deliver/act.ts';
import { offBecause } from '../shell/may.ts';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { rulesPath, type Rule } from './types.ts';
import { thenParts, whenParts } from './words.ts';

export function useTitles(): (channel: string) => string {
  const { data } = useChannels();
  return (id) => data?.find(({ channelId }) => channelId === id)?.title ?? id;
}

export default function Rules() {
  const rules = useApi<Rule[]>(rulesPath, 15_000);
  const { route } = useLocation();
  const body = useRef<HTMLTableSectionElement>(null);
  const said = useSignal('');
  const titleOf = useTitles();
  const move = (step: number): void => { moveFocus(body.current?.rows ?? [], step, 'a'); };
  useKeys({ n: () => route(href('rules/new')), j: () => move(1), k: () => move(-1) });
  const turn = async (rule: Rule): Promise<void> => {
    const { name, position, conditions, actions } = rule;
    try {
      await request(`${rulesPath}/${rule.id}`, { method: 'PUT', body: JSON.stringify({ name, position, conditions, actions, enabled: !rule.enabled }) });
      said.value = t(rule.enabled ? 'ru.turnedOff' : 'ru.turnedOn', { name });
    } catch (error) { said.value = reasonOf(error); }
    await reload(rulesPath);
  };
  const add = <a class="button primary" href={href('rules/new')} aria-keyshortcuts="N">{t('ru.new')}</a>;
  return (
    <Page title={t('nav.rules')} class="plain" actions={add}>
      <Loaded from={rules} what={t('nav.rules')} rows={4} retry={() => { void reload(rulesPath); }}>
        {(list) => (list.length === 0 ? <Empty icon="rule" title={t('ru.none')}>{t('ru.noneText')}</Empty> : (
          <>
            <div class="card">
              <div class="table-scroll" tabIndex={0} role="region" aria-label={t('nav.rules')}>
                <table class="table tall-rows stack rules-table">
                  <thead><tr><th>{t('ru.rule')}</th><th>{t('ru.when')}</th><th>{t('ru.then')}</th><th class="num">{t('ru.matched')}</th><th>{t('ru.last')}</th><th>{t('ru.counts')}</th></tr></thead>
                  <tbody ref={body}>{list.map((rule) => (
                    <tr key={rule.id} class={rule.enabled ? undefined : 'row-off'}>
                      <td><a class="row-link" href={href(`rules/${rule.id}`)}><bdi>{rule.name}</bdi></a></td>
                      <td data-label={t('ru.when')} class="rule-when"><bdi>{whenParts(rule.conditions, titleOf).join(' · ')}</bdi></td>
                      <td data-label={t('ru.then')} class="rule-then"><bdi>{thenParts(rule.actions, titleOf).join(' · ')}</bdi></td>
                      <td data-label={t('ru.matched')} class="num tabular">{num(rule.matched)}</td>
                      <td data-label={t('ru.last')} class="quiet">{rule.lastMatchAt ? recent(rule.lastMatchAt, now.value) : '–'}</td>
                      <td data-label={t('ru.counts')}><button type="button" role="switch" class="switch" aria-checked={rule.enabled} aria-label={t('ru.countsOf', { name: rule.name })} disabled={offBecause() !== undefined} title={offBecause()} onClick={() => { void turn(rule); }}><i /></button></td>
                    </tr>
                  ))}</tbody>
                </table>
              </div>
            </div>
            <p class="quiet about-page"><span role="status">{said.value}</span> {t('ru.about')}</p>
          </>
        ))}
      </Loaded>
    </Page>
  );
}
