import path from 'node:path';
import { GridwireError } from '../../src/errors.js';
import type { Network, PowerFlow, PowerFlowOptions, Solution, Start } from '../../src/grid/index.js';
import { schedulesOf, solutionOf, type FlowAnswer, type FlowJob } from '../../src/grid/studies/flow-job.js';
import { UntrustedProcess } from '../../src/untrusted/untrusted-process.js';

/** Without a solution, all that is tried for larger networks, or with more iterations, would hold flows up too long. */
const BUSES_HERE = 200;
const ITERATIONS_HERE = 50;

/** Whether the power flows of a simulation have to be solved in a process. */
export function needsProcess({ buses }: Network, options: PowerFlowOptions = {}): boolean {
  return buses.length > BUSES_HERE || (options.maximumIterations ?? 0) > ITERATIONS_HERE;
}

/** For one power flow; a hundred thousand buses without a solution, on a busy machine. */
const LIMITS = { milliseconds: 120_000, megabytes: 4096, characters: 67_108_864 };

/** A process that solves power flows. */
export function flowProcess(): UntrustedProcess {
  return new UntrustedProcess(path.join(__dirname, 'flow-process'), LIMITS);
}

/**
 * Solves the power flows of one simulation in a process of its own, one at a time. The process has the network once,
 * and keeps its last solution to start from; where it had to end, the next step starts another.
 */
export class RemoteFlow {
  private known: PowerFlow | undefined;
  private version = 0;
  private closed = false;

  constructor(private readonly process = flowProcess()) {}

  /**
   * A process that takes too long or too much is a step without solution.
   *
   * @throws GridwireError what the network is refused with
   */
  readonly solve = async (flow: PowerFlow, start: Start): Promise<Solution> => {
    if (this.closed) return stopped('the simulation was stopped');
    try {
      return solutionOf(await this.ask(flow, start));
    } catch (error) {
      if (!(error instanceof GridwireError) || error.code !== 'COMPUTATION_STOPPED') throw error;
      return stopped(error.message);
    }
  };

  private async ask(flow: PowerFlow, start: Start): Promise<FlowAnswer & { missing: false }> {
    const isNew = flow !== this.known;
    if (isNew) this.version += 1;
    this.known = flow;
    const job: FlowJob = { version: this.version, schedules: schedulesOf(flow), start };
    const whole = (): FlowJob => ({
      ...job,
      prepare: { network: JSON.stringify(flow.network), options: flow.options },
    });
    const answer = (await this.process.run(isNew ? whole() : job)) as FlowAnswer;
    if (!answer.missing) return answer;
    // The process is another one than last time.
    const again = (await this.process.run(whole())) as FlowAnswer;
    if (again.missing) throw new TypeError('a process that was sent a network does not have it');
    return again;
  }

  /** Ends the process; a power flow under way comes back without solution. */
  close(): void {
    this.closed = true;
    this.process.close();
  }
}

function stopped(reason: string): Solution {
  const none = new Float64Array(0);
  const failure = { reason: 'stopped' } as const;
  return {
    outcome: { converged: false, iterations: 0, mismatchPu: NaN, failure },
    vm: none,
    va: none,
    reason,
  };
}
