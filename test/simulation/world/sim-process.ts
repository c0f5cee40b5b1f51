import type { SentBefore } from '../../../src/delivery/outbound/sent-before.js';
import { type Sleeper, SimClock, type Timeline } from '../engine/timeline.js';
import type { SimBroker } from '../engine/sim-broker.js';
import type { SimStore } from '../engine/sim-store.js';
import type { Subscription } from '../../../src/brokers/broker.js';
import type { Ending, InboxMachine, OutboxMachine } from '../machines/machines.js';
import type { InEvent } from '../rules/in-books.js';

/** A message in the flow's hands. */
export interface Run {
  event: InEvent;
  attempt: number;
  /** It ends when what it publishes has ended. */
  passes: boolean;
  end: (ending: Ending) => void;
}

export interface PublishNode {
  name: string;
  server: string;
  machine: OutboxMachine;
  readonly since: number;
  /** When it last sent something that had waited for its connection. */
  lateAt: number;
}

export interface SourceNode {
  machine: InboxMachine;
  /** Absent until the machine is ready. */
  subscription: Subscription | undefined;
  runs: Run[];
  /** What events are known to be held for, and how many: somebody may decide about it. */
  held: Map<string, number>;
}

/** One process of Node-RED with the nodes that are deployed in it. */
export class SimProcess implements Sleeper {
  alive = true;
  suspended = false;
  readonly clock: SimClock;
  readonly brokers = new Map<string, SimBroker>();
  readonly publishers = new Map<string, PublishNode>();
  source: SourceNode | undefined;
  /** Nodes that are being closed; their successors come after them. */
  closing = 0;
  store: SimStore | undefined;
  /** What its outboxes have sent lately, by their queues; a deploy does not forget it. */
  readonly sentBefore = new Map<string, SentBefore>();

  constructor(
    readonly number: number,
    timeline: Timeline,
  ) {
    this.clock = new SimClock(timeline, this);
  }

  get runs(): boolean {
    return this.alive && !this.suspended;
  }
}
