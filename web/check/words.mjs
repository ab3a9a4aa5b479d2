// Fails when the catalogues differ: a key that one lacks, a plural that is none, a {name} that one does not fill in.
import { fileURLToPath } from 'node:url';
import { catalogue } from './texts.mjs';

export function differences(en, pt) {
  const kinds = (text) => (typeof text === 'string' ? { '': text } : text);
  const names = (text) => [...new Set([...Object.values(kinds(text)).join().matchAll(/\{\w+\}/g)].map(String))].sort().join();
  const found = [];
  for (const key of new Set([...Object.keys(en), ...Object.keys(pt)])) {
    if (!(key in en) || !(key in pt)) { found.push(`${key}: not in ${key in en ? 'pt' : 'en'}`); continue; }
    if (typeof en[key] !== typeof pt[key]) found.push(`${key}: a plural in one language only`);
    else if (Object.values(kinds(pt[key])).some((text) => text.trim() === '') && Object.values(kinds(en[key])).every((text) => text.trim() !== '')) found.push(`${key}: empty in pt`);
    else if (names(en[key]) !== names(pt[key])) found.push(`${key}: ${names(en[key]) || 'nothing'} is filled in in en, ${names(pt[key]) || 'nothing'} in pt`);
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [en, pt] = await Promise.all([catalogue('en'), catalogue('pt')]);
  const found = differences(en, pt);
  for (const one of found) console.error(one);
  console.log(`${found.length ? 'WRONG' : 'ok  '} ${Object.keys(en).length} texts in two languages`);
  process.exitCode = found.length ? 1 : 0;
}
