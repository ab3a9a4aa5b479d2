// Bundles the dashboard into $OUT (default: web/dist). Everything but the names listed in `fixed` is hashed.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';
import { texts } from './check/texts.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.env.OUT ?? path.join(root, 'dist'));
const at = (...parts) => path.join(root, ...parts);

// A key of each line of each icon: no browser reads them, and random letters do not pack.
const icons = {
  name: 'icons',
  setup({ onLoad }) {
    onLoad({ filter: /lucide-preact.*[\\/]icons[\\/].*\.mjs$/ }, async ({ path: file }) => ({ contents: (await readFile(file, 'utf8')).replace(/,\s*key: "\w+"/g, '') }));
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { app: 'src/main.tsx', style: 'src/styles/index.css' },
  outdir: path.join(out, 'assets'),
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome110', 'firefox110', 'safari16.4'],
  minify: true,
  metafile: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  alias: { react: at('src/ui/react.ts'), 'react-dom': at('src/ui/react.ts') },
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file' },
  legalComments: 'none',
  external: [at('node_modules/preact-iso/src/prerender.js')],  // for servers: nothing here calls it
  plugins: [texts, icons],
});

// 3 % smaller than esbuild's own. The names keep the hashes of what went in.
for (const name of Object.keys(metafile.outputs).filter((output) => output.endsWith('.js'))) {
  const file = path.resolve(root, name);
  const { code } = await minify(await readFile(file, 'utf8'), { module: true, ecma: 2020, compress: { passes: 2 } });
  await writeFile(file, code);
}

const outputs = Object.entries(metafile.outputs).map(([name, info]) => ({
  name: path.relative(out, path.resolve(root, name)).split(path.sep).join('/'),
  info,
}));
const entry = (source) => outputs.find(({ info }) => info.entryPoint === source).name;
const script = entry('src/main.tsx');
const style = entry('src/styles/index.css');
const font = outputs.find(({ name }) => name.includes('inter-latin-opsz-normal')).name;
const preloaded = staticImports(script);
// What the first page needs before it shows something.
const firstLoad = [...new Set([...preloaded, ...staticImports(entry('src/overview/Overview.tsx'))])];

await cp(at('public'), out, { recursive: true });
const page = (await readFile(at('public/index.html'), 'utf8'))
  .replace('%STYLE%', style)
  .replace('%FONT%', font)
  .replace('%SCRIPT%', script)
  .replace('%PRELOAD%', preloaded.filter((name) => name !== script).map((name) => `<link rel="modulepreload" href="${name}">`).join('\n  '));
await writeFile(path.join(out, 'index.html'), page);

const shell = ['./', 'boot.js', 'manifest.webmanifest', 'icons/icon.svg', ...['ok', 'warn', 'bad', 'busy', 'unknown'].map((tone) => `icons/tone-${tone}.svg`), style, font,
  ...outputs.map(({ name }) => name).filter((name) => /\.(js|json)$/.test(name))];
const version = createHash('sha256').update(page + shell.join() + (await readFile(at('public/boot.js')))).digest('hex').slice(0, 12);
const worker = (await readFile(at('src/sw.js'), 'utf8'))
  .replace('%VERSION%', version)
  .replace("['%SHELL%']", JSON.stringify(shell));
await writeFile(path.join(out, 'sw.js'), worker);
await writeFile(at('check/first-load.json'), JSON.stringify({ firstLoad, style, font }));

function staticImports(name, seen = new Set()) {
  if (seen.has(name)) return [];
  seen.add(name);
  const { info } = outputs.find((output) => output.name === name);
  const imports = info.imports.filter(({ kind }) => kind === 'import-statement');
  return [name, ...imports.flatMap((i) => staticImports(path.relative(out, path.resolve(root, i.path)).split(path.sep).join('/'), seen))];
}
