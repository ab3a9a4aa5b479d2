// A rule while it is written: what was left empty asks nothing and is not sent.
import type { Actions, Conditions, RuleBody } from './types.ts';

export type Tri = '' | 'yes' | 'no';
export type TextMode = 'regex' | 'keywords';
export const flags = ['hasMedia', 'forwarded', 'reply', 'hasLink'] as const;
export const lists = ['channels', 'kinds', 'mediaTypes', 'senders', 'hashtags', 'origins', 'tags'] as const;
export type Flag = (typeof flags)[number];
export type List = (typeof lists)[number];
export interface Draft {
  name: string; enabled: boolean; position: number; textMode: TextMode; regex: string; ignoreCase: boolean;
  anyOf: string[]; allOf: string[]; noneOf: string[]; wholeWords: boolean;
  flags: Record<Flag, Tri>; lists: Record<List, string[]>;
  drop: boolean; redacts: boolean; redact: string; tag: string[]; route: string[];
  alert: { kind: 'webhook' | 'email'; to: string }[]; forward: { account: string; to: string; copy: boolean }[];
}

const tri = (value: boolean | undefined): Tri => (value === undefined ? '' : value ? 'yes' : 'no');

export function draftOf(rule?: Partial<RuleBody>): Draft {
  const c = rule?.conditions ?? {};
  const a = rule?.actions ?? {};
  return {
    name: rule?.name ?? '', enabled: rule?.enabled ?? true, position: rule?.position ?? 0,
    textMode: c.keywords ? 'keywords' : 'regex', regex: c.regex ?? '', ignoreCase: c.ignoreCase ?? false,
    anyOf: c.keywords?.anyOf ?? [], allOf: c.keywords?.allOf ?? [], noneOf: c.keywords?.noneOf ?? [], wholeWords: c.keywords?.wholeWords ?? false,
    flags: Object.fromEntries(flags.map((name) => [name, tri(c[name])])) as Record<Flag, Tri>,
    lists: Object.fromEntries(lists.map((name) => [name, c[name] ?? []])) as Record<List, string[]>,
    drop: a.drop ?? false, redacts: a.redact !== undefined, redact: a.redact ?? '', tag: a.tag ?? [], route: a.route ?? [],
    alert: (a.alert ?? []).map((one) => (one.email ? { kind: 'email', to: one.email } : { kind: 'webhook', to: one.webhook ?? '' })),
    forward: (a.forward ?? []).map(({ account, to, copy }) => ({ account, to, copy: copy ?? false })),
  };
}

export function conditionsOf(draft: Draft): Conditions {
  const out: Conditions = {};
  if (draft.regex) { out.regex = draft.regex; if (draft.ignoreCase) out.ignoreCase = true; }
  const words = Object.fromEntries((['anyOf', 'allOf', 'noneOf'] as const).filter((name) => draft[name].length > 0).map((name) => [name, draft[name]]));
  if (Object.keys(words).length > 0) out.keywords = draft.wholeWords ? { ...words, wholeWords: true } : words;
  for (const name of flags) if (draft.flags[name]) out[name] = draft.flags[name] === 'yes';
  for (const name of lists) if (draft.lists[name].length > 0) (out as Record<string, string[]>)[name] = draft.lists[name];
  return out;
}

export function actionsOf(draft: Draft): Actions {
  const out: Actions = {};
  if (draft.drop) out.drop = true;
  if (draft.redacts) out.redact = draft.redact;
  if (draft.tag.length > 0) out.tag = draft.tag;
  if (draft.route.length > 0) out.route = draft.route;
  const alert = draft.alert.filter(({ to }) => to.trim());
  if (alert.length > 0) out.alert = alert.map(({ kind, to }) => ({ [kind]: to.trim() }));
  const forward = draft.forward.filter(({ account, to }) => account || to);
  if (forward.length > 0) out.forward = forward.map(({ account, to, copy }) => ({ account, to: to.trim(), copy }));
  return out;
}

export const bodyOf = (draft: Draft): RuleBody =>
  ({ name: draft.name.trim(), enabled: draft.enabled, position: draft.position, conditions: conditionsOf(draft), actions: actionsOf(draft) });
export const asksNothing = (draft: Draft): boolean => Object.keys(conditionsOf(draft)).length === 0;

/** What a text was searched for, as a rule: from ?text=&channel= of a link. */
export function prefilled(query: Record<string, string>): Draft {
  const draft = draftOf();
  if (query.text) { draft.textMode = 'keywords'; draft.allOf = query.text.split(/\s+/).filter(Boolean).slice(0, 20); draft.name = query.text.slice(0, 60); }
  if (query.channel) draft.lists.channels = query.channel.split(',').filter(Boolean);
  return draft;
}

/** A text cut where the spans begin and end. Spans are in order and do not overlap. */
export function pieces(text: string, spans: { offset: number; length: number }[]): { text: string; marked: boolean }[] {
  const out: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const { offset, length } of spans) {
    if (offset < at || length <= 0 || offset >= text.length) continue;
    if (offset > at) out.push({ text: text.slice(at, offset), marked: false });
    out.push({ text: text.slice(offset, offset + length), marked: true });
    at = offset + length;
  }
  if (at < text.length) out.push({ text: text.slice(at), marked: false });
  return out;
}
