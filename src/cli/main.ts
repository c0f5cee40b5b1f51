#!/usr/bin/env node
import { errorText } from '../errors.js';
import { run, USAGE } from './commands.js';

/** The command line: `npx gridwire backup | restore | verify`. Exit status 0 done, 1 failed, 2 not understood. */
const [, , ...words] = process.argv;
const write = (text: string): boolean => process.stdout.write(`${text}\n`);

try {
  process.exitCode = run(words, write);
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}

if (process.exitCode === 2) process.stderr.write(USAGE);
