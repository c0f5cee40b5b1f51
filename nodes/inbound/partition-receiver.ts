import type { Node, NodeDef } from 'node-red';
import type { SubscribeOptions } from '../../src/brokers/broker.js';
import { systemClock } from '../../src/clock.js';
import type { Partition } from '../../src/delivery/partitions/partition.js';
import { PartitionGroup } from '../../src/delivery/partitions/partition-group.js';
import type { Intake } from '../../src/delivery/partitions/partition-worker.js';
import { GridwireError } from '../../src/errors.js';
import type { InboundMessage } from '../../src/event.js';
import type { Place } from '../../src/observe/facts/facts.js';
import { reportStanding } from '../../src/observe/facts/standings.js';
import type { LeaseStore } from '../../src/store/lease-store.js';
import type { PartitionSettings } from '../fields/partition-settings.js';
import type { NodeTools } from '../runtime/node-behaviour.js';
import type { StatusLine } from '../runtime/status.js';
import type { UsableStoreNode } from '../runtime/store-node.js';

/** What a partition's messages go through; `waiting` of them are to be tried again. */
export interface PartitionIntake extends Intake {
  readonly waiting: number;
}

export interface PartitionReceiverOptions extends PartitionSettings {
  open: (partition: Partition) => PartitionIntake;
  prepare: (taken: readonly Partition[]) => Promise<void>;
}

/** The status has room for a few filters. */
const LONGEST = 60;

/** Receives the partitions of a source that this process has the leases of, and shows which these are. */
export class PartitionReceiver {
  private readonly group: PartitionGroup;
  private readonly intakes = new Set<PartitionIntake>();
  private received = 0;
  private part = { held: 0, total: 0, names: '' };
  private told = '';
  private readonly unreport: () => void;

  private readonly node: Node;
  private readonly status: StatusLine;

  constructor(
    { node, status, repeats }: NodeTools<NodeDef>,
    options: PartitionReceiverOptions,
    subscribe: SubscribeOptions,
    place: Place,
  ) {
    this.node = node;
    this.status = status;
    const { store, prepare, open, ...rest } = options;
    this.group = new PartitionGroup({
      ...rest,
      subscribe,
      prepare,
      clock: systemClock,
      leases: () => leasesOf(store),
      open: (partition) => this.counted(open(partition)),
      onChange: () => this.show(),
      onProblem: ({ code, message }) => repeats.another(code, message),
    });
    this.unreport = reportStanding(() => {
      const { ready, refusal } = this.group.state;
      const refused = refusal === undefined ? {} : { refused: refusal.code };
      return { of: 'subscription', place, stands: ready && refusal === undefined, ...refused };
    });
    this.show();
  }

  start(): void {
    this.group.start();
  }

  /** The partition's way for a message that does not come from the broker; undefined if another process has it. */
  intakeOf(message: InboundMessage): Intake | undefined {
    return this.group.intakeOf(message);
  }

  stop(): Promise<void> {
    this.unreport();
    return this.group.close();
  }

  private counted(intake: PartitionIntake): Intake {
    this.intakes.add(intake);
    return {
      take: (delivery) => {
        this.received += 1;
        intake.take(delivery);
        this.showReceived();
      },
      drain: () => intake.drain?.(),
      get inHand() {
        return intake.inHand ?? 0;
      },
      close: () => {
        this.intakes.delete(intake);
        return intake.close();
      },
    };
  }

  private show(): void {
    const { held, connected, total, retiring, trouble } = this.group.state;
    this.tell(held, total);
    const { status } = this;
    if (held === 0 && trouble !== undefined) status.set('leases', 'error', {}, trouble);
    else status.clear('leases');
    if (connected < held) status.set('connection', 'connecting');
    else status.clear('connection');
    if (retiring > 0) status.set('handing-over', 'retiring', { count: retiring });
    else status.clear('handing-over');
    this.showReceived();
  }

  private showReceived(): void {
    let waiting = 0;
    for (const intake of this.intakes) waiting += intake.waiting;
    if (waiting > 0) this.status.set('retries', 'retrying', { count: waiting });
    else this.status.clear('retries');
    this.status.show('partitions', { ...this.part, count: this.received });
  }

  private tell(held: number, total: number): void {
    const names = this.group.partitions.map(({ filters, except }) =>
      except.length === 0 ? filters.join(' ') : `rest of ${filters.join(' ')}`,
    );
    const all = names.join(', ');
    this.part = { held, total, names: all.length > LONGEST ? `${all.slice(0, LONGEST)}…` : all };
    if (all === this.told) return;
    this.told = all;
    this.node.log(`Works on ${held} of ${total} partitions${all === '' ? '' : `: ${all}`}`);
  }
}

async function leasesOf({ connection }: UsableStoreNode): Promise<LeaseStore> {
  const store = await connection.access();
  if (store.kind === 'postgres') return store.leases;
  throw new GridwireError(
    'SETTING_INVALID',
    'Processes cannot share a source by way of an SQLite file, which belongs to one of them; choose a PostgreSQL store.',
  );
}
