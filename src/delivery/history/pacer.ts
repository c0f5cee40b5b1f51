import type { ReplayPace } from './replay-plan.js';

/** Says when each event of a replay is due. */
export class Pacer {
  private start: { at: number; recorded: number; count: number } | undefined;
  private count = 0;

  constructor(
    private readonly pace: ReplayPace,
    private readonly now: () => number,
  ) {}

  /** Milliseconds until the event, which was recorded at that moment, is due; 0 when it is. */
  wait(recordedAt: number): number {
    this.start ??= { at: this.now(), recorded: recordedAt, count: this.count };
    const elapsed = this.now() - this.start.at;
    return Math.max(0, this.due(recordedAt, this.start) - elapsed);
  }

  /** To be called when the event was started. */
  passed(): void {
    this.count += 1;
  }

  /** Begins to count time anew, after a pause. */
  restart(): void {
    this.start = undefined;
  }

  private due(recordedAt: number, start: { recorded: number; count: number }): number {
    switch (this.pace.kind) {
      case 'original':
        return (recordedAt - start.recorded) / this.pace.factor;
      case 'rate':
        return ((this.count - start.count) * 1_000) / this.pace.perSecond;
      case 'unlimited':
        return 0;
    }
  }
}
