import assert from 'node:assert/strict';
import { planFor } from '../../../../src/delivery/partitions/partition-plan.js';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

/** Lets every member do what it plans, again and again, until nobody wants anything. */
function settle(owners: Map<string, string>, members: readonly string[], names = NAMES): number {
  let moves = 0;
  for (let round = 0; round < 20; round += 1) {
    let busy = false;
    for (const me of members) {
      const leases = [...owners].map(([name, member]) => ({ name, member, live: true, ready: true }));
      const { take, give } = planFor(me, names, members, leases);
      for (const name of give) owners.delete(name);
      for (const name of take) {
        assert.ok(!owners.has(name), `${me} wants ${name}, which ${String(owners.get(name))} has`);
        owners.set(name, me);
      }
      moves += take.length;
      busy ||= take.length + give.length > 0;
    }
    if (!busy) return moves;
  }
  throw new Error('never comes to rest');
}

const counts = (owners: Map<string, string>, members: readonly string[]): number[] =>
  members.map((me) => [...owners.values()].filter((owner) => owner === me).length).sort();

describe('planFor', () => {
  it('spreads the partitions evenly, whoever comes and goes, and moves no more than it must', () => {
    const owners = new Map<string, string>();
    assert.equal(settle(owners, ['1']), 5);
    assert.equal(settle(owners, ['1', '2']), 2);
    assert.deepEqual(counts(owners, ['1', '2']), [2, 3]);
    assert.equal(settle(owners, ['1', '2', '3']), 1);
    assert.deepEqual(counts(owners, ['1', '2', '3']), [1, 2, 2]);
    for (const [name, owner] of owners) if (owner === '1') owners.delete(name);
    settle(owners, ['2', '3']);
    assert.deepEqual(counts(owners, ['2', '3']), [2, 3]);
  });

  it('moves one partition to a newcomer, wherever its name puts it among the others', () => {
    for (const newcomer of ['0', '1.5', '3']) {
      const four = NAMES.slice(0, 4);
      const owners = new Map(four.map((name, index) => [name, index < 2 ? '1' : '2']));
      assert.equal(settle(owners, ['1', '2', newcomer].sort(), four), 1, newcomer);
    }
  });

  it('leaves members idle when there are more of them than partitions', () => {
    const owners = new Map<string, string>();
    const members = Array.from({ length: 8 }, (_, index) => String(index));
    settle(owners, members);
    assert.equal(owners.size, 5);
    assert.deepEqual(counts(owners, members), [0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it('takes what an expired lease set free', () => {
    const dead = NAMES.map((name) => ({ name, member: 'dead', live: false, ready: true }));
    assert.deepEqual(planFor('me', NAMES, ['me'], dead), { take: NAMES, give: [] });
  });

  it('does nothing for who is not among the members', () => {
    assert.deepEqual(planFor('me', NAMES, ['other'], []), { take: [], give: [] });
  });
});
