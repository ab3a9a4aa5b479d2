// Bundles src/**/*.test.ts for node and runs them with node:test.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { texts } from './texts.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const unit = path.join(root, 'check/.unit');
const tests = readdirSync(path.join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(path.join(root, 'src', name)).filter((f) => f.endsWith('.test.ts')).map((f) => `src/${name}/${f}`));

rmSync(unit, { recursive: true, force: true });
await build({
  absWorkingDir: root, entryPoints: tests, outdir: unit, outExtension: { '.js': '.mjs' },
  bundle: true, format: 'esm', platform: 'node', jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'error', plugins: [texts], inject: ['check/english.ts'],
  // What modules ask of a browser while they load.
  banner: {
    js: `globalThis.document ??= { baseURI: 'http://localhost/ui/', addEventListener() {}, querySelector: () => null,
      documentElement: { dataset: {}, style: { setProperty() {} } } };
    globalThis.matchMedia ??= () => ({ matches: false, addEventListener() {} });
    globalThis.navigator ??= { language: 'en' };
    globalThis.window ??= globalThis;
    globalThis.addEventListener ??= () => undefined;`,
  },
});
const files = readdirSync(unit, { recursive: true }).filter((f) => String(f).endsWith('.mjs')).map((f) => path.join(unit, String(f)));
process.exit(spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1);
