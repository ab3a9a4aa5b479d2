// One message in depth: versions, delivery, facts, raw.
import { useSignal } from '@preact/signals';
import { post } from '../api/client.ts';
import { reload, useApi } from '../api/resource.ts';
import type { Message, Version } from '../api/types.ts';
import { full, num, size, span, utc } from '../app/format.ts';
import { href, messagePath } from '../app/links.ts';
import { t, word } from '../i18n/index.ts';
import { whyNot } from '../shell/may.ts';
import { Icon } from '../ui/Icon.tsx';
import { Loaded } from '../ui/State.tsx';
import { inspectorOpen, versionsPath } from './context.ts';
import { DeliveryPart } from './Delivery.tsx';
import { Raw } from './Raw.tsx';
import { Versions } from './Versions.tsx';
import { shownName } from './truth.ts';

const tabs = ['versions', 'delivery', 'facts', 'raw'] as const;
type Tab = (typeof tabs)[number];

export function Inspector({ message }: { message: Message | undefined }) {
  const tab = useSignal<Tab>('versions');
  const close = (): void => { inspectorOpen.value = false; };
  return (
    <aside class="inspector" aria-label={t('i.label')}>
      <header class="inspector-head">
        <h2>{message ? t('i.title', { id: message.messageId }) : t('i.label')}</h2>
        {message && <CopyLink message={message} iconOnly />}
        <button type="button" class="icon-button" aria-label={t('app.close')} onClick={close}><Icon name="close" /></button>
      </header>
      {!message ? <p class="quiet inspector-body">{t('i.choose')}</p> : (
        <>
          <div class="inspector-tabs" role="tablist" aria-label={t('i.label')}>
            {tabs.map((name, i) => (
              <button key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={tab.value === name} aria-controls="tab-panel" tabIndex={tab.value === name ? 0 : -1}
                onClick={() => { tab.value = name; }} onKeyDown={(event) => {
                  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
                  if (!by) return;
                  tab.value = tabs[(i + by + tabs.length) % tabs.length] as Tab;
                  document.getElementById(`tab-${tab.value}`)?.focus();
                }}>{t(`i.${name}`)}{name === 'versions' && message.versions > 1 && <span class="quiet tabular"> {num(message.versions)}</span>}</button>
            ))}
          </div>
          <div class="inspector-body" id="tab-panel" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${tab.value}`}>
            {tab.value === 'versions' && <><VersionsPart message={message} /><h3>{t('i.deliveryOf')}</h3><DeliveryPart id={message.id} /><h3>{t('i.facts')}</h3><Facts message={message} short /></>}
            {tab.value === 'delivery' && <DeliveryPart id={message.id} />}
            {tab.value === 'facts' && <Facts message={message} />}
            {tab.value === 'raw' && <Raw message={message} />}
          </div>
          <footer class="inspector-foot"><CopyLink message={message} /><Reprocess message={message} /><span class="spacer" />{message.versions > 1 && <span class="quiet small"><kbd>E</kbd> {t('i.diff')}</span>}</footer>
        </>
      )}
    </aside>
  );
}

function VersionsPart({ message }: { message: Message }) {
  const versions = useApi<Version[]>(versionsPath(message.id));
  return <Loaded from={versions} what={t('i.versions')} rows={3} retry={() => { void reload(versionsPath(message.id)); }}>{(data) => <Versions key={message.id} versions={data} posted={message.date} />}</Loaded>;
}

function Facts({ message, short }: { message: Message; short?: boolean }) {
  const rows: [string, string | undefined, string?][] = [
    [t('i.origin'), originText(message)],
    [t('i.counters'), message.views !== undefined ? t('i.viewsForwards', { views: message.views, forwards: message.forwards ?? 0 }) : undefined],
    [t('i.key'), message.key, 'mono cut'],
    ...(short ? [] : [
      [t('i.date'), `${full(message.date)} (${utc(message.date)})`], [t('i.received'), full(message.receivedAt)], [t('i.deletedFact'), message.deletedAt && full(message.deletedAt)],
      [t('i.sender'), message.sender ?? message.signature], [t('i.seq'), num(message.seq)], [t('i.source'), message.source], [t('i.type'), message.messageType], [t('i.status'), message.status],
      [t('i.mediaFact'), message.media && [word('media', message.media.type), message.media.fileName && shownName(message.media.fileName), message.media.mimeType, message.media.size && size(message.media.size)].filter(Boolean).join(', ')],
      [t('i.topic'), message.topicTitle ?? message.topicId],
      [t('i.scope'), message.scope ? String(message.scope) : undefined],
    ] as [string, string | undefined][]),
  ];
  return <dl class="facts">{rows.filter(([, value]) => value).map(([name, value, kind]) => <div key={name}><dt>{name}</dt><dd class={kind} title={kind ? value : undefined}><bdi>{value}</bdi></dd></div>)}</dl>;
}
const originText = (message: Message): string => {
  if (message.origin === 'catchup') return message.latenessMs ? t('r.caughtUp', { span: span(message.latenessMs / 1000, 2) }) : t('r.caughtUpPlain');
  return message.origin === 'backfill' ? t('r.history') : message.origin === 'import' ? t('r.imported') : t('r.live');
};

export const linkOf = (message: Message): string => new URL(href(messagePath(message.channelId, message.messageId, message.scope)), location.origin).href;
export function CopyLink({ message, iconOnly }: { message: Message; iconOnly?: boolean }) {
  const done = useSignal('');
  const copy = (): void => { void navigator.clipboard?.writeText(linkOf(message)).then(() => { done.value = message.id; }); };
  const label = done.value === message.id ? t('app.copied') : t('i.copyLink');
  return iconOnly
    ? <button type="button" class="icon-button" aria-label={label} title={label} onClick={copy}><Icon name={done.value === message.id ? 'check' : 'link'} /></button>
    : <button type="button" class="button" onClick={copy}><Icon name="copy" size={15} />{label}</button>;
}

function Reprocess({ message }: { message: Message }) {
  const said = useSignal('');
  const send = async (): Promise<void> => {
    try {
      await post(`messages/${encodeURIComponent(message.id)}/reprocess`, { requestedBy: 'dashboard' });
      said.value = t('i.reprocessed');
    } catch (error) { said.value = (error as Error).message; }
  };
  const why = whyNot('consume');
  return (
    <>
      <button type="button" class="button" disabled={why !== ''} title={why || undefined} aria-describedby={why ? 'reprocess-why' : undefined} onClick={() => { void send(); }}><Icon name="sync" size={15} />{t('i.reprocess')}</button>
      {why && <span id="reprocess-why" class="sr">{why}</span>}
      <span role="status" class="small quiet">{said.value}</span>
    </>
  );
}
