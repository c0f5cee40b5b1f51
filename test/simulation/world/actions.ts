import { GridwireError } from '../../../src/errors.js';
import type { Fate } from '../engine/calls.js';
import type { Random } from '../engine/random.js';
import type { Answer } from '../engine/sim-broker.js';
import type { Ending } from '../machines/machines.js';
import type { ActionKind } from './profile.js';
import type { World } from './world.js';

const HOUR = 3_600_000;
const LONGER_THAN_A_LEASE = 20_000;

/** What each action does. @returns what happened, for the story */
type Actions = Record<ActionKind, (world: World, random: Random) => string | undefined>;

export const actions: Actions = {
  send: ({ publishing, process }, random) => (process.runs ? publishing.send(random) : undefined),
  arrive: ({ receiving }, random) => receiving.arrive(random),
  recover: ({ receiving }, random) => receiving.repair(random),

  store: (world, random) => call(world, random, 'done'),
  storeLate: (world, random) => call(world, random, 'late'),
  storeFault: (world, random) =>
    call(world, random, random.pick(['failed-before', 'failed-after', 'failed-partly'] as const)),
  storeFull: ({ database }) => {
    database.full = !database.full;
    return database.full ? 'the store is full' : 'the store has room';
  },

  storeCopied: ({ database }) => {
    database.backUp();
    return 'somebody copies the store';
  },
  storeExchanged: (world, random) =>
    world.profile.shared ? undefined : world.exchangeStore(random.chance(0.5)),

  broker: (world, random) => answer(world, random, 'taken'),
  refuse: (world, random) => answer(world, random, 'refused'),
  quota: (world, random) => answer(world, random, 'quota'),

  deliver: ({ process }) => (process.runs ? process.brokers.get('in')?.intakes[0]?.deliver() : undefined),
  acknowledge: ({ process }) => {
    const intake = process.brokers.get('in')?.intakes[0];
    if (intake?.hasAcknowledgements !== true) return undefined;
    intake.arrive();
    return 'acknowledgements arrive';
  },

  flowDone: (world, random) => endRun(world, random, { kind: 'done' }),
  flowFails: (world, random) => endRun(world, random, failed('FLOW_FAILED', 'The flow failed.')),
  flowAway: (world, random) => endRun(world, random, failed('BROKER_TIMEOUT', 'Something is away.')),
  flowRefuses: (world, random) => {
    const reason = random.chance(world.profile.hostile) ? 'bad\0reason' : 'bad';
    return endRun(world, random, failed('SCHEMA_VIOLATION', reason));
  },

  flowHolds: (world, random) => {
    const run = random.any(world.process.source?.runs.filter(({ passes }) => !passes) ?? []);
    if (run === undefined || !world.process.runs) return undefined;
    const by = run.event.message.topic;
    run.end({ kind: 'held', by });
    return `the flow holds event ${run.event.n} for a decision about ${by}`;
  },
  decide: ({ receiving, process }, random) =>
    process.runs ? receiving.decide(process, random.int(100), random.chance(0.6)) : undefined,

  discardHeld: ({ receiving }, random) => receiving.discard(random),

  time: (world, random) => {
    const { timeline } = world;
    const next = timeline.nextAt();
    const kind = random.int(10);
    if (kind < 6 && next !== undefined) timeline.time = Math.max(timeline.time, next);
    else if (kind < 8)
      timeline.time = Math.max(timeline.time, Math.min(timeline.time + random.int(500), next ?? Infinity));
    else timeline.time += random.int(3_000);
    const due = timeline.takeDue();
    due?.callback();
    return `${timeline.elapsed} ms${due === undefined ? '' : ', a timer'}`;
  },
  clock: ({ timeline }, random) => {
    const kind = random.int(4);
    if (kind === 0) timeline.jump(-5 * HOUR);
    else if (kind === 1) timeline.jump(25 * HOUR);
    else if (kind === 2) timeline.freeze();
    else timeline.thaw();
    return ['the clock is set back', 'the clock is set ahead', 'the clock stands', 'the clock goes on'][kind];
  },

  cut: (world, random) => {
    const broker = random.any([...world.process.brokers.values()].filter((each) => each.isConnected()));
    if (broker === undefined || !world.process.runs) return undefined;
    world.excuseAll();
    broker.cut(random.int(4));
    return `the connection to ${broker.server.name} is cut`;
  },
  connect: (world, random) => {
    const away = [...world.process.brokers.values()].filter((each) => !each.isConnected());
    const broker = random.any(away);
    if (broker === undefined || !world.process.runs || broker.server.down) return undefined;
    broker.up();
    return `connects to ${broker.server.name}`;
  },
  serverDown: (world, random) => {
    const server = random.pick([...world.servers.values()]);
    server.down = !server.down;
    const broker = world.process.brokers.get(server.name);
    if (server.down && world.process.runs) {
      world.excuseAll();
      broker?.cut(random.int(4));
    }
    return `${server.name} is ${server.down ? 'down' : 'back'}`;
  },

  kill: (world, random) => {
    if (!world.process.alive) return undefined;
    world.kill(world.process, () => random.chance(0.5), random.int(4));
    return 'the process is killed';
  },
  start: (world) => {
    if (world.process.alive) return undefined;
    world.newProcess();
    return 'a process starts';
  },
  suspend: (world, random) => {
    const { process, timeline } = world;
    if (!process.alive) return undefined;
    process.suspended = !process.suspended;
    if (process.suspended && random.chance(0.5)) timeline.time += LONGER_THAN_A_LEASE;
    return process.suspended ? `the process is stopped` : `the process goes on at ${timeline.elapsed} ms`;
  },

  takeOver: ({ publishing }) => publishing.takeOver(),
  otherSends: ({ publishing }) => publishing.otherSends(),

  deploySource: (world) => {
    if (!world.process.runs || world.process.source === undefined) return undefined;
    world.receiving.redeploy(world.process);
    return 'the source is deployed anew';
  },
  deployPublish: (world, random) => {
    const node = random.any([...world.process.publishers.keys()]);
    if (!world.process.runs || node === undefined) return undefined;
    world.publishing.redeploy(world.process, node);
    return `${node} is deployed anew`;
  },
  deployAll: (world) => {
    if (!world.process.runs) return undefined;
    world.receiving.redeploy(world.process);
    for (const node of [...world.process.publishers.keys()]) world.publishing.redeploy(world.process, node);
    return 'everything is deployed anew';
  },
  disable: (world, random) => {
    const { process, publishing, receiving } = world;
    if (!process.runs) return undefined;
    const name = random.pick(['s1', 'p1', 'p2']);
    const isOn = name === 's1' ? receiving.enable(process) : publishing.enable(process, name);
    return isOn === undefined ? undefined : `${name} is ${isOn ? 'enabled' : 'disabled'}`;
  },
  swapBrokers: (world, random) => {
    const { process, publishing, receiving, profile } = world;
    if (process.suspended || profile.brokers < 2) return undefined;
    const isWhole = process.alive && random.chance(0.5);
    if (isWhole) receiving.redeploy(process);
    publishing.swap(process);
    return `the publish nodes swap their brokers${isWhole ? ', and the source is deployed anew' : ''}`;
  },
};

function call({ calls }: World, random: Random, fate: Fate): string | undefined {
  return calls.advance(random.int(1_000), fate);
}

function answer({ process, out }: World, random: Random, kind: Answer): string | undefined {
  const busy = [...process.brokers.values()].filter((broker) => broker.underWay > 0);
  const broker = random.any(busy);
  if (broker === undefined || !process.runs) return undefined;
  const choice = random.int(1_000);
  const refused = kind === 'taken' ? undefined : broker.wouldRead(choice);
  const event = refused && out.of(refused);
  if (event !== undefined) event.outOfTurn = true;
  const text = broker.advance(choice, kind);
  return text === undefined ? undefined : `${broker.server.name} ${text}`;
}

function endRun(world: World, random: Random, ending: Ending): string | undefined {
  const { process } = world;
  const run = random.any(process.source?.runs ?? []);
  if (run === undefined || !process.runs) return undefined;
  // A flow is done when what it publishes is; with explicit settlement it may be so before.
  const isEarly = run.passes && ending.kind === 'done';
  if (isEarly && world.profile.twins && !world.profile.intake.isLog) return undefined;
  // What it publishes goes on, though the flow has waited long enough.
  if (run.passes) world.out.excuse(({ source }) => source === String(run.event.n));
  run.end(ending);
  return `the flow ends with event ${run.event.n}: ${ending.kind}`;
}

function failed(code: 'FLOW_FAILED' | 'BROKER_TIMEOUT' | 'SCHEMA_VIOLATION', text: string): Ending {
  return { kind: 'failed', error: new GridwireError(code, text) };
}
