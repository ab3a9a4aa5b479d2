// Fails when the catalogues differ: a key that one lacks, a plural that is none, a {name} that one does not fill in.
import { build } from 'esbuild';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

async function catalogue(name) {
  const { outputFiles } = await build({ absWorkingDir: root, entryPoints: [`src/i18n/${name}.ts`], bundle: true, write: false, format: 'esm', logLevel: 'error' });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
  return module[name];
}

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
