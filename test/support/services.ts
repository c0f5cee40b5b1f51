import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Programs that suites need beyond Node, and where Debian puts them when PATH does not know. */
const PROGRAMS = {
  mosquitto: ['mosquitto'],
  postgresql: ['postgres', 'pg_ctl'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  openssl: ['openssl'],
} as const;

export type Service = keyof typeof PROGRAMS;

/** The program of a service, or undefined where the machine has none. */
export function findService(name: Service): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(path.delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/opt/homebrew/sbin',
  ];
  for (const program of PROGRAMS[name]) {
    for (const folder of folders) {
      const candidate = path.join(folder, program);
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/**
 * Call it first in a `before` hook: skips the suite with a stated reason when the machine lacks the service. With
 * CI=true the lack is a failure, because there a skipped suite would pass for a green one.
 * @returns the program's path
 */
export function requireService(context: Mocha.Context, name: Service): string {
  const program = findService(name);
  if (program !== undefined) return program;
  const reason = `${name} is not installed (Debian: apt-get install ${name})`;
  if (process.env.CI === 'true') throw new Error(`${reason}; with CI=true it must be`);
  console.log(`      skipped: ${reason}`);
  context.skip();
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
