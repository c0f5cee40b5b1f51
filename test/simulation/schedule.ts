import { errorText } from '../../src/errors.js';
import { Random } from './engine/random.js';
import { guardGlobals } from './engine/globals.js';
import type { Machines } from './machines/machines.js';
import { Violation } from './rules/violation.js';
import { actions } from './world/actions.js';
import { settleDown } from './world/calm.js';
import { ACTIONS, type ActionKind, type Profile, profileOf } from './world/profile.js';
import { World } from './world/world.js';

/** One thing that happens, and the number that decides how. */
export interface Action {
  kind: ActionKind;
  chance: number;
}

/** Everything that a run depends on. */
export interface Schedule {
  seed: number;
  profile: Profile;
  actions: Action[];
}

export interface Failure {
  rule: string;
  message: string;
  story: string[];
}

export function scheduleOf(seed: number): Schedule {
  const profile = profileOf(seed);
  const random = new Random(seed * 31 + 7);
  const total = ACTIONS.reduce((sum, kind) => sum + profile.weights[kind], 0);
  const draw = (): ActionKind => {
    let left = random.next() * total;
    return ACTIONS.find((kind) => (left -= profile.weights[kind]) < 0) ?? 'time';
  };
  const actionList = Array.from({ length: profile.length }, () => ({
    kind: draw(),
    chance: random.int(1_000_000_000),
  }));
  return { seed, profile, actions: actionList };
}

/**
 * Runs a schedule on the machines: first with faults, the promises held after each step, then without any, until
 * everything has come to its end.
 * @param listen told each step of the story
 * @returns what did not hold, and how it came to that; undefined if all held
 */
export async function run(
  schedule: Schedule,
  machines: Machines,
  listen: (line: string) => void = () => undefined,
): Promise<Failure | undefined> {
  const world = new World(schedule.seed, schedule.profile, machines);
  const guard = guardGlobals(() => world.process.clock);
  const story: string[] = [];
  const tell = (text: string | undefined): void => {
    if (text === undefined) return;
    const line = `${Math.floor(world.timeline.elapsed)} ms: ${text}`;
    story.push(line);
    listen(line);
  };
  let unowned: unknown;
  const onUnowned = (thrown: unknown): void => {
    unowned ??= thrown;
  };
  process.on('unhandledRejection', onUnowned);
  try {
    for (const { kind, chance } of schedule.actions) {
      tell(actions[kind](world, new Random(chance)));
      await turn();
      world.check();
      if (unowned !== undefined) throw new Violation('every promise is owned', errorText(unowned));
    }
    tell('faults stop');
    await settleDown(world, tell);
    if (guard.used.length > 0)
      throw new Violation('time and chance come from outside', guard.used.join('; '));
  } catch (thrown) {
    const rule = thrown instanceof Violation ? thrown.rule : 'nothing throws';
    return {
      rule,
      message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      story,
    };
  } finally {
    guard.lift();
    process.off('unhandledRejection', onUnowned);
  }
  return undefined;
}

/** All that is ready to go on goes on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
