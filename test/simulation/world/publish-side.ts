import { type GridwireError, toGridwireError } from '../../../src/errors.js';
import { messageBytes, type WireMessage } from '../../../src/event.js';
import type { Random } from '../engine/random.js';
import type { SimBroker } from '../engine/sim-broker.js';
import type { SourceEvent } from '../machines/machines.js';
import { numberOf } from '../rules/numbers.js';
import type { OutEvent } from '../rules/out-books.js';
import type { SimProcess } from './sim-process.js';
import type { World } from './world.js';

/** Queues that another instance has taken. */
const OTHER = 'other/';
/** By so much a rate may be ahead for a moment, milliseconds. */
const TIMERS = 20;

/** The publish nodes of a flow: which there are, which broker each has, and what they are asked to send. */
export class PublishSide {
  /** What is deployed: the nodes, and the server of each. */
  readonly nodes = new Map<string, string>();
  /** Nodes of this process that are being closed. */
  private readonly closing = new Set<string>();
  /** Processes in which an outbox has followed another; what the first one ends late the second one counts still. */
  readonly redeployed = new Set<SimProcess>();
  private readonly disabled = new Map<string, string>();
  private last = 0;

  constructor(private readonly world: World) {
    this.nodes.set('p1', 'out1');
    if (world.profile.brokers === 2) this.nodes.set('p2', 'out2');
  }

  deploy(process: SimProcess): void {
    this.closing.clear();
    for (const [name, server] of this.nodes) this.add(process, name, server);
  }

  add(process: SimProcess, name: string, server: string): void {
    const { world } = this;
    const onLost = (error: GridwireError, message: WireMessage): void => {
      if (!process.alive) return;
      world.verdicts.hold(message.body.byteLength > 0, 'no letter without its bytes', () => error.message);
      const event = world.out.givenUp(message);
      if (event !== undefined) world.out.tellFailed(event, error, process.number, false);
    };
    const broker = process.brokers.get(server)!;
    const place = { node: name, server, broker: broker.port, onLost };
    const machine = world.machines.outbox(place, world.surroundings(process));
    process.publishers.set(name, { name, server, machine, since: world.timeline.time, lateAt: -Infinity });
  }

  /** Closes a node; its successor, if the deploy has one, comes when it is closed. */
  redeploy(process: SimProcess, name: string): void {
    const node = process.publishers.get(name);
    if (node === undefined) return;
    process.publishers.delete(name);
    process.closing += 1;
    this.redeployed.add(process);
    this.closing.add(name);
    void node.machine.close().then(() => {
      process.closing -= 1;
      if (process.alive) this.closing.delete(name);
      // What the broker has not answered by now is sent again by the successor.
      for (const event of this.world.out.events.values()) {
        if (event.node !== name) continue;
        event.excused = true;
        // Nobody could know that the broker would still acknowledge it.
        if (event.wired > 0) Object.assign(event, { endUncertain: true, outOfTurn: true });
      }
      this.revive(process, name);
    });
  }

  /** Disables a node, or enables it again. @returns whether it is on now; undefined if there is no such node */
  enable(process: SimProcess, name: string): boolean | undefined {
    const off = this.disabled.get(name);
    if (off !== undefined) {
      this.disabled.delete(name);
      this.nodes.set(name, off);
      this.revive(process, name);
      return true;
    }
    const server = this.nodes.get(name);
    if (server === undefined) return undefined;
    this.disabled.set(name, server);
    this.nodes.delete(name);
    this.redeploy(process, name);
    return false;
  }

  swap(process: SimProcess): void {
    for (const [name, server] of this.nodes) this.nodes.set(name, server === 'out1' ? 'out2' : 'out1');
    // What is changed while no process runs shows as the next one starts.
    if (process.alive) for (const name of this.nodes.keys()) this.redeploy(process, name);
  }

  /** What is accepted, or known to be written, only now may go first. */
  connected(server: string): void {
    const { profile, calls, out } = this.world;
    if (!profile.publish.liveFirst) return;
    const isWriting = calls.names().some((name) => name.startsWith('outbox.add'));
    for (const event of out.events.values())
      if (event.server === server && event.end === 'pending' && (isWriting || event.rows === 0))
        event.outOfTurn = true;
  }

  /** Something is written to the wire: what waited for its connection only so often. */
  wired(process: SimProcess, broker: SimBroker, message: WireMessage): void {
    const { out, profile, timeline, verdicts } = this.world;
    const event = out.of(message);
    const node = event && process.publishers.get(event.node);
    const { drainRate } = profile.publish;
    if (drainRate === 0 || event === undefined || node?.server !== broker.server.name) return;
    const acceptedAt = profile.durable ? event.rowAt : event.since;
    // What its source has brought again is accepted again.
    if (acceptedAt >= Math.max(node.since, broker.upSince) || out.sameSource(event).length > 1) return;
    const gap = timeline.time - node.lateAt;
    node.lateAt = timeline.time;
    const isSlow = gap >= 1_000 / drainRate - TIMERS;
    const text = (): string => `event ${event.n} comes after ${gap} ms`;
    verdicts.hold(isSlow, 'what waited for a connection comes at its rate', text);
  }

  /** Puts back what was changed, so that what waits in each queue can be sent. */
  heal(process: SimProcess): void {
    for (const name of [...this.disabled.keys()]) this.enable(process, name);
  }

  /** Another instance takes what a dead one has left, or one that seems to be dead. */
  takeOver(): string | undefined {
    const { lease, timeline, database, profile, process } = this.world;
    const isLeft = lease.until <= timeline.time || !process.alive;
    if (!profile.shared || !isLeft || lease.holder === undefined) return undefined;
    lease.holder = undefined;
    // What is on the wire of one that only sleeps may arrive all the same.
    for (const event of this.world.out.events.values()) if (event.wired > 0) event.excused = true;
    database.transaction(() => {
      for (const row of database.outbox) {
        if (row.queue.startsWith(OTHER)) continue;
        row.queue = `${OTHER}${row.queue}`;
        // Who had it may tell its end for as long as it does not know.
        const event = this.world.out.of(row.message);
        if (event !== undefined) Object.assign(event, { endUncertain: true, outOfTurn: true });
      }
    });
    return 'another instance takes the queues';
  }

  /** The other instance sends the first of what it has taken. */
  otherSends(): string | undefined {
    const { database, out, servers, timeline } = this.world;
    const row = database.outbox.find(({ queue }) => queue.startsWith(OTHER));
    const event = row && out.of(row.message);
    if (row === undefined || event === undefined) return undefined;
    database.transaction(() => database.deleteOutbox(row.queue, [row.id]));
    if (event.life !== undefined && timeline.time - event.since > event.life) {
      event.told += 1;
      return `the other instance tells that event ${event.n} has expired`;
    }
    out.wired(event.server, row.message);
    servers.get(event.server)!.receive(row.message);
    return `the other instance sends event ${event.n}`;
  }

  /** Rows that some node which is deployed sends; all others are orphans, which stay and are shown. */
  get ownedRows(): number {
    const { database, machines } = this.world;
    const owned = new Set([...this.nodes].map(([name, server]) => machines.queueOf(name, server)));
    return database.outbox.filter(({ queue }) => owned.has(queue)).length;
  }

  /** Starts a node that is deployed and does not run. */
  revive(process: SimProcess, name: string): void {
    const server = this.nodes.get(name);
    if (process.alive && server !== undefined && !process.publishers.has(name) && !this.closing.has(name))
      this.add(process, name, server);
  }

  /** A flow sends a message by itself. */
  send(random: Random): string {
    const { process, profile } = this.world;
    const node = random.any([...process.publishers.values()]);
    if (node === undefined) return 'nobody sends';
    const isCommand = random.chance(profile.commands.share);
    const life = isCommand ? profile.commands.life : undefined;
    const message: WireMessage = {
      topic: `t/${random.int(profile.topics)}`,
      body: Buffer.alloc(random.chance(profile.huge) ? 30_000 : 10),
      qos: random.pick([0, 1, 1, 2] as const),
      retain: false,
      headers: {},
      ...(life === undefined ? {} : { expiresAt: process.clock.wall() + life }),
    };
    const event = this.hand(process, node.name, message, life, undefined);
    return `sends event ${event.n} by ${node.name}${isCommand ? ', a command' : ''}, QoS ${message.qos}`;
  }

  /** @returns the event, whose end is kept by the books */
  hand(
    process: SimProcess,
    name: string,
    message: WireMessage,
    life: number | undefined,
    origin: SourceEvent | undefined,
    onEnd: (error: GridwireError | undefined, isKept: boolean) => void = () => undefined,
  ): OutEvent {
    const { world } = this;
    const { out, profile } = world;
    const { server, machine } = process.publishers.get(name)!;
    this.last += 1;
    const numbered = { ...message, headers: { ...message.headers, n: String(this.last) } };
    const room = this.roomOf(process, name, messageBytes(numbered));
    const event = out.accept({
      n: this.last,
      message: numbered,
      node: name,
      server,
      durable: profile.durable,
      source: message.headers['source'] === undefined ? undefined : String(message.headers['source']),
      isAgain: origin?.mayExist === true,
      process: process.number,
      outbox: machine,
      life,
    });
    // It may pass those that wait; they keep their order among themselves.
    if (profile.publish.liveFirst && process.brokers.get(server)!.isConnected()) event.outOfTurn = true;
    machine.send(numbered, origin).then(
      (result) => {
        if (!process.alive) return;
        const mayPass = profile.publish.whenFull === 'drop-oldest' || event.source !== undefined;
        const hadRoom = room?.isFull !== true || mayPass;
        const text = (): string => `${name} takes event ${event.n} though it is full`;
        world.verdicts.hold(hadRoom, 'memory and rows stay within their bounds', text);
        if (result === undefined) out.kept(event, this.isInStore(event));
        else out.sent(event);
        onEnd(undefined, result === undefined);
      },
      (thrown: unknown) => {
        if (!process.alive) return;
        const error = toGridwireError(thrown);
        out.tellFailed(event, error, process.number, event.received > 0 && event.end === 'sent');
        const isFull = room?.mayBeFull !== false;
        const passes = error.code === 'BROKER_DISCONNECTED' || error.code === 'BROKER_QUOTA';
        const isClosed = process.publishers.get(name)?.machine !== machine;
        world.verdicts.hold(!passes || isClosed, 'what passes is waited for', () => `event ${event.n}`);
        if (error.code === 'OUTBOX_DROPPED') {
          const mayGiveWay = profile.publish.whenFull === 'drop-oldest' || world.exchanged !== undefined;
          world.verdicts.hold(mayGiveWay, 'nothing is told as erased that was not', () => `event ${event.n}`);
          const older = out.open(machine).find((other) => other.n < event.n && isWaiting(other));
          world.verdicts.hold(
            older === undefined || world.exchanged !== undefined,
            'the oldest gives way',
            () => `event ${event.n}, not ${older?.n ?? 0}`,
          );
        }
        if (error.code === 'OUTBOX_FULL')
          world.verdicts.hold(isFull, 'every number is what is really there', () => `${name} is not full`);
        onEnd(error, false);
      },
    );
    return event;
  }

  /**
   * Whether a node is sure to have room, or sure to be full; undefined while that changes. Rows of what has ended count
   * as long as they are not removed.
   */
  private roomOf(
    process: SimProcess,
    name: string,
    bytes: number,
  ): { isFull: boolean; mayBeFull: boolean } | undefined {
    const { calls, machines, database, profile, out } = this.world;
    const { server, machine } = process.publishers.get(name)!;
    if (calls.open > 0 || profile.shared || this.world.exchanged || this.redeployed.has(process))
      return undefined;
    const queue = machines.queueOf(name, server);
    const rows = database.outbox.filter((row) => row.queue === queue).map(({ message }) => message);
    const live = rows.filter((message) => out.of(message)?.told === 0 && out.of(message)?.received === 0);
    const waiting = out.open(machine).map(({ message }) => message);
    const fills = (messages: readonly WireMessage[]): boolean => {
      // By number: with a clock that was set, a row has another time to live than its sender gave.
      const all = [...new Map([...messages, ...waiting].map((each) => [numberOf(each), each])).values()];
      const sum = all.reduce((before, message) => before + messageBytes(message), bytes);
      return all.length >= profile.publish.count || sum > profile.publish.bytes;
    };
    return { isFull: fills(live), mayBeFull: fills(rows) };
  }

  /** Whether the store has it, or another sending of the same event of a source. */
  isInStore(event: OutEvent): boolean {
    const all = new Set(this.world.out.sameSource(event).map(({ n }) => n));
    return this.world.database.outbox.some(({ message }) => all.has(numberOf(message)));
  }
}

/** In its outbox, and neither on the wire nor on its way into the journal. */
function isWaiting({ durable, rows, wired, source }: OutEvent): boolean {
  // What a source brings again may follow an older row.
  return source === undefined && wired === 0 && (!durable || rows > 0);
}
