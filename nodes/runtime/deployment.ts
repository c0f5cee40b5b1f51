import type { NodeAPI } from 'node-red';

/**
 * Whether the flows stand. Between `flows:stopping` and `flows:started` the nodes behind a wire may be missing, and
 * what is sent to a missing node vanishes; a source that is made, or lives on, in a deploy has to wait for its end.
 * One per runtime: `deploymentOf(RED)`.
 */
export class Deployment {
  private started = false;
  private readonly users = new Set<() => void>();
  private waiting: (() => void)[] = [];
  private readonly onStopping = (): void => void (this.started = false);
  private readonly onStarted = (): void => {
    this.started = true;
    for (const tell of this.users) tell();
    const waiting = this.waiting;
    this.waiting = [];
    for (const resume of waiting) resume();
  };

  constructor(private readonly RED: NodeAPI) {}

  /** Whether the flows stand. */
  get isOver(): boolean {
    return this.started;
  }

  /** Resolves when the flows stand; undefined if they do, so that nobody waits in vain. */
  get ready(): Promise<void> | undefined {
    return this.started ? undefined : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** To be called while the flows are being started, as every constructor of a node is. @param tell after every deploy */
  enter(tell: () => void): void {
    if (this.users.size === 0) {
      this.started = false;
      this.RED.events.on('flows:stopping', this.onStopping);
      this.RED.events.on('flows:started', this.onStarted);
    }
    this.users.add(tell);
  }

  leave(tell: () => void): void {
    if (!this.users.delete(tell) || this.users.size > 0) return;
    this.RED.events.removeListener('flows:stopping', this.onStopping);
    this.RED.events.removeListener('flows:started', this.onStarted);
    this.waiting = [];
  }
}

/** Every node set gets a `RED` of its own, but all of one runtime share its events. */
const instances = new WeakMap<object, Deployment>();

export function deploymentOf(RED: NodeAPI): Deployment {
  let instance = instances.get(RED.events);
  if (!instance) instances.set(RED.events, (instance = new Deployment(RED)));
  return instance;
}
