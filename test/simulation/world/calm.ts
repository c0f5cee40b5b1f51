import { GridwireError } from '../../../src/errors.js';
import { Random } from '../engine/random.js';
import { Violation } from '../rules/violation.js';
import type { SimProcess } from './sim-process.js';
import type { World } from './world.js';

/** Within this simulated time after the last fault everything must have ended, milliseconds. */
const BOUND = 20 * 60_000;
const MOST_STEPS = 5_000;
/** An inbox looks into its queue at least as often, milliseconds; what failed meanwhile is asked again. */
const LOOKED_BY = 150_000;
const STORM = 40_000;
const STORM_EVERY = 60;

/** Liveness: every fault is healed, and everything must come to its end within a bounded time. */
export async function settleDown(world: World, tell: (text: string | undefined) => void): Promise<void> {
  const process = heal(world);
  await turn();
  world.healthySince = world.timeline.time;
  if (world.profile.storm) await storm(world, process, tell);
  const end = world.timeline.time + BOUND;
  let steps = 0;
  while (!isOver(world, process)) {
    steps += 1;
    if (steps > MOST_STEPS || world.timeline.time > end) break;
    tell(step(world, process));
    await turn();
    world.check();
  }
  world.out.finish((event) => world.publishing.isInStore(event));
  world.in.finish();
  world.verdicts.check();
  finishAccounts(world, process, steps > MOST_STEPS);
}

/** Many events come and fail, in a world in which all else goes well: none may be postponed by the others. */
async function storm(
  world: World,
  process: SimProcess,
  tell: (text: string | undefined) => void,
): Promise<void> {
  const random = new Random(world.profile.length);
  const end = world.timeline.time + STORM;
  let next = world.timeline.time;
  while (world.timeline.time < end) {
    const failing = process.source?.runs.find(({ event, attempt }) => attempt === 1 && event.n % 2 === 0);
    if (failing !== undefined) {
      failing.end({ kind: 'failed', error: new GridwireError('FLOW_FAILED', 'The flow failed.') });
      tell(`the flow fails with event ${failing.event.n}`);
    } else if (world.timeline.time >= next) {
      next += 2 * STORM_EVERY * random.next();
      tell(world.receiving.arrive(random));
    } else tell(step(world, process, next));
    await turn();
    world.check();
  }
}

function heal(world: World): SimProcess {
  world.timeline.thaw();
  world.database.full = false;
  for (const server of world.servers.values()) server.down = false;
  world.process.suspended = false;
  // The next one reads what is there.
  if (world.exchanged === world.process && world.process.alive) world.kill(world.process, () => true, 0);
  if (!world.process.alive) world.newProcess();
  if (!world.receiving.deployed) world.receiving.enable(world.process);
  world.publishing.heal(world.process);
  return world.process;
}

/** One step of a world in which all goes well. */
function step(world: World, process: SimProcess, until = Infinity): string | undefined {
  const { calls, timeline, publishing, receiving, healthySince } = world;
  const called = calls.advance(0, 'done');
  if (called !== undefined) return called;
  for (const broker of process.brokers.values()) {
    if (!broker.isConnected()) {
      broker.up();
      return `connects to ${broker.server.name}`;
    }
    const answered = broker.advance(0, 'taken');
    if (answered !== undefined) return `${broker.server.name} ${answered}`;
    for (const intake of broker.intakes) {
      if (intake.hasAcknowledgements) {
        intake.arrive();
        return 'acknowledgements arrive';
      }
      const delivered = intake.deliver();
      if (delivered !== undefined) return delivered;
    }
  }
  const sent = publishing.otherSends();
  if (sent !== undefined) return sent;
  const run = process.source?.runs.find((each) => !each.passes);
  if (run !== undefined) {
    run.end({ kind: 'done' });
    return `the flow ends with event ${run.event.n}: done`;
  }
  const next = timeline.nextAt();
  // By then it is known what others have discarded.
  if (timeline.time - healthySince >= LOOKED_BY || next === undefined) {
    checkHeld(world, process);
    const decided = receiving.decide(process, 0, true);
    if (decided !== undefined) return decided;
  }
  timeline.time = Math.max(timeline.time, Math.min(next ?? Infinity, until));
  timeline.takeDue()?.callback();
  return undefined;
}

function isOver(world: World, process: SimProcess): boolean {
  const { database, calls, out, servers } = world;
  if (calls.open > 0 || process.closing > 0) return false;
  if ([...process.publishers.values()].some(({ machine }) => machine.size !== 0)) return false;
  if (world.publishing.ownedRows > 0 || database.parked.size > 0) return false;
  if ([...process.brokers.values()].some((broker) => broker.underWay > 0)) return false;
  if ((process.source?.runs.length ?? 0) > 0 || (process.source?.machine.waiting ?? 0) > 0) return false;
  for (const { sessions } of servers.values())
    for (const session of sessions.values()) if (!session.isEmpty) return false;
  for (const event of out.events.values()) if (event.end === 'pending') return false;
  return true;
}

function finishAccounts({ database, publishing }: World, process: SimProcess, isEndless: boolean): void {
  const fail = (text: string): never => {
    throw new Violation('once faults stop everything ends', text);
  };
  if (isEndless) fail('something goes on and on');
  if (publishing.ownedRows > 0) fail(`${publishing.ownedRows} rows are left in the outbox`);
  if (database.parked.size > 0) fail(`${database.parked.size} rows are left parked`);
  for (const [name, { machine }] of process.publishers)
    if (machine.size !== 0)
      throw new Violation(
        'every number is what is really there',
        `${name} counts ${machine.size}, 0 are there`,
      );
  const { memory = { messages: 0, bytes: 0 }, waiting = 0 } = process.source?.machine ?? {};
  if (memory.messages !== 0 || memory.bytes !== 0 || waiting !== 0)
    throw new Violation(
      'every number is what is really there',
      `the inbox remembers ${memory.messages} messages of ${memory.bytes} bytes, and ${waiting} wait`,
    );
  for (const broker of process.brokers.values())
    for (const { session } of broker.intakes) if (!session.isEmpty) fail('messages are left with the broker');
}

/** Who decides sees as many as there are. */
function checkHeld({ database, in: books, verdicts }: World, { source }: SimProcess): void {
  const shown = source?.held ?? new Map<string, number>();
  const rows = [...database.parked.values()].filter(({ kind }) => kind === 'held');
  for (const by of new Set([...shown.keys(), ...rows.map((row) => row.by ?? '')])) {
    const count = shown.get(by) ?? 0;
    const kept = rows.filter((row) => row.by === by).length;
    const isReal = count >= kept && count <= kept + books.held.inMemory(by);
    const text = (): string => `${count} are shown as held by ${by}, ${kept} are in the store`;
    verdicts.hold(isReal, 'every number is what is really there', text);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
