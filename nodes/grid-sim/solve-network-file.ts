import path from 'node:path';
import { UntrustedProcess } from '../../src/untrusted/untrusted-process.js';
import type { Start } from '../../src/grid/index.js';
import type { NetworkAnswer } from '../../src/grid/studies/network-file.js';

/** What the process is sent. */
export interface NetworkFileJob {
  text: string;
  start: Start;
}

/** The largest network that is taken, when it has no solution and every start is tried, on a busy machine. */
const LIMITS = { milliseconds: 120_000, megabytes: 2048 };

const solutions = new UntrustedProcess(path.join(__dirname, 'network-file-process'), LIMITS);

/**
 * What a file that came with a request holds, and its solution; worked out in a process with a limit of time and
 * memory, because a large network without a solution takes seconds, in which flows would stand still.
 *
 * @throws GridwireError what `readAndSolve` throws, `COMPUTATION_STOPPED`
 */
export async function solveNetworkFile(text: string, start: Start): Promise<NetworkAnswer> {
  return (await solutions.run({ text, start } satisfies NetworkFileJob)) as NetworkAnswer;
}
