import { verdictOn } from '../../../src/delivery/retry-rule.js';
import { GridwireError } from '../../../src/errors.js';
import type { InboundMessage, WireMessage } from '../../../src/event.js';
import type { Random } from '../engine/random.js';
import type { Ending, FlowWork, SourceEvent } from '../machines/machines.js';
import type { Run, SimProcess, SourceNode } from './sim-process.js';
import type { World } from './world.js';

const NODE = 's1';

/** The subscribe node of a flow: what comes to it, and what the flow does with it. */
export class SourceSide {
  /** Whether the node is part of what is deployed. */
  deployed = true;
  private last = 100_000;

  constructor(private readonly world: World) {}

  deploy(process: SimProcess): void {
    if (!this.deployed) return;
    const runs: Run[] = [];
    const held = new Map<string, number>();
    const machine = this.world.machines.inbox(
      NODE,
      this.workOf(process, runs, held),
      this.world.surroundings(process),
    );
    const source: SourceNode = { machine, subscription: undefined, runs, held };
    process.source = source;
    this.subscribe(process, source);
  }

  private subscribe(process: SimProcess, source: SourceNode): void {
    const { machine } = source;
    const broker = process.brokers.get('in')!;
    source.subscription = broker.subscribe(
      '#',
      (delivery) => {
        const event = this.world.in.of(delivery.message);
        if (event !== undefined) this.world.in.delivered(event);
        const settle = delivery.settle.bind(delivery);
        delivery.settle = (outcome) => {
          if (!process.alive) return;
          if (event !== undefined) this.world.in.settled(event);
          settle(outcome);
        };
        machine.take(delivery);
      },
      NODE,
    );
    if (broker.isConnected()) for (const intake of broker.intakes) intake.up();
  }

  /** The node is closed, and its successor made if it is still deployed. */
  redeploy(process: SimProcess): void {
    const { source } = process;
    if (source === undefined) return;
    process.source = undefined;
    const closed = source.machine.close();
    source.runs.splice(0);
    // What the flow has published already may be published again, for it was not told.
    this.world.out.excuse(() => true);
    this.world.in.processDied();
    process.closing += 1;
    void closed
      .then(() => source.subscription?.close())
      .then(() => {
        process.closing -= 1;
        this.revive(process);
      });
  }

  /** Disables the node, or enables it again. @returns whether it is on now; undefined if there is no such node */
  enable(process: SimProcess): boolean | undefined {
    if (this.world.profile.shape === 'out') return undefined;
    this.deployed = !this.deployed;
    if (this.deployed) this.revive(process);
    else this.redeploy(process);
    return this.deployed;
  }

  revive(process: SimProcess): void {
    if (process.alive && process.source === undefined && this.world.profile.shape !== 'out')
      this.deploy(process);
    const broker = process.brokers.get('in')!;
    if (broker.isConnected()) for (const intake of broker.intakes) intake.up();
  }

  /** A device publishes something. */
  arrive(random: Random): string {
    const { profile } = this.world;
    this.last += 1;
    const n = this.last;
    const older = [...this.world.in.events.values()];
    const isAgain = older.length > 0 && random.chance(profile.repeated);
    const id = isAgain ? random.pick(older).id : random.chance(profile.hostile) ? `id\0${n}` : `id${n}`;
    const life = random.chance(profile.commands.share) ? profile.commands.life : undefined;
    const message: WireMessage = {
      ...(life === undefined ? {} : { expiresAt: this.world.timeline.wall() + life }),
      topic: `d/${random.int(profile.topics)}`,
      body: Buffer.from(profile.twins ? 'on' : `value ${n}`),
      qos: random.pick([1, 1, 2] as const),
      retain: false,
      headers: { n: String(n), id, ...(random.chance(profile.hostile) ? { poison: '1' } : {}) },
    };
    return this.bring(n, message, id, false, life);
  }

  /** Somebody decides about what is held for one thing. @returns the story; undefined if nothing is known to be held */
  decide({ source }: SimProcess, choice: number, isApproved: boolean): string | undefined {
    const all = [...(source?.held.keys() ?? [])];
    const by = all[choice % Math.max(1, all.length)];
    if (source === undefined || by === undefined) return undefined;
    source.held.delete(by);
    this.world.in.held.decided(by, isApproved, this.world.timeline.time);
    const refusal = new GridwireError('DEVICE_UNKNOWN', 'It was dismissed.');
    source.machine.decided(isApproved ? { by } : { by, refusal });
    return `what is held for ${by} is ${isApproved ? 'approved' : 'refused'}`;
  }

  /** Somebody discards a row that waits for a decision. */
  discard(random: Random): string | undefined {
    const { database } = this.world;
    const row = random.any([...database.parked.values()].filter(({ kind }) => kind === 'held'));
    if (row === undefined) return undefined;
    const event = this.world.in.of(row.message);
    database.transaction(() => database.release(row.queue, row.key));
    if (event !== undefined) this.world.in.discarded(event);
    return `somebody discards what is held of event ${event?.n ?? 0}`;
  }

  /** A letter is repaired: it comes once more. */
  repair(random: Random): string {
    const { database } = this.world;
    const letter = random.any(database.letters);
    if (letter === undefined) return 'there is no letter';
    const original = this.world.in.of(letter.message);
    database.transaction(() => (database.letters = database.letters.filter((other) => other !== letter)));
    if (original !== undefined) original.told += 1;
    this.last += 1;
    const id = original?.id ?? '';
    const headers = { ...letter.message.headers, id, n: String(this.last) };
    const { expiresAt: _late, ...rest } = letter.message;
    // One that is equal to what failed is a twin of it.
    const change = Buffer.from(this.world.profile.twins ? '' : ' repaired');
    const message = { ...rest, body: Buffer.concat([letter.message.body, change]), headers };
    return `repairs the letter of event ${original?.n ?? 0}: ${this.bring(this.last, message, id, true, undefined)}`;
  }

  private bring(
    n: number,
    message: WireMessage,
    id: string,
    repairs: boolean,
    life: number | undefined,
  ): string {
    const { bound, isLog } = this.world.profile.intake;
    const isKept = this.world.servers.get('in')!.session(NODE, bound, isLog).arrive(message);
    if (isKept) this.world.in.arrive(n, message, id, repairs, life);
    return `event ${n} (${JSON.stringify(id)}) arrives${isKept ? '' : ' and is dropped by its broker'}`;
  }

  private workOf(process: SimProcess, runs: Run[], held: Map<string, number>): FlowWork {
    const count = (by: string, more: number): void => void held.set(by, (held.get(by) ?? 0) + more);
    return {
      process: async (message, attempt, origin) => {
        const ending = await this.run(process, runs, message, attempt, origin);
        if (ending.kind === 'held') count(ending.by, 1);
        return ending;
      },
      giveUp: (message, error) => this.giveUp(process, runs, message, error),
      // What no database takes is told, if it cannot be kept.
      tell: ({ code }) => {
        if (code === 'STORE_REFUSED') this.world.in.toldOfRefusal();
      },
      idOf: (message) => String(message.headers['id']),
      heldBefore: ({ by, count: more }) => count(by, more),
      heldNoMore: ({ by, count: less }) => count(by, -less),
    };
  }

  private run(
    process: SimProcess,
    runs: Run[],
    message: InboundMessage,
    attempt: number,
    origin: SourceEvent | undefined,
  ): Promise<Ending> {
    const event = this.world.in.of(message)!;
    if (!process.alive) return new Promise(() => undefined);
    this.world.in.runs(message, event, process.number);
    return new Promise((resolve) => {
      const passes = this.world.profile.shape === 'through';
      const run: Run = {
        event,
        attempt,
        passes,
        end: (ending) => {
          const index = runs.indexOf(run);
          // Of a flow that was stopped nothing is told.
          if (index < 0 || !process.alive) return;
          runs.splice(index, 1);
          const counts = ending.kind === 'failed' && verdictOn(ending.error) !== 'wait';
          this.world.in.ended(message, event, ending.kind, process.number, counts);
          resolve(ending);
        },
      };
      runs.push(run);
      // What is settled on receipt has no name in the flow, and is over as soon as it is sent.
      const { onReceipt } = this.world.profile.inbox;
      if (passes) this.passOn(process, run, message, onReceipt ? undefined : origin);
      if (passes && onReceipt) run.end({ kind: 'done' });
    });
  }

  /** The flow publishes what it was given; its run ends with that. */
  private passOn(
    process: SimProcess,
    run: Run,
    message: InboundMessage,
    origin: SourceEvent | undefined,
  ): void {
    if (!process.publishers.has('p1')) {
      run.end({ kind: 'aborted' });
      return;
    }
    const { topic, qos } = message;
    const body = Buffer.from(message.body);
    const wire = {
      topic: `out/${topic}`,
      body,
      qos,
      retain: false,
      headers: { source: String(run.event.n) },
    };
    const sent = this.world.publishing.hand(process, 'p1', wire, undefined, origin, (error) =>
      run.end(error === undefined ? { kind: 'done' } : { kind: 'failed', error }),
    );
    // What may run again may be published again.
    if (run.event.excused) sent.excused = true;
  }

  private giveUp(
    process: SimProcess,
    runs: Run[],
    message: InboundMessage,
    error: GridwireError,
  ): Promise<Ending> {
    const event = this.world.in.of(message)!;
    const { wiredRejected } = this.world.profile.inbox;
    event.givenUp = true;
    event.endedWell = false;
    if (error.code === 'EVENT_EXPIRED') this.world.in.expired(event);
    if (!process.alive) return new Promise(() => undefined);
    if (wiredRejected) {
      return new Promise((resolve) => {
        const run: Run = {
          event,
          attempt: 0,
          passes: false,
          end: (ending) => {
            const index = runs.indexOf(run);
            if (index < 0 || !process.alive) return;
            runs.splice(index, 1);
            if (ending.kind === 'done') event.told += 1;
            resolve(ending);
          },
        };
        runs.push(run);
      });
    }
    if (process.store === undefined) {
      event.told += 1;
      return Promise.resolve({ kind: 'done' });
    }
    const { topic, body, qos, headers } = message;
    const letter = { message: { topic, body, qos, retain: false, headers }, reason: error.message };
    const failedAt = Math.floor(process.clock.wall());
    return Promise.resolve({
      kind: 'done',
      deadLetter: { ...letter, code: error.code, fault: error.fault, failedAt },
    });
  }
}
