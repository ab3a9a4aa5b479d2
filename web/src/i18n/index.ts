// Two typed catalogues, of which the one that is spoken is fetched. `t` fills {names}, formats numbers and picks the plural
// by `n`.
import { h, type ComponentChild } from 'preact';
import { locale } from '../app/settings.ts';
import type { en } from './en.ts';
import english from 'texts:en';
import portuguese from 'texts:pt';

export type Plural = { one: string; other: string };
export type Key = keyof typeof en;
export type Catalogue = { [K in Key]: (typeof en)[K] extends string ? string : Plural };
type Values = Record<string, string | number>;

export let lang: 'en' | 'pt-BR' = 'en';
/** Whose habits numbers and dates follow: of English, the browser's own kind. */
export let region = 'en-GB';
let catalogue = {} as Catalogue;
let plurals = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat(region);

/** Fetches the texts; nothing can be shown before. */
export async function loadLanguage(): Promise<void> {
  const wanted = locale();
  const answer = await fetch(new URL(wanted === 'pt-BR' ? portuguese : english, import.meta.url));
  if (!answer.ok) throw new Error(`The texts of the dashboard did not come (${answer.status})`);
  speak((await answer.json()) as Catalogue, wanted);
}

export function speak(texts: Catalogue, language: typeof lang): void {
  lang = language;
  catalogue = texts;
  plurals = new Intl.PluralRules(lang);
  region = lang === 'en' ? (navigator.languages ?? []).find((one) => /^en-/i.test(one)) ?? 'en-GB' : lang;
  numbers = new Intl.NumberFormat(region);
  document.documentElement.lang = lang;
}

function template(key: Key, values?: Values): string {
  const text: string | Plural = catalogue[key];
  if (typeof text === 'string') return text;
  return plurals.select(Number(values?.n ?? 0)) === 'one' ? text.one : text.other;
}
const shown = (value: string | number | undefined): string =>
  typeof value === 'number' ? numbers.format(value) : value ?? '';

export function t(key: Key, values?: Values): string {
  return template(key, values).replace(/\{(\w+)\}/g, (_, name: string) => shown(values?.[name]));
}

/** Like `t`, but each {name} may be an element. */
export function rich(key: Key, parts: Record<string, ComponentChild>, values?: Values): ComponentChild {
  const pieces = template(key, values).split(/(\{\w+\})/);
  return h('span', null, ...pieces.map((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    if (!name) return piece;
    return name in parts ? parts[name] : shown(values?.[name]);
  }));
}

/** A code of the API in words; the code itself when it is not known here. */
export function word(prefix: 'job' | 'cause' | 'absent' | 'service' | 'kind' | 'jobState' | 'destState' | 'media' | 'account' | 'refused' | 'codeHow', code: string): string {
  const key = `${prefix}.${code.replace(/ /g, '_')}`;
  return key in catalogue ? t(key as Key) : code.replace(/_/g, ' ');
}
