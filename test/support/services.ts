import { findProgram } from '../../scripts/services/service.js';

/** Programs that suites need beyond Node, and where Debian puts those that PATH does not know. */
const PROGRAMS = {
  mosquitto: ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'],
  openssl: [],
} as const;

/**
 * Call it first in a `before` hook: skips the suite with a stated reason when the machine lacks the program. With
 * CI=true the lack is a failure, because there a skipped suite would pass for a green one.
 * @returns the program's path
 */
export function requireService(context: Mocha.Context, name: keyof typeof PROGRAMS): string {
  const program = findProgram(name, PROGRAMS[name]);
  if (program !== undefined) return program;
  const reason = `${name} is not installed (Debian: apt-get install ${name})`;
  if (process.env.CI === 'true') throw new Error(`${reason}; with CI=true it must be`);
  console.log(`      skipped: ${reason}`);
  context.skip();
}
