import type { Cancel, Clock } from '../clock.js';
import { listen } from '../observe/facts/facts.js';
import { type KeptEvent, LiveView, type LiveWish } from './live-view.js';

/** So long after the last question somebody has gone, milliseconds. */
const IDLE = 10_000;
/** Most people at a time. */
const MOST = 20;

/** Those who look on now, by names that their pages give themselves. While there is nobody nothing is listened to. */
export class LiveViews {
  private readonly views = new Map<string, { view: LiveView; leave: Cancel }>();
  private unlisten: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /**
   * What somebody sees; it begins with their first question, and anew with another wish. Undefined where there are too many.
   * @param isPaused they want to keep what they see
   */
  of(viewer: string, wish: LiveWish, isPaused = false): LiveView | undefined {
    const known = this.views.get(viewer);
    if (known === undefined && this.views.size >= MOST) return undefined;
    known?.leave();
    const isSame = known?.view.wish.topic === wish.topic && known.view.wish.way === wish.way;
    const view = isSame ? known.view : new LiveView(wish, this.clock);
    view.isPaused = isPaused;
    this.views.set(viewer, { view, leave: this.clock.after(IDLE, () => this.forget(viewer)) });
    this.unlisten ??= listen({
      passing: (passing) => {
        for (const each of this.views.values()) each.view.offer(passing);
      },
    });
    return view;
  }

  /** What is kept of a row that somebody was shown. */
  open(viewer: string, row: number): KeptEvent | undefined {
    return this.views.get(viewer)?.view.open(row);
  }

  private forget(viewer: string): void {
    this.views.delete(viewer);
    if (this.views.size > 0) return;
    this.unlisten?.();
    this.unlisten = undefined;
  }
}
