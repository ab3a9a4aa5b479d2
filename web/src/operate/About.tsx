import { useOverview } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { Logo } from '../ui/Icon.tsx';

const libraries: [licence: string, names: string][] = [
  ['Boost', 'Boost, TDLib'], ['MIT', 'fmt, prometheus-cpp, rabbitmq-c, spdlog, toml++ · Preact, preact-iso, Signals, TanStack Virtual'],
  ['BSD', 'CLI11, hiredis, RE2, zstd · jsdiff'], ['Apache-2.0', 'OpenSSL'], ['Public domain', 'SQLite'], ['PostgreSQL', 'libpq'], ['curl', 'libcurl'], ['zlib', 'zlib'],
  ['LGPL-2.1', 'libqrencode, libsystemd'], ['Unicode', 'ICU'], ['ISC', 'Lucide'], ['OFL-1.1', 'Inter'],
];

export function About() {
  const { data } = useOverview();
  return (
    <section class="card pad-card settings about" aria-labelledby="about">
      <header class="about-head"><Logo size={40} /><div><h2 id="about">{t('app.name')}</h2><p class="quiet">{t('set.version')} <span class="tabular">{data?.version ?? '–'}</span></p></div></header>
      <p class="notice">{t('about.unofficial')}</p>
      <p class="setting"><span>{t('about.licence')}</span><span>MIT</span></p>
      <p class="setting"><span>{t('about.api')}</span><a href={new URL('../api/openapi.json', document.baseURI).href} target="_blank" rel="noopener noreferrer">openapi.json</a></p>
      <p class="setting"><span>{t('about.install')}</span><span class="quiet">{t(window.isSecureContext ? 'about.canInstall' : 'set.install')}</span></p>
      <h3>{t('about.libraries')}</h3>
      <dl class="facts">{libraries.map(([licence, names]) => <div key={licence}><dt>{licence}</dt><dd>{names}</dd></div>)}</dl>
    </section>
  );
}
