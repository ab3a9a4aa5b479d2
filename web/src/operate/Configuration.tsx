import { useSignal } from '@preact/signals';
import { reload, useApi } from '../api/resource.ts';
import { t, type Key } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Empty, Loaded } from '../ui/State.tsx';
import { configurationPath, written, type Configured, type Value } from './configured.ts';

const section = (key: string): string => (key.includes('.') ? key.slice(0, key.indexOf('.')) : '');

export function Configuration() {
  const answer = useApi<Configured>(configurationPath);
  const q = useSignal('');
  const changed = useSignal(false);
  const fits = ({ key, effect, origin }: Value): boolean => (!changed.value || origin !== 'default') && `${key} ${effect}`.toLowerCase().includes(q.value.trim().toLowerCase());
  return (
    <section class="card configuration" aria-labelledby="configuration-title">
      <header class="card-head wrap"><h2 id="configuration-title">{t('set.tab.configuration')}</h2><span class="spacer" />
        <label class="check"><input type="checkbox" checked={changed.value} onChange={(event) => { changed.value = event.currentTarget.checked; }} />{t('cfg.changed')}</label>
        <label class="filter"><Icon name="search" size={15} /><span class="sr">{t('cfg.filter')}</span><input type="search" placeholder={t('cfg.filter')} value={q.value} onInput={(event) => { q.value = event.currentTarget.value; }} /></label>
      </header>
      <Loaded from={answer} what={t('set.tab.configuration')} rows={8} retry={() => { void reload(configurationPath); }}>
        {({ file, fileRead, values = [] }) => {
          const shown = values.filter(fits);
          return (
            <>
              <p class="quiet small pad">{file && t(fileRead ? 'cfg.file' : 'cfg.noFile', { file })} {t('cfg.text')}</p>
              {shown.length === 0 ? <Empty icon="settings" title={t('cfg.none')} /> : (
                <div class="table-scroll" tabIndex={0} role="group" aria-label={t('set.tab.configuration')}>
                  <table class="table stack config-table">
                    <thead><tr><th>{t('cfg.key')}</th><th>{t('cfg.value')}</th><th>{t('cfg.from')}</th></tr></thead>
                    {[...new Set(shown.map(({ key }) => section(key)))].map((name) => (
                      <tbody key={name}>
                        {shown.filter(({ key }) => section(key) === name).map((one) => (
                          <tr key={one.key} data-key={one.key}>
                            <td><code>{one.key}</code><span class="quiet small config-effect">{one.effect}</span></td>
                            <td data-label={t('cfg.value')}><code class="config-value"><bdi>{written(one.value)}</bdi></code>{one.unit && <span class="quiet small"> {one.unit}</span>}</td>
                            <td data-label={t('cfg.from')}><span class={`badge config-from from-${one.origin}`}>{t(`cfg.origin.${one.origin}` as Key)}</span></td>
                          </tr>
                        ))}
                      </tbody>
                    ))}
                  </table>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
