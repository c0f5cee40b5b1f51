import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { panelHtml } from '../../scripts/panel-html.cjs';

export const ROOT = path.resolve(__dirname, '../..');

export interface Manifest {
  name: string;
  license?: string;
  keywords?: string[];
  repository?: unknown;
  bugs?: unknown;
  engines: { node: string };
  dependencies: Record<string, string>;
  'node-red': { version: string; nodes: Record<string, string> };
}

export const MANIFEST = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** The editor side of one node, as it is built from the sources. */
export interface Panel {
  type: string;
  /** The folder below nodes/. */
  folder: string;
  html: string;
  /** The node's own words, as in its locale file. */
  words: Record<string, unknown>;
}

/** The panels of all node types that package.json lists. */
export function panels(): Panel[] {
  return Object.entries(MANIFEST['node-red'].nodes).map(([type, file]) => {
    const folder = path.basename(path.dirname(file));
    const locale = path.join(ROOT, 'nodes', folder, 'locales/en-US', `${folder}.json`);
    return {
      type,
      folder,
      html: panelHtml(ROOT, folder),
      words: existsSync(locale) ? (JSON.parse(readFileSync(locale, 'utf8')) as Record<string, unknown>) : {},
    };
  });
}

/** The types an html file registers where the flow library's scorecard sees it: literal name, literal object. */
export function literalRegistrations(html: string): string[] {
  const scripts = [...html.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g)];
  return scripts.flatMap(([, code]) =>
    [...code!.matchAll(/RED\.nodes\.registerType\(\s*(['"])([^'"]+)\1\s*,\s*\{/g)].map((match) => match[2]!),
  );
}

/** Every key of nested locale words, joined with dots. */
export function keysOf(words: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? keysOf(value as Record<string, unknown>, `${prefix}${name}.`)
      : [`${prefix}${name}`],
  );
}

/** Form controls that no label and no aria-label names, by id. */
export function unlabelledControls(html: string): string[] {
  const template =
    /<script type="text\/html" data-template-name[^>]*>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  const labelled = new Set([...template.matchAll(/<label[^>]*\bfor="([^"]+)"/g)].map((match) => match[1]));
  return [...template.matchAll(/<(?:input|select|textarea|button)\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => !/type="hidden"/.test(tag) && !/aria-label|\[aria-label\]|^<button/.test(tag))
    .map((tag) => /\bid="([^"]+)"/.exec(tag)?.[1] ?? tag)
    .filter((id) => !labelled.has(id));
}

/** Colours written out, anywhere but in the palette colour of a registration. */
export function hardCodedColours(html: string): string[] {
  return html
    .split('\n')
    .filter((line) => !/^\s*color: '#[0-9a-fA-F]{6}',$/.test(line))
    .flatMap((line) => line.match(/(?:#[0-9a-fA-F]{3,8}\b(?=[;'"\s])|\b(?:rgba?|hsla?)\()/g) ?? []);
}
