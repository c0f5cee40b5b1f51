import { readFileSync } from 'node:fs';
import path from 'node:path';

let version: string | undefined;

/** The version of this package. */
export function gridwireVersion(): string {
  return (version ??= readVersion());
}

/**
 * The version that the package on the disk has now; nothing if it is not there. The sources stand one folder higher than
 * what is built of them.
 */
export function readVersion(): string {
  for (const up of ['../..', '../../..']) {
    try {
      const text = readFileSync(path.resolve(__dirname, up, 'package.json'), 'utf8');
      const { name, version: found } = JSON.parse(text) as { name?: string; version?: string };
      if (name === '@gridwire/node-red-gridwire') return found ?? '';
    } catch {
      // Not there; the next one is.
    }
  }
  return '';
}
