import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import type { Broker, SubscribeOptions } from '../../brokers/broker.js';
import { type Clock, pause } from '../../clock.js';
import { GridwireError, toGridwireError } from '../../errors.js';
import { own } from '../../own.js';
import type { InboundMessage } from '../../event.js';
import type { LeaseStore, LeaseView } from '../../store/lease-store.js';
import { type Partition, partitionOf, sessionName, settingDigest, takes } from './partition.js';
import { planFor } from './partition-plan.js';
import { type Intake, PartitionWorker } from './partition-worker.js';

export interface PartitionGroupOptions {
  /** Processes that name the same group in the same database share the work. */
  group: string;
  partitions: readonly Partition[];
  leases: () => Promise<LeaseStore>;
  /** The session of a partition at the broker, by its name. */
  session: (name: string) => Broker;
  /** Called when a partition is taken over, and for what it had at the broker under an earlier setting. */
  open: (partition: Partition) => Intake;
  /** Waited for before partitions that were taken over begin to work; must not reject, and end when the group closes. */
  prepare: (taken: readonly Partition[]) => Promise<void>;
  subscribe: SubscribeOptions;
  clock: Clock;
  onChange: () => void;
  onProblem: (error: GridwireError) => void;
}

/** What the group looks like from this process. */
export interface GroupState {
  /** Partitions that this process works on, and how many of these are connected to the broker. */
  held: number;
  connected: number;
  total: number;
  /** Partitions of an earlier setting that still have to be worked off, by whichever process. */
  retiring: number;
  /** The broker has granted all that is worked on here; or why it does not. */
  ready: boolean;
  refusal: GridwireError | undefined;
  /** Why the leases cannot be seen to at the moment. */
  trouble: GridwireError | undefined;
}

/** After this long without a sign of life a member's partitions are free, milliseconds. */
export const LEASE = 6_000;
const TICK = 1_000;

interface Held {
  worker: PartitionWorker;
  intake: Intake;
  partition: Partition;
  /** On its way to another member: still at work, or done and the lease to be given back. */
  leaving?: 'at work' | 'done';
}

/**
 * Divides a source among processes. Each partition is worked on by the process that holds its lease, through a session
 * of its own at the broker; whoever takes it over connects with the same session, and so gets all that the one before
 * had not settled. The broker gives a session to one connection at a time: that, and not the lease, is what keeps two
 * processes from working on one partition. The lease decides who may ask for it.
 */
export class PartitionGroup {
  readonly #member: string;
  readonly #setting: string;
  readonly #names: readonly string[];
  readonly #held = new Map<string, Held>();
  /** Taken over, and not yet at work. */
  readonly #preparing = new Set<string>();
  #prepared: Promise<unknown> | undefined;
  #retiring: string[] = [];
  /** Until then nobody else can have taken what this process holds. */
  #certainUntil = -Infinity;
  #trouble: GridwireError | undefined;
  #running: Promise<void> | undefined;
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(private readonly options: PartitionGroupOptions) {
    this.#names = options.partitions.map(({ name }) => name);
    this.#setting = settingDigest(options.partitions);
    this.#member = `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}/${this.#setting}`;
  }

  get state(): GroupState {
    const mine = [...this.#held.values()];
    return {
      held: mine.length,
      connected: mine.filter(({ worker }) => worker.isConnected).length,
      total: this.#names.length,
      retiring: this.#retiring.length,
      ready: mine.every(({ worker }) => worker.isReady),
      refusal: mine.map(({ worker }) => worker.refusal).find((refusal) => refusal !== undefined),
      trouble: this.#trouble,
    };
  }

  /** The partitions that this process works on. */
  get partitions(): Partition[] {
    return [...this.#held.values()].map(({ partition }) => partition);
  }

  /** Who takes a message that did not come from the broker just now; undefined if its partition is not held here. */
  intakeOf({ topic }: InboundMessage): Intake | undefined {
    return [...this.#held.values()].find(({ partition }) => takes(partition, topic))?.intake;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Lets the flow finish what it has, and hands everything over. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#running;
    await this.#prepared;
    await Promise.all([...this.#held.values()].map(({ worker }) => worker.handOver()));
    this.#held.clear();
    await this.#leases(async (leases) => leases.leave(this.options.group, this.#member));
  }

  /** Everything that concerns the leases is done here, one thing after the other. */
  async #run(): Promise<void> {
    while (!this.#closed) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      await this.#leases((leases) => this.#tick(leases));
      this.#fence();
      this.options.onChange();
      await Promise.race([woken, pause(this.options.clock, TICK)]);
    }
  }

  async #tick(leases: LeaseStore): Promise<void> {
    const { group, clock } = this.options;
    await this.#giveBack(leases);
    const askedAt = clock.now();
    const view = await leases.renew(group, this.#member, LEASE);
    this.#certainUntil = askedAt + LEASE;
    this.#leaveLost(view);
    this.#retiring = view.leases.map(({ name }) => name).filter((name) => !this.#names.includes(name));
    if (this.#retiring.length === 0) for (const { worker } of this.#held.values()) worker.release();
    const peers = view.members.filter((member) => member.endsWith(`/${this.#setting}`));
    const { take, give } = planFor(this.#member, this.#names, peers, view.leases);
    for (const name of give) this.#handOver(name);
    const taken = this.#unworked(view);
    for (const name of [...take, ...this.#worthRetiring(view, peers)]) {
      if (await leases.take(group, name, this.#member, LEASE)) taken.push(name);
    }
    if (!this.#closed) await this.#takeOver(leases, taken);
    await this.#noteReady(leases, view);
  }

  /** What this member has the lease of and does not work on: it was fenced, or the store was away when it ended. */
  #unworked(view: LeaseView): string[] {
    const mine = view.leases.filter(({ live, member }) => live && member === this.#member);
    return mine.map(({ name }) => name).filter((name) => !this.#held.has(name) && !this.#preparing.has(name));
  }

  /**
   * What is left of an earlier setting may be worked off when nobody works by that setting any more, and when every
   * partition of the present one has its session: from then on the old sessions get nothing that the new ones miss.
   */
  #worthRetiring(view: LeaseView, peers: readonly string[]): string[] {
    const ready = view.leases.filter((lease) => lease.ready && this.#names.includes(lease.name));
    if (ready.length < this.#names.length || peers.length < view.members.length) return [];
    return view.leases
      .filter(({ name, live }) => !live && this.#retiring.includes(name))
      .map(({ name }) => name);
  }

  async #takeOver(leases: LeaseStore, names: readonly string[]): Promise<void> {
    const { group, prepare } = this.options;
    const taken: Partition[] = [];
    for (const name of names) {
      const partition = partitionOf(name);
      if (partition === undefined) await leases.forget(group, name, this.#member);
      else taken.push(partition);
    }
    if (taken.length === 0) return;
    for (const { name } of taken) this.#preparing.add(name);
    // Not waited for: it may take long, and the leases have to be prolonged meanwhile.
    const begun = prepare(taken).then(() => {
      for (const partition of taken)
        if (this.#preparing.delete(partition.name) && !this.#closed) this.#work(partition);
    });
    this.#prepared = Promise.all([this.#prepared, begun]);
  }

  #work(partition: Partition): void {
    const { group, open, session, subscribe, clock, onChange, onProblem } = this.options;
    const { name } = partition;
    const isRetired = !this.#names.includes(name);
    const intake = open(partition);
    const worker = new PartitionWorker(
      {
        partition,
        intake,
        broker: session(sessionName(group, partition)),
        subscribe,
        clock,
        onChange: () => {
          this.#fence();
          onChange();
        },
        onProblem,
      },
      !isRetired && this.#retiring.length > 0,
    );
    const held: Held = { worker, intake, partition };
    this.#held.set(name, held);
    if (isRetired) own(this.#finish(held), this.options.onProblem);
  }

  async #noteReady(leases: LeaseStore, view: LeaseView): Promise<void> {
    for (const { name, ready } of view.leases) {
      if (!ready && this.#held.get(name)?.worker.isReady === true)
        await leases.ready(this.options.group, name);
    }
  }

  /** Works off what is left of an earlier setting. */
  async #finish(held: Held): Promise<void> {
    if (!(await held.worker.finish())) return;
    await held.worker.stop();
    held.leaving = 'done';
    this.#wake();
  }

  #handOver(name: string): void {
    const held = this.#held.get(name);
    if (held === undefined || held.leaving !== undefined) return;
    held.leaving = 'at work';
    const gone = held.worker.handOver().finally(() => {
      held.leaving = 'done';
      this.#wake();
    });
    own(gone, this.options.onProblem);
  }

  async #giveBack(leases: LeaseStore): Promise<void> {
    for (const [name, { leaving }] of this.#held) {
      if (leaving !== 'done') continue;
      if (this.#names.includes(name)) await leases.release(this.options.group, name, this.#member);
      else await leases.forget(this.options.group, name, this.#member);
      this.#held.delete(name);
    }
  }

  /** Another member has taken over what this one did not prolong in time. */
  #leaveLost(view: LeaseView): void {
    const mine = new Set(view.leases.filter(({ member }) => member === this.#member).map(({ name }) => name));
    for (const name of this.#preparing) if (!mine.has(name)) this.#preparing.delete(name);
    for (const [name, { worker, leaving }] of this.#held) {
      if (mine.has(name) || leaving !== undefined) continue;
      this.#held.delete(name);
      own(worker.stop(), this.options.onProblem);
    }
  }

  /**
   * Without a certain lease a lost connection must not be made again: it would take the session from whoever has the
   * lease now. A connection that stands may go on, because the broker ends it as soon as somebody else has the session.
   */
  #fence(): void {
    if (this.options.clock.now() < this.#certainUntil) return;
    for (const [name, { worker, leaving }] of this.#held) {
      if (worker.isConnected || leaving !== undefined) continue;
      this.#held.delete(name);
      own(worker.stop(), this.options.onProblem);
    }
  }

  async #leases(action: (leases: LeaseStore) => Promise<void>): Promise<void> {
    try {
      await action(await this.options.leases());
      this.#trouble = undefined;
    } catch (thrown) {
      const error = toGridwireError(thrown);
      if (this.#trouble === undefined) this.options.onProblem(awaited(error));
      this.#trouble = error;
    }
  }
}

function awaited(cause: GridwireError): GridwireError {
  const text = `The leases cannot be prolonged: ${cause.message} Partitions that are connected go on; no others are taken over until the store is back.`;
  return new GridwireError('STORE_UNAVAILABLE', text, { cause });
}
