// Telegram cannot be reached at all: what is missing, and how to put it there.
import { rich, t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

const example = `[telegram]
api_id = 12345
api_hash_file = "/path/to/api_hash"
library = "/usr/lib/libtdjson.so"`;

export function Setup({ message }: { message?: string }) {
  return (
    <section class="card pad-card setup" aria-labelledby="setup-title">
      <h2 id="setup-title"><Icon name="warn" class="warn" /> {t('acc.setupTitle')}</h2>
      {message && <p class="setup-said" lang="en"><bdi>{message}</bdi></p>}
      <ol class="setup-steps">
        <li>{rich('acc.setupId', { site: <a href="https://my.telegram.org" target="_blank" rel="noopener noreferrer">my.telegram.org</a> })}</li>
        <li>{rich('acc.setupHash', { mode: <code>chmod 600</code> })}</li>
        <li>{rich('acc.setupLibrary', { file: <code>libtdjson.so</code> })}</li>
        <li>{t('acc.setupFile')}<pre class="setup-file" tabIndex={0} aria-label={t('acc.setupExample')}>{example}</pre></li>
        <li>{t('acc.setupRestart')}</li>
      </ol>
      <p class="quiet">{rich('acc.setupImport', { command: <code>telegram-gateway import</code> })}</p>
    </section>
  );
}
