import type { Node } from 'node-red';
import type { Broker, Subscription } from '../../src/brokers/broker.js';
import { type Cancel, type Clock, systemClock } from '../../src/clock.js';
import { facts, type Place } from '../../src/observe/facts/facts.js';
import { reportStanding } from '../../src/observe/facts/standings.js';
import { own } from '../../src/own.js';

const EVERY = 10_000;
/** A broker that has not answered for so long is one that cannot be asked, milliseconds. */
const PATIENCE = 3_000;

/**
 * Asks a broker that keeps a log how far behind a subscription is: for the node's status, and as the metric `lag` for
 * whoever turned metrics on in Node-RED's settings.
 */
export class LagWatch {
  private cancel: Cancel = () => undefined;
  private stopped = false;
  private lag: number | undefined;
  private readonly unreport: () => void;

  constructor(
    private readonly node: Pick<Node, 'error' | 'metric'>,
    private readonly subscription: Pick<Subscription, 'lag'>,
    private readonly broker: Pick<Broker, 'isConnected' | 'silentFor'>,
    private readonly place: Place,
    private readonly onLag: (lag: number) => void,
    private readonly clock: Pick<Clock, 'after'> = systemClock,
  ) {
    this.unreport = reportStanding(() =>
      this.lag === undefined || !this.canBeAsked ? undefined : { of: 'lag', place, count: this.lag },
    );
    own(this.look(), (error) => this.node.error(error.message));
  }

  stop(): void {
    this.stopped = true;
    this.unreport();
    this.cancel();
  }

  /** One that hangs answers neither this nor anything; what it said before is no news of now. */
  private get canBeAsked(): boolean {
    return this.broker.isConnected() && (this.broker.silentFor ?? 0) < PATIENCE;
  }

  private async look(): Promise<void> {
    // While the broker is away there is no saying, not even what it was before; its absence is told elsewhere.
    const lag = await this.subscription.lag?.().catch(() => undefined);
    if (this.stopped) return;
    this.lag = lag;
    if (lag !== undefined) {
      this.node.metric('lag', {}, lag);
      facts.lag.tell({ place: this.place, count: lag });
      this.onLag(lag);
    }
    this.cancel = this.clock.after(EVERY, () => own(this.look(), (error) => this.node.error(error.message)));
  }
}
