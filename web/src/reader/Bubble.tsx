// One bubble: a message, or an album as one.
import { reload, useApi } from '../api/resource.ts';
import type { LinkPreview, Message, Poll, Version } from '../api/types.ts';
import { clock, compact, full, percent, span, utc } from '../app/format.ts';
import { href, messagePath, pictureUrl } from '../app/links.ts';
import { t, word } from '../i18n/index.ts';
import { hueOf } from '../ui/Avatar.tsx';
import { Icon } from '../ui/Icon.tsx';
import { join, vars } from '../ui/css.ts';
import { memo } from '../ui/react.ts';
import { Album } from '../media/Album.tsx';
import { FileRow } from '../media/FileRow.tsx';
import { Picture } from '../media/Picture.tsx';
import { isPicture, ratio } from '../media/media.ts';
import { EditDiff } from './EditDiff.tsx';
import { diffed, selected, toggle, toggleDiff, unfolded, versionsPath } from './context.ts';
import { folded } from './entities.ts';
import { Out, Text } from './Text.tsx';

export const Bubble = memo(function Bubble({ messages, joined, group }: { messages: Message[]; joined: boolean; group: boolean }) {
  const first = messages[0] as Message;
  const worded = messages.find(({ text }) => text !== '') ?? first;
  const deleted = messages.every(({ deletedAt }) => deletedAt);
  const pictures = messages.some(({ media }) => isPicture(media));
  const isSelected = messages.some(({ id }) => id === selected.value);
  return (
    <div class={join('bubble', joined && 'joined', deleted && 'deleted', isSelected && 'selected', pictures && 'with-picture', messages.length > 1 && 'is-album')}
      ref={vars({ '--ratio': pictures && messages.length === 1 ? ratio(first).toFixed(3) : undefined })} data-message={first.messageId}>
      {group && !joined && first.sender && <p class={`sender ink-${String(hueOf(first.senderId ?? first.sender))}`}><bdi>{first.sender}</bdi></p>}
      {deleted && <p class="deleted-note"><Icon name="bin" size={14} />{t('r.deleted', { time: stamp(first.deletedAt) })}</p>}
      {first.restoredAt && !deleted && <p class="quiet small">{t('r.restored', { time: stamp(first.restoredAt) })}</p>}
      {first.forward && <p class="forwarded"><Icon name="forward" size={14} />{t('r.forwarded', { name: first.forward.name ?? first.forward.channelId ?? '–' })}</p>}
      {first.replyTo && <Reply message={first} />}
      {messages.length > 1 ? <Album messages={messages} /> : <Attached message={first} />}
      {worded.text && <Words message={worded} />}
      {first.linkPreview && <LinkCard preview={first.linkPreview} />}
      {first.poll && <PollCard poll={first.poll} />}
      <Foot messages={messages} worded={worded} />
    </div>
  );
});

const stamp = (at: string | undefined): string => (at ? full(at).split(', ').pop() ?? clock(at) : '–');

function Attached({ message }: { message: Message }) {
  const { media } = message;
  if (!media) return null;
  if (isPicture(media)) return <Picture message={message} all={[message]} />;
  return media.type === 'poll' ? null : <FileRow message={message} />;
}

function Words({ message }: { message: Message }) {
  return diffed.value.has(message.id) && message.versions > 1 ? <Compared message={message} /> : <Plain message={message} />;
}

function Plain({ message: { id, text, entities } }: { message: Message }) {
  const whole = unfolded.value.has(id);
  const part = folded(text);
  return (
    <>
      <div class="words" dir="auto" data-text><Text text={text} entities={entities} to={whole ? undefined : part} /></div>
      {part < text.length && <button type="button" class="button small" aria-expanded={whole} onClick={(event) => { event.stopPropagation(); toggle(unfolded, id); }}>{whole ? t('r.showLess') : t('r.showAll', { n: text.length })}</button>}
    </>
  );
}

function Compared({ message }: { message: Message }) {
  const { id, text, entities } = message;
  const versions = useApi<Version[]>(versionsPath(id));
  return (
    <>
      {versions.data ? <div class="words" dir="auto" data-text><EditDiff versions={versions.data} text={text} entities={entities} /></div> : <Plain message={message} />}
      {versions.error && <button type="button" class="button small" onClick={() => { void reload(versionsPath(id)); }}>{t('app.retry')}</button>}
    </>
  );
}

function Reply({ message }: { message: Message }) {
  const { replyTo } = message;
  if (!replyTo) return null;
  const peer = replyTo.channelId ?? message.channelId;
  const text = replyTo.quote ?? replyTo.text ?? '';
  const [title, ...rest] = text.split('\n');
  const heading = replyTo.sender ?? (rest.length > 0 ? title : t('r.replyTo', { id: replyTo.messageId }));
  const body = replyTo.sender || rest.length === 0 ? text : rest.join(', ');
  return (
    <a class="reply" href={href(messagePath(peer, replyTo.messageId))} onClick={(event) => event.stopPropagation()}>
      <span class="reply-title cut" dir="auto">{heading}</span>
      {body && <span class="reply-text cut" dir="auto">{body.replace(/\s+/g, ' ')}</span>}
    </a>
  );
}

function LinkCard({ preview }: { preview: LinkPreview }) {
  const image = pictureUrl(preview.image);
  let host = preview.url;
  try { host = new URL(preview.url).hostname.replace(/^www\./, ''); } catch { /* shown as it is, and no link */ }
  const site = preview.siteName && preview.siteName.toLowerCase() !== host ? `${preview.siteName} · ${host}` : host;
  return (
    <Out to={preview.url} class={join('link-card', image && 'with-image')}>
      <span class="link-text">
        <span class="link-site cut"><bdi>{site}</bdi></span>
        {preview.title && <span class="link-title" dir="auto">{preview.title}</span>}
        {preview.description && <span class="link-description quiet" dir="auto">{preview.description}</span>}
      </span>
      {image && <img src={image} alt="" loading="lazy" decoding="async" />}
    </Out>
  );
}

function PollCard({ poll }: { poll: Poll }) {
  const total = Math.max(1, poll.totalVoters);
  return (
    <div class="poll" role="group" aria-label={t('r.poll')}>
      <p class="strong" dir="auto">{poll.question}</p>
      <p class="quiet small">{t('r.votes', { n: poll.totalVoters })}{poll.closed ? `, ${t('r.closed')}` : ''}</p>
      {poll.options.map((option, i) => (
        <p key={i} class="poll-option"><span class="tabular">{percent(option.voters / total)}</span><span dir="auto">{option.text}</span>
          <i ref={vars({ '--part': `${String(Math.round((option.voters / total) * 100))}%` })} /></p>
      ))}
    </div>
  );
}

const origins: Record<string, 'r.history' | 'r.imported'> = { backfill: 'r.history', import: 'r.imported' };

function Foot({ messages, worded }: { messages: Message[]; worded: Message }) {
  const first = messages[0] as Message;
  const views = Math.max(0, ...messages.map((message) => message.views ?? 0));
  const edits = worded.versions - 1;
  const shown = diffed.value.has(worded.id);
  const editText = edits === 1 ? t('r.edited1') : edits === 2 ? t('r.edited2') : t('r.editedN', { n: edits });
  const origin = origins[first.origin];
  return (
    <>
      {first.reactions && first.reactions.length > 0 && (
        <ul class="reactions" aria-label={t('r.reactions')}>{first.reactions.map((reaction) => <li key={reaction.emoji}>{reaction.emoji} <span class="tabular">{compact(reaction.count)}</span></li>)}</ul>
      )}
      <p class="foot">
        {edits > 0 && (
          <button type="button" class="edited" aria-pressed={shown} aria-keyshortcuts="e" onClick={(event) => { event.stopPropagation(); toggleDiff(worded.id); }}>
            <Icon name="edit" size={13} />{editText}{shown ? `, ${t('r.changesShown')}` : ''}{!shown && <span class="sr">, {t('r.showChanges')}</span>}
          </button>
        )}
        {first.origin === 'catchup' && <span class="origin busy"><Icon name="busy" size={13} />{first.latenessMs ? t('r.caughtUp', { span: span(first.latenessMs / 1000, 2) }) : t('r.caughtUpPlain')}</span>}
        {origin && <span class="origin quiet">{t(origin)}</span>}
        <span class="spacer" />
        {first.signature && <span class="quiet cut"><bdi>{first.signature}</bdi></span>}
        {views > 0 && <span class="views" aria-label={t('r.views', { n: views })}><Icon name="eye" size={14} />{compact(views)}</span>}
        <time dateTime={first.date} title={utc(first.date)}>{clock(first.date)}</time>
      </p>
    </>
  );
}

export function Service({ message }: { message: Message }) {
  return <p class="service">{message.service ? word('service', message.service) : ''}{message.text && <>: <bdi>{message.text}</bdi></>} · <time dateTime={message.date}>{clock(message.date)}</time></p>;
}
