import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { errorText, GridwireError } from '../../errors.js';
import { PassingMap } from '../../passing-map.js';
import { UNKNOWN_OUTCOME } from '../store-answer.js';
import { fromErrorData } from './errors.js';
import type { News, Reply, RequestName, Requests, WorkerSettings } from './protocol.js';

interface Pending {
  resolve: (answer: never) => void;
  reject: (error: GridwireError) => void;
}

/** Asks the worker thread and waits for its answers. A worker that dies is started anew with the next question. */
export class WorkerClient {
  private worker: Worker | undefined;
  private nextId = 1;
  private readonly pending = new PassingMap<number, Pending>();

  constructor(
    private readonly settings: WorkerSettings,
    private readonly onNews: (news: News) => void,
  ) {}

  /** @throws GridwireError what the worker found, or `STORE_UNAVAILABLE` when it died over the question */
  ask<Name extends RequestName>(name: Name, ask: Requests[Name]['ask']): Promise<Requests[Name]['answer']> {
    const worker = (this.worker ??= this.start());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      worker.postMessage({ id, name, ask });
    });
  }

  /** Closes the file and ends the thread. */
  async close(): Promise<void> {
    if (!this.worker) return;
    await this.ask('close', null);
    const { worker } = this;
    this.worker = undefined;
    await worker.terminate();
  }

  private start(): Worker {
    // Tests run the TypeScript source; the thread needs the loader that its parent has.
    const extension = path.extname(__filename);
    const worker = new Worker(path.join(__dirname, `worker${extension}`), {
      workerData: this.settings,
      execArgv: extension === '.ts' ? ['--require', 'tsx/cjs'] : [],
    });
    worker.on('message', (reply: Reply) => this.receive(reply));
    worker.on('error', (error) => this.lose(worker, error));
    worker.on('exit', () => this.lose(worker, new Error('the thread ended')));
    return worker;
  }

  private receive(reply: Reply): void {
    if ('news' in reply) {
      this.onNews(reply.news);
      return;
    }
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if ('error' in reply) pending?.reject(fromErrorData(reply.error));
    else pending?.resolve(reply.answer as never);
  }

  private lose(worker: Worker, error: unknown): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    const lost = [...this.pending.values()];
    this.pending.clear();
    for (const pending of lost) {
      pending.reject(
        new GridwireError('STORE_UNAVAILABLE', `The store's thread stopped: ${errorText(error)}.`, {
          cause: error,
          details: UNKNOWN_OUTCOME,
        }),
      );
    }
  }
}
