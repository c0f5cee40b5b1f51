import { errorText } from '../../src/errors.js';
import { NO_PROGRESS, type RecoveryProgress } from '../../src/delivery/history/recovery.js';

export interface RepairState extends RecoveryProgress {
  state: 'running' | 'done' | 'cancelled' | 'failed';
}

/** A repair of many letters, which goes on while nobody looks. It owns its promise: how it ended is in its state. */
export class Repair {
  private progress: RecoveryProgress = NO_PROGRESS;
  private ending: 'running' | 'done' | 'failed' = 'running';
  private readonly stop = new AbortController();

  /** @param work starts at once, tells how far it is, and ends when the signal says so */
  constructor(
    work: (
      onProgress: (progress: RecoveryProgress) => void,
      signal: AbortSignal,
    ) => Promise<RecoveryProgress>,
  ) {
    work((progress) => (this.progress = progress), this.stop.signal).then(
      (progress) => {
        this.progress = progress;
        this.ending = 'done';
      },
      (error: unknown) => {
        this.progress = { ...this.progress, lastError: errorText(error) };
        this.ending = 'failed';
      },
    );
  }

  get running(): boolean {
    return this.ending === 'running';
  }

  get state(): RepairState {
    const cancelled = this.ending === 'done' && this.stop.signal.aborted;
    return { ...this.progress, state: cancelled ? 'cancelled' : this.ending };
  }

  /** Ends it after the letters that are under way. */
  cancel(): void {
    this.stop.abort();
  }
}
