import { useSignal } from '@preact/signals';
import { browserZone, choose, settings, type Settings as Chosen } from '../app/settings.ts';
import { t } from '../i18n/index.ts';

const zones = (): string[] => {
  try { return Intl.supportedValuesOf('timeZone'); } catch { return ['UTC', browserZone]; }
};

export function General() {
  const now = settings.value;
  return (
    <section class="card pad-card settings" aria-labelledby="general">
      <h2 id="general">{t('set.general')}</h2>
      <Choice label={t('set.language')} value={now.language} options={[['system', t('set.system')], ['en', t('set.english')], ['pt-BR', t('set.portuguese')]]}
        onChange={(language) => { choose({ language: language as Chosen['language'] }); location.reload(); }} id="language" />
      <Choice label={t('set.zone')} value={now.timeZone} options={[['system', t('set.zoneBrowser', { zone: browserZone.replace(/_/g, ' ') })], ['UTC', 'UTC'], ...zones().filter((zone) => zone !== 'UTC').map((zone): [string, string] => [zone, zone.replace(/_/g, ' ')])]}
        onChange={(timeZone) => { choose({ timeZone }); }} id="zone" />
      <Choice label={t('set.theme')} value={now.theme} options={[['system', t('set.system')], ['light', t('set.light')], ['dark', t('set.dark')]]} onChange={(theme) => choose({ theme: theme as Chosen['theme'] })} id="theme" />
      <Choice label={t('set.density')} value={now.density} options={[['comfortable', t('set.comfortable')], ['compact', t('set.compact')]]} onChange={(density) => choose({ density: density as Chosen['density'] })} id="density" />
      <label class="setting"><span>{t('set.text')}</span><span class="named"><input type="range" min="13" max="20" step="1" value={now.textSize} onInput={(event) => choose({ textSize: Number(event.currentTarget.value) })} /><output class="tabular">{now.textSize} px</output></span></label>
      <p class="text-sample"><bdi>{t('set.sample')}</bdi></p>
      <label class="setting"><span>{t('set.shortcuts')}<span class="quiet small hint">{t('set.shortcutsHint')}</span></span><input type="checkbox" checked={now.shortcuts} onChange={(event) => choose({ shortcuts: event.currentTarget.checked })} /></label>
      <Notifications />
      <p class="quiet small">{t('set.kept')}</p>
    </section>
  );
}

const permission = (): NotificationPermission | 'none' => ('Notification' in window && window.isSecureContext ? Notification.permission : 'none');

/** The browser is asked only when a person turns this on. */
function Notifications() {
  const allowed = useSignal(permission());
  const on = settings.value.notifications && allowed.value === 'granted';
  const change = async (wanted: boolean): Promise<void> => {
    if (wanted && permission() === 'default') allowed.value = await Notification.requestPermission();
    choose({ notifications: wanted && allowed.peek() === 'granted' });
  };
  const hint = allowed.value === 'denied' ? 'set.notifyDenied' : allowed.value === 'none' ? 'set.notifyNone' : 'set.notifyHint';
  return (
    <label class="setting"><span>{t('set.notify')}<span class="quiet small hint" id="notify-hint">{t(hint)}</span></span>
      <input type="checkbox" aria-describedby="notify-hint" checked={on} disabled={allowed.value === 'denied' || allowed.value === 'none'} onChange={(event) => { void change(event.currentTarget.checked); }} />
    </label>
  );
}

function Choice({ label, value, options, onChange, id }: { label: string; value: string; options: [string, string][]; onChange: (value: string) => void; id: string }) {
  return (
    <label class="setting"><span>{label}</span>
      <select class="plain-select" id={`set-${id}`} value={value} onChange={(event) => onChange(event.currentTarget.value)}>{options.map(([name, text]) => <option key={name} value={name}>{text}</option>)}</select>
    </label>
  );
}
