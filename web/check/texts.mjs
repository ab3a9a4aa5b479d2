// `import address from 'texts:en'`: src/i18n/en.ts as a JSON file beside the scripts, so that a browser fetches one language.
import { build } from 'esbuild';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The catalogue of a language, `en` or `pt`. */
export async function catalogue(name) {
  const { outputFiles } = await build({ absWorkingDir: root, entryPoints: [`src/i18n/${name}.ts`], bundle: true, write: false, format: 'esm', logLevel: 'error' });
  return (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`))[name];
}

export const texts = {
  name: 'texts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^texts:/ }, ({ path: name }) => ({ path: `${name.slice('texts:'.length)}.json`, namespace: 'texts' }));
    onLoad({ filter: /.*/, namespace: 'texts' }, async ({ path: name }) => ({ contents: JSON.stringify(await catalogue(path.parse(name).name)), loader: 'file' }));
  },
};
