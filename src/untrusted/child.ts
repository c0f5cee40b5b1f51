import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { errorText, GridwireError, type ErrorCode } from '../errors.js';
import type { Cancel, Clock } from '../clock.js';

export interface Limits {
  /** For one job, from when the process is ready. */
  milliseconds: number;
  /** Of the process's heap. */
  megabytes: number;
  /** Of what a job may give back as JSON. */
  characters?: number;
}

/**
 * What `serve` sends: that it is ready, how far a job is, or how it ended. Answers are JSON, so that nothing else can
 * come.
 */
export type Reply =
  | 'ready'
  | { done: number; total: number }
  | { answer: string | undefined }
  | { code: ErrorCode; message: string; details: Record<string, unknown> };

/** Hears how far a job is. */
export type Progress = (done: number, total: number) => void;

interface Waiting {
  progress: Progress;
  resolve: (answer: unknown) => void;
  reject: (error: GridwireError) => void;
  cancel: Cancel;
}

/** How long a process may take to start on a busy machine, milliseconds. */
const START = 30_000;

/**
 * One process that computes for somebody who is not trusted, one job at a time. It has no environment, and it is killed
 * when a job takes too long; when it takes too much memory it ends by itself. A thread would not do: one large text
 * takes the whole process down with it, whatever the thread's limits are.
 */
export class Child {
  private readonly process: ChildProcess;
  private readonly ready: Promise<unknown>;
  private waiting: Waiting | undefined;
  ended = false;

  /** @param file the module that calls `serve`, without its extension */
  constructor(
    file: string,
    private readonly limits: Limits,
    private readonly clock: Clock,
  ) {
    // Tests run the TypeScript source; the process needs the loader that its parent has.
    const extension = path.extname(__filename);
    this.process = fork(file + extension, [JSON.stringify(limits)], {
      env: {},
      execArgv: [
        `--max-old-space-size=${limits.megabytes}`,
        ...(extension === '.ts' ? ['--require', 'tsx/cjs'] : []),
      ],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // It must not keep Node-RED from ending.
    this.process.unref();
    this.process.channel?.unref();
    this.process.on('message', (reply: Reply) => this.receive(reply));
    this.process.on('error', () => this.end());
    this.process.on('exit', () => this.end());
    this.ready = this.expect(START, notStarted);
    // Whoever asks first hears of it.
    this.ready.catch(() => undefined);
  }

  /** @throws GridwireError `COMPUTATION_STOPPED`, `FLOW_FAILED` for what cannot be sent, or what the job failed with */
  async ask(job: object, progress: Progress = () => undefined): Promise<unknown> {
    await this.ready;
    if (this.ended) throw stopped('its process ended');
    const answer = this.expect(this.limits.milliseconds, tooLong, progress);
    try {
      this.process.send(job, (error) => {
        if (error !== null) this.end();
      });
    } catch (cause) {
      // Nobody will answer what was not sent; its clock must not run on into the next job.
      this.take();
      const text = `What is to be worked out cannot be handed to a process: ${errorText(cause)}. Leave out functions and other values that are no data.`;
      throw new GridwireError('FLOW_FAILED', text, { cause });
    }
    return answer;
  }

  kill(): void {
    this.ended = true;
    this.process.kill('SIGKILL');
  }

  private expect(
    milliseconds: number,
    overdue: (milliseconds: number) => GridwireError,
    progress: Progress = () => undefined,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.take()?.reject(overdue(milliseconds));
        this.kill();
      };
      this.waiting = { progress, resolve, reject, cancel: this.clock.after(milliseconds, late) };
    });
  }

  private take(): Waiting | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.cancel();
    return waiting;
  }

  private receive(reply: Reply): void {
    if (typeof reply === 'object' && 'done' in reply) {
      this.waiting?.progress(reply.done, reply.total);
      return;
    }
    const waiting = this.take();
    if (reply === 'ready') waiting?.resolve(undefined);
    else if ('code' in reply) {
      waiting?.reject(new GridwireError(reply.code, reply.message, { details: reply.details }));
    } else waiting?.resolve(reply.answer === undefined ? undefined : JSON.parse(reply.answer));
  }

  private end(): void {
    this.ended = true;
    this.take()?.reject(stopped(`it took more than ${this.limits.megabytes} MB of memory`));
  }
}

function tooLong(milliseconds: number): GridwireError {
  return stopped(`it took more than ${milliseconds} ms`);
}

/** The work is not to blame. */
function notStarted(milliseconds: number): GridwireError {
  const text = `The computation did not begin: its process had not started after ${milliseconds} ms, as on a machine that is very busy. Try again later.`;
  return new GridwireError('COMPUTATION_STOPPED', text, { fault: 'transient' });
}

/** Of work that was ended before it was done (`COMPUTATION_STOPPED`). @param why in words, such as "it took too long" */
export function stopped(why: string): GridwireError {
  return new GridwireError('COMPUTATION_STOPPED', `The computation was stopped: ${why}. Make it simpler.`);
}
