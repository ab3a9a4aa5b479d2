// Message text as elements, never as HTML.
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import type { Entity } from '../api/types.ts';
import { safeUrl } from '../app/links.ts';
import { t } from '../i18n/index.ts';
import { tree, type Node } from './entities.ts';
import { realHost } from './truth.ts';

export function Text({ text, entities, from, to }: { text: string; entities?: Entity[]; from?: number; to?: number }) {
  return <>{parts(tree(text, entities, from, to))}</>;
}
const parts = (nodes: Node[]): ComponentChildren => nodes.map((node, i) => (typeof node === 'string' ? node : <Part key={i} node={node} />));
const plain = (nodes: Node[]): string => nodes.map((node) => (typeof node === 'string' ? node : plain(node.children))).join('');

function Part({ node: { entity, children } }: { node: Exclude<Node, string> }): JSX.Element {
  const inside = parts(children);
  switch (entity.type) {
    case 'bold': return <strong>{inside}</strong>;
    case 'italic': return <em>{inside}</em>;
    case 'underline': return <u>{inside}</u>;
    case 'strikethrough': return <s>{inside}</s>;
    case 'code': return <code>{inside}</code>;
    case 'pre': return <pre dir="ltr">{inside}</pre>;
    case 'blockquote': return <blockquote>{inside}</blockquote>;
    case 'spoiler': return <Spoiler>{inside}</Spoiler>;
    case 'link': case 'url': return <Out to={plain(children)} said={plain(children)}>{inside}</Out>;
    case 'text_link': return <Out to={entity.url} said={plain(children)}>{inside}</Out>;
    case 'email': return <Out to={`mailto:${plain(children)}`}>{inside}</Out>;
    case 'phone': return <Out to={`tel:${plain(children).replace(/[^+\d]/g, '')}`}>{inside}</Out>;
    case 'mention': return <Out to={`https://t.me/${encodeURIComponent(plain(children).replace(/^@/, ''))}`}>{inside}</Out>;
    case 'hashtag': case 'cashtag': case 'bot_command': case 'mention_name': return <span class="tag">{inside}</span>;
    default: return <>{inside}</>;
  }
}

/** `said`: its words; where they name another place than it leads to, that place is said beside them. */
export function Out({ to, said, class: className, children }: { to?: string; said?: string; class?: string; children: ComponentChildren }) {
  const url = safeUrl(to);
  if (!url) return <span class={className}>{children}</span>;
  const host = said === undefined ? null : realHost(said, url);
  return <a class={className} href={url} target="_blank" rel="noopener noreferrer" title={url}><bdi>{children}</bdi>{host && <span class="real-host" dir="ltr"> {t('rd.leadsTo', { host })}</span>}</a>;
}

function Spoiler({ children }: { children: ComponentChildren }) {
  const open = useSignal(false);
  if (open.value) return <span class="spoiler open">{children}</span>;
  return (
    <button type="button" class="spoiler" aria-label={t('r.spoiler')} onClick={(event) => { event.stopPropagation(); open.value = true; }}>
      <span aria-hidden="true">{children}</span>
    </button>
  );
}
