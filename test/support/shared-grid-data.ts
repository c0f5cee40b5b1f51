import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Cases, networks and solved references that stand beside the repository on some machines; none is committed. */
const FOLDER = path.resolve(__dirname, '../../../shared/data/grid');

export function gridDataExists(): boolean {
  return existsSync(FOLDER);
}

export function gridFiles(folder: 'cases' | 'networks', extension: string): string[] {
  if (!gridDataExists()) return [];
  return readdirSync(path.join(FOLDER, folder))
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length));
}

export function readGridText(...parts: string[]): string {
  return readFileSync(path.join(FOLDER, ...parts), 'utf8');
}

export function readGridJson(...parts: string[]): unknown {
  return JSON.parse(readGridText(...parts)) as unknown;
}
