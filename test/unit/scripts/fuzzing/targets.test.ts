import assert from 'node:assert/strict';
import { Chance } from '../../../../scripts/fuzzing/generator.js';
import { run } from '../../../../scripts/fuzzing/run.js';
import { type Target, pure } from '../../../../scripts/fuzzing/target.js';
import { TARGETS } from '../../../../scripts/fuzzing/targets/index.js';

const SEED = 20261129;
/** Those that need no server and no process of their own; the others are in the system tests. */
const PURE = ['bodies', 'topics', 'headers', 'kafka-records', 'files', 'schemas'];

const shots = (target: Target, cases: number, from = 0) =>
  run(target, { seed: SEED, cases, milliseconds: 3_600_000, from }, () => undefined);

describe('what comes from outside, made by a seed', function () {
  this.timeout(120_000);
  for (const name of PURE) {
    it(`is read or refused with a typed error: ${name}`, async () => {
      const target = TARGETS.find((each) => each.name === name);
      assert.ok(target);
      const { cases, finds } = await shots(target, 150);
      assert.deepEqual([cases, finds], [150, []]);
    });
  }
});

describe('a run of the fuzz command', () => {
  it('makes the same case again from the same seed and number, and another from others', () => {
    const made = (seed: number, index: number): string => JSON.stringify(new Chance(seed, index).json());
    const all = Array.from({ length: 50 }, (_, index) => made(SEED, index));
    assert.deepEqual(
      all,
      all.map((_, index) => made(SEED, index)),
    );
    assert.ok(new Set(all).size > 25);
    assert.notDeepEqual(
      all,
      all.map((_, index) => made(SEED + 1, index)),
    );
  });

  it('finds what is thrown and what is rejected behind its back, with the case to replay', async () => {
    const weak = pure('weak', 'a test', (chance) => {
      const number = chance.int(0, 9);
      if (number === 3) throw new TypeError('weak');
      if (number === 7) process.emit('unhandledRejection', new Error('behind its back'), Promise.resolve());
    });
    const { finds } = await shots(weak, 60);
    const [thrown] = finds.filter(({ text }) => text.includes('weak'));
    assert.ok(thrown !== undefined && finds.some(({ text }) => text.includes('behind its back')));
    const again = await shots(weak, 1, thrown.index);
    assert.match(again.finds[0]?.text ?? '', /TypeError: weak/);
  });
});
