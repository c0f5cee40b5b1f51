import { systemClock } from '../../src/clock.js';
import type { Condition } from '../../src/observe/conditions/condition.js';
import { conditionsOf } from '../../src/observe/conditions/conditions.js';
import { Watch } from '../../src/observe/conditions/watch.js';
import { standings } from '../../src/observe/facts/standings.js';
import { until } from './wait.js';

/** As an operator is promised: whatever is lost is shown within this, milliseconds. */
export const SHOWN_WITHIN = 10_000;

/** What an operator would see of losses while a test makes them happen. Call it inside `describe`. */
export function shownLosses(): {
  /** Resolves with the condition as soon as it is shown: as `events-lost BROKER_DROPPED`, and of how many. */
  shown: (what: string, count?: number) => Promise<Condition>;
} {
  let watch: Watch;
  beforeEach(() => (watch = new Watch(systemClock)));
  afterEach(() => watch.close());
  const all = (): Condition[] => conditionsOf(standings(), watch, {}, systemClock.now());
  return {
    shown: async (what, count) => {
      const [name, code] = what.split(' ');
      const find = (): Condition | undefined =>
        all().find(
          (each) => each.name === name && each.code === code && (count ?? each.value) === each.value,
        );
      await until(
        `${what}${count === undefined ? '' : ` of ${count}`} is shown`,
        () => find() !== undefined,
        SHOWN_WITHIN,
      );
      return find()!;
    },
  };
}
