// How long what is kept, as the configuration says; each sentence names the key that changes it.
import { reload, useApi } from '../api/resource.ts';
import { num, size } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Loaded } from '../ui/State.tsx';
import { configurationPath, type Configured } from './configured.ts';

interface Kept { icon: IconName; title: string; text: string; keys: string[] }

function keptOf({ values = [] }: Configured): Kept[] {
  const value = (key: string): unknown => values.find((one) => one.key === key)?.value;
  const number = (key: string): number => Number(value(key) ?? 0);
  const list = (key: string): string[] => (Array.isArray(value(key)) ? (value(key) as unknown[]).map(String) : []);
  const database = value('store') === 'postgres' || value('postgres.enabled') === true;
  const kinds = list('media.kinds');
  return [
    { icon: 'messages', title: t('keep.messages'), text: database ? (number('postgres.keep_days') > 0 ? t('keep.messagesDays', { n: number('postgres.keep_days') }) : t('keep.messagesEver')) : t('keep.messagesJournal'), keys: database ? ['postgres.keep_days', 'postgres.keep_by', 'postgres.compress_after_days'] : ['store'] },
    { icon: 'bin', title: t('keep.deletions'), text: t('keep.deletionsText'), keys: [] },
    { icon: 'journal', title: t('keep.journal'), text: database ? t('keep.journalDays', { n: number('journal.keep_days') }) : t('keep.journalWhole', { size: size(number('journal.max_bytes')) }), keys: ['journal.keep_days', 'journal.max_bytes'] },
    { icon: 'disk', title: t('keep.reserve'), text: t('keep.reserveText', { size: size(number('disk.reserve_bytes')) }), keys: ['disk.reserve_bytes'] },
    { icon: 'photo', title: t('keep.media'), text: kinds.length === 0 ? t('keep.mediaNone') : t('keep.mediaText', { kinds: kinds.join(', '), file: size(number('media.max_file_bytes')), all: size(number('media.max_bytes')) }), keys: ['media.kinds', 'media.channels', 'media.max_file_bytes', 'media.max_bytes'] },
    { icon: 'silent', title: t('keep.news'), text: t('keep.newsText', { span: `${num(number('deliver.max_age_s'))} s` }), keys: ['deliver.max_age_s'] },
  ];
}

export function Keeping() {
  const answer = useApi<Configured>(configurationPath);
  return (
    <section class="card keeping" aria-labelledby="keeping-title">
      <header class="card-head"><h2 id="keeping-title">{t('set.tab.keeping')}</h2></header>
      <Loaded from={answer} what={t('set.tab.keeping')} rows={6} retry={() => { void reload(configurationPath); }}>
        {(configured) => (
          <>
            <ul>{keptOf(configured).map(({ icon, title, text, keys }) => (
              <li key={title}><Icon name={icon} size={18} class="quiet" />
                <span><b>{title}</b><span class="keep-text">{text}</span>{keys.length > 0 && <span class="quiet small">{t('keep.by')} {keys.map((key, i) => <span key={key}>{i > 0 && ', '}<code>{key}</code></span>)}</span>}</span></li>
            ))}</ul>
            <p class="quiet small pad">{t('keep.change', { file: configured.file ?? '–' })}</p>
          </>
        )}
      </Loaded>
    </section>
  );
}
