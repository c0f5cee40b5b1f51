import assert from 'node:assert/strict';
import { onBothCores } from './both-cores.js';
import { machines } from './machines/gridwire.js';
import type { Machines } from './machines/machines.js';
import { type Failure, run, scheduleOf } from './schedule.js';
import { shrink } from './shrink.js';

/** Where the seeds of a run begin; `GRIDWIRE_SEED` chooses others. */
const FROM = Number(process.env['GRIDWIRE_SEED'] ?? 1);
const SCHEDULES = 20_000;

describe('the simulator of deliveries', () => {
  it(`holds every promise in ${SCHEDULES} schedules from seed ${FROM}`, async () => {
    assert.equal(await onBothCores(FROM, SCHEDULES), undefined);
  });

  it('replays a seed exactly', async () => {
    let steps = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const [one, other] = [await storyOf(seed), await storyOf(seed)];
      steps += one.length;
      assert.deepEqual(one, other, `seed ${seed}`);
    }
    assert.ok(steps > 500, `${steps} steps`);
  });

  it('sees an outbox that forgets an event, and tells it in a short story', async () => {
    const found = await firstFailure(forgetful);
    assert.equal(found?.failure.rule, 'once faults stop everything ends');
    const { schedule, failure } = await shrink(found.schedule, found.failure, forgetful);
    assert.ok(schedule.actions.length <= 3, failure.story.join('\n'));
  });

  it('sees an inbox that acknowledges what the flow still has', async () => {
    const found = await firstFailure(hasty);
    assert.equal(found?.failure.rule, 'acknowledged means done, kept, parked or lettered');
  });

  it('sees code that asks the machine for the time', async () => {
    const found = await firstFailure(impatient);
    assert.equal(found?.failure.rule, 'time and chance come from outside');
  });
});

/** What happens, whether all promises hold or not. */
async function storyOf(seed: number): Promise<string[]> {
  const story: string[] = [];
  await run(scheduleOf(seed), machines, (line) => story.push(line));
  return story;
}

async function firstFailure(
  faulty: Machines,
): Promise<{ schedule: ReturnType<typeof scheduleOf>; failure: Failure } | undefined> {
  for (let seed = 1; seed <= 200; seed += 1) {
    const schedule = scheduleOf(seed);
    const failure = await run(schedule, faulty);
    if (failure !== undefined) return { schedule, failure };
  }
  return undefined;
}

const forgetful: Machines = {
  ...machines,
  outbox: (place, surroundings) => {
    const outbox = machines.outbox(place, surroundings);
    return {
      send: (message, origin) =>
        message.qos === 2 ? new Promise(() => undefined) : outbox.send(message, origin),
      close: () => outbox.close(),
      get size() {
        return outbox.size;
      },
    };
  },
};

const hasty: Machines = {
  ...machines,
  inbox: (node, work, surroundings) => {
    const inbox = machines.inbox(node, work, surroundings);
    return {
      take: (delivery) => {
        inbox.take(delivery);
        delivery.settle('ack');
      },
      decided: (decision) => inbox.decided(decision),
      close: () => inbox.close(),
      get waiting() {
        return inbox.waiting;
      },
      get memory() {
        return inbox.memory;
      },
    };
  },
};

/** Stands for code under test: the guard tells it by its folder. */
const impatient: Machines = {
  ...machines,
  outbox: (place, surroundings) => {
    const { clock } = surroundings;
    const hurried = { ...surroundings, clock: { ...clock, now: () => Date.now(), wall: () => Date.now() } };
    hurried.clock.after = clock.after.bind(clock);
    return machines.outbox(place, hurried);
  },
};
