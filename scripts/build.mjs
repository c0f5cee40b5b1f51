// Builds dist/ (the runtime, with each node's .js, .html, locales and icons side by side, because Node-RED
// looks for them there) and resources/ (the shared editor code, which the editor loads as a script).
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { helpHtml } from './help-html.cjs';
import { panelHtml } from './panel-html.cjs';

const root = path.resolve(import.meta.dirname, '..');
const inRoot = (...parts) => path.join(root, ...parts);

function compile() {
  const result = spawnSync(
    process.execPath,
    [inRoot('node_modules/@typescript/native/bin/tsc'), '-p', inRoot('tsconfig.json')],
    {
      stdio: 'inherit',
    },
  );
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** What the compiler leaves behind: editor html, locale files and the icon of each node folder. */
function copyNodeAssets() {
  for (const name of readdirSync(inRoot('nodes'))) {
    const from = inRoot('nodes', name);
    const to = inRoot('dist/nodes', name);
    if (!existsSync(path.join(from, `${name}.html`))) continue;
    mkdirSync(to, { recursive: true });
    writeFileSync(path.join(to, `${name}.html`), panelHtml(root, name));
    copyLocales(name, from, to);
    const icon = `gridwire-${name}.svg`;
    if (existsSync(inRoot('icons', icon))) {
      mkdirSync(path.join(to, 'icons'), { recursive: true });
      cpSync(inRoot('icons', icon), path.join(to, 'icons', icon));
    }
  }
}

/**
 * Node-RED gives every node a catalogue of its own, so the words that all nodes share (status, panel, checks) are put
 * into each of them under `gridwire`.
 */
function copyLocales(name, from, to) {
  if (!existsSync(path.join(from, 'locales'))) return;
  cpSync(path.join(from, 'locales'), path.join(to, 'locales'), { recursive: true });
  for (const language of readdirSync(path.join(from, 'locales'))) {
    const own = path.join(from, 'locales', language, `${name}.json`);
    const shared = inRoot('nodes/runtime/locales', `${language}.json`);
    if (!existsSync(own) || !existsSync(shared)) continue;
    const words = { ...readJson(own), gridwire: readJson(shared) };
    writeFileSync(path.join(to, 'locales', language, `${name}.json`), JSON.stringify(words));
    if (!existsSync(path.join(from, 'locales', language, `${name}.html`))) continue;
    writeFileSync(path.join(to, 'locales', language, `${name}.html`), helpHtml(root, name, language));
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function bundleEditor() {
  const entry = inRoot('nodes/editor/browser/index.ts');
  if (!existsSync(entry)) return;
  esbuild.buildSync({
    entryPoints: [entry],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    outfile: inRoot('resources/editor.js'),
  });
}

/** Packages that are put into the one file that names them, with their licence, so that users need not install them. */
const BUNDLED = {
  jsonata: 'src/untrusted/jsonata',
  re2js: 'src/untrusted/re2',
};

function bundlePackages() {
  for (const [name, file] of Object.entries(BUNDLED)) {
    const { version } = readJson(inRoot('node_modules', name, 'package.json'));
    const licence = readFileSync(inRoot('node_modules', name, 'LICENSE'), 'utf8');
    esbuild.buildSync({
      entryPoints: [inRoot(`${file}.ts`)],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      minify: true,
      banner: { js: `/*! ${name} ${version}\n${licence.replaceAll('*/', '* /')}*/` },
      outfile: inRoot('dist', `${file}.js`),
    });
  }
}

rmSync(inRoot('dist'), { recursive: true, force: true });
rmSync(inRoot('resources'), { recursive: true, force: true });
compile();
copyNodeAssets();
bundlePackages();
bundleEditor();
