import { BOUNDS } from '../bounds.js';
import { type Cancel, type Clock, systemClock } from '../clock.js';
import { GridwireError } from '../errors.js';
import { Child, type Limits, type Progress, stopped } from './child.js';

const LIMITS: Limits = { milliseconds: BOUNDS.untrustedTime, megabytes: BOUNDS.untrustedMemory };

/** A process without work ends after this long, milliseconds. */
const IDLE = 10_000;

export interface Watch {
  progress?: Progress;
  /** Ends the job, and the process with it. */
  signal?: AbortSignal;
}

/**
 * Computes what untrusted people wrote, in a process with a limit of time and memory, without environment and without
 * anything of the flow. Jobs take turns; the process starts with the first one and ends when it is idle.
 */
export class UntrustedProcess {
  private child: { key: string; process: Child } | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private idle: Cancel | undefined;

  /** @param file the module that calls `serve`, without its extension */
  constructor(
    private readonly file: string,
    private readonly limits: Limits = LIMITS,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * @param job what `serve`'s handler gets; a structured clone of it
   * @param key jobs with another key get a fresh process, so that nobody can leave something behind for others
   * @param watch who hears how far the job is, and who may stop it
   * @returns what the handler gave back, as JSON says it
   * @throws GridwireError `COMPUTATION_STOPPED` when it takes too long or too much, or what the handler threw
   */
  run(job: object, key = '', watch: Watch = {}): Promise<unknown> {
    if (this.waiting >= BOUNDS.untrustedWaiting) {
      const text = `${this.waiting} computations wait already. Try again later.`;
      return Promise.reject(new GridwireError('COMPUTATION_STOPPED', text, { fault: 'transient' }));
    }
    this.waiting += 1;
    const answer = this.last.then(() => this.turn(job, key, watch));
    this.last = answer.then(
      () => this.rest(),
      () => this.rest(),
    );
    return answer;
  }

  /** Ends the process; a job under way is told that it was stopped. */
  close(): void {
    this.idle?.();
    this.child?.process.kill();
    this.child = undefined;
  }

  private async turn(job: object, key: string, { progress, signal }: Watch): Promise<unknown> {
    this.idle?.();
    if (signal?.aborted === true) throw stopped('nobody waits for it any more');
    if (this.child?.key !== key || this.child.process.ended) {
      this.close();
      this.child = { key, process: new Child(this.file, this.limits, this.clock) };
    }
    const { process } = this.child;
    const stop = (): void => process.kill();
    signal?.addEventListener('abort', stop);
    try {
      return await process.ask(job, progress);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  private rest(): void {
    this.waiting -= 1;
    if (this.waiting === 0) this.idle = this.clock.after(IDLE, () => this.close());
  }
}
