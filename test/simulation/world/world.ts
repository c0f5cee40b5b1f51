import { Calls } from '../engine/calls.js';
import { Database, type ParkedRow } from '../engine/database.js';
import { Random } from '../engine/random.js';
import { Server } from '../engine/server.js';
import { SimBroker } from '../engine/sim-broker.js';
import { SimStore } from '../engine/sim-store.js';
import { type LeaseRow, SimTenure } from '../engine/sim-tenure.js';
import { Timeline } from '../engine/timeline.js';
import type { Machines } from '../machines/machines.js';
import { InBooks } from '../rules/in-books.js';
import { numberOf } from '../rules/numbers.js';
import { checkRetries, checkRows, checkSizes } from '../rules/rows.js';
import { OutBooks } from '../rules/out-books.js';
import { Verdicts } from '../rules/violation.js';
import type { Profile } from './profile.js';
import { PublishSide } from './publish-side.js';
import { SimProcess } from './sim-process.js';
import { SourceSide } from './source-side.js';

/** Everything that outlives a process, the process that runs now, and the onlooker's books. */
export class World {
  readonly timeline = new Timeline();
  readonly calls = new Calls();
  readonly database = new Database();
  readonly lease: LeaseRow = { holder: undefined, until: 0 };
  readonly servers = new Map<string, Server>();
  readonly verdicts = new Verdicts();
  readonly out: OutBooks;
  readonly in: InBooks;
  readonly publishing: PublishSide;
  readonly receiving: SourceSide;
  /** What chance decides within the code under test. */
  readonly random: Random;
  process: SimProcess;
  /** The process under which the store was exchanged: it has not read what is there now. */
  exchanged: SimProcess | undefined;
  /** Since when nothing has gone wrong; Infinity while things do. */
  healthySince = Infinity;
  private processes = 0;

  constructor(
    seed: number,
    readonly profile: Profile,
    readonly machines: Machines,
  ) {
    this.random = new Random(seed + 1);
    this.out = new OutBooks(this.timeline, this.verdicts);
    this.in = new InBooks(this.timeline, this.verdicts, this.storeAsSeen(), {
      hasStore: profile.durable && !profile.inbox.onReceipt,
      onReceipt: profile.inbox.onReceipt,
      attempts: profile.inbox.attempts,
      duplicates: profile.inbox.duplicates && profile.durable && !profile.inbox.onReceipt,
    });
    for (const name of ['in', 'out1', 'out2']) {
      const server = new Server(
        name,
        (to, message) => this.out.received(to.name, message),
        (message) => this.in.acknowledged(message),
      );
      this.servers.set(name, server);
    }
    this.database.onRow = (message) => this.out.written(message);
    this.database.onLetter = ({ body }) =>
      this.verdicts.hold(body.byteLength > 0, 'no letter without its bytes', () => 'a letter is empty');
    this.publishing = new PublishSide(this);
    this.receiving = new SourceSide(this);
    this.process = this.newProcess();
  }

  /** A new process takes the place of the last one, with all nodes that are deployed. */
  newProcess(): SimProcess {
    this.processes += 1;
    const process = new SimProcess(this.processes, this.timeline);
    this.process = process;
    const { profile } = this;
    if (profile.durable) process.store = this.storeOf(process);
    for (const server of this.servers.values()) process.brokers.set(server.name, this.link(server, process));
    if (profile.shape !== 'in') this.publishing.deploy(process);
    if (profile.shape !== 'out') this.receiving.deploy(process);
    return process;
  }

  kill(process: SimProcess, happens: () => boolean, reaches: number): void {
    process.alive = false;
    for (const broker of process.brokers.values()) broker.die(reaches);
    this.calls.die(process, happens);
    this.timeline.forget(process);
    this.out.processDied(process.number);
    this.in.processDied();
  }

  /**
   * The store's file gets another content while it is in use. The store says so: what was kept may be missing, and what
   * was sent may come again. What the process has in hand is not lost by that.
   */
  exchangeStore(isForCopy: boolean): string | undefined {
    const { database, out, publishing } = this;
    if (!this.profile.durable) return undefined;
    database.exchange(isForCopy);
    this.exchanged = this.process;
    out.excuse(() => true);
    for (const event of out.events.values()) {
      Object.assign(event, { endUncertain: true, outOfTurn: true });
      const hadRow = out.sameSource(event).some(({ rows }) => rows > 0);
      if (hadRow && !publishing.isInStore(event)) event.told += 1;
    }
    this.in.contentLost();
    return `the store's file is ${isForCopy ? 'overwritten by the copy' : 'emptied'}`;
  }

  /** What is not over may be repeated, because something came between. */
  excuseAll(): void {
    this.out.excuse(({ end, received }) => end === 'pending' || end === 'kept' || received > 0);
    this.in.excuse(({ acknowledged }) => !acknowledged);
  }

  /** The promises that hold at every moment. */
  check(): void {
    if (this.profile.shape !== 'out') this.in.check();
    const isNamed = this.profile.shape === 'through' && !this.profile.inbox.onReceipt;
    if (isNamed && this.exchanged === undefined) checkRows(this.database, this.verdicts);
    if (!this.profile.shared && this.exchanged === undefined && !this.publishing.redeployed.has(this.process))
      checkSizes(this);
    if (this.healthySince !== Infinity && this.exchanged === undefined) checkRetries(this);
    this.verdicts.check();
  }

  surroundings(process: SimProcess): Parameters<Machines['outbox']>[1] {
    const { clock, store, sentBefore } = process;
    return { clock, store, sentBefore, profile: this.profile, random: () => this.random.next() };
  }

  private storeOf(process: SimProcess): SimStore {
    const { database, calls, timeline, lease } = this;
    const tenure = this.profile.shared
      ? new SimTenure(lease, calls, process, process.clock, timeline)
      : undefined;
    return new SimStore(database, calls, process, process.clock, timeline, tenure);
  }

  private link(server: Server, process: SimProcess): SimBroker {
    const { wire, intake } = this.profile;
    return new SimBroker(server, process, {
      windows: wire,
      intake: { ...intake, now: () => process.clock.now(), owner: process },
      time: () => this.timeline.time,
      onUp: ({ server: { name } }) => this.publishing.connected(name),
      onWire: (broker, message) => {
        this.out.wired(broker.server.name, message);
        this.publishing.wired(process, broker, message);
      },
    });
  }

  /** What an onlooker sees in the store; looked up anew only when something has changed there. */
  private storeAsSeen(): ConstructorParameters<typeof InBooks>[2] {
    const { database } = this;
    let seen = { version: -1, parked: new Map<number, ParkedRow[]>(), letters: new Map<number, number>() };
    const look = (): typeof seen => {
      if (seen.version === database.version) return seen;
      seen = { version: database.version, parked: new Map(), letters: new Map() };
      // What was sent again may have several.
      for (const row of database.parked.values()) {
        const n = numberOf(row.message);
        seen.parked.set(n, [...(seen.parked.get(n) ?? []), row]);
      }
      for (const { message } of database.letters) {
        const n = numberOf(message);
        seen.letters.set(n, (seen.letters.get(n) ?? 0) + 1);
      }
      return seen;
    };
    const isClosed = (n: number): boolean => {
      const rows = look().parked.get(n) ?? [];
      return rows.length > 0 && rows.every(({ kind, refusal }) => kind === 'held' || refusal !== undefined);
    };
    return { isClosed, isParked: (n) => look().parked.has(n), lettersOf: (n) => look().letters.get(n) ?? 0 };
  }
}
