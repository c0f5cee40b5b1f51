import assert from 'node:assert/strict';
import {
  isForeign,
  partitionOf,
  partitionsOf,
  sessionName,
  settingDigest,
  takes,
} from '../../../../src/delivery/partitions/partition.js';

describe('partitions of a source', () => {
  it('are the lines, and one for all without lines', () => {
    assert.deepEqual(
      partitionsOf([], 'sites/#', true).map(({ filters }) => filters),
      [['sites/#']],
    );
    const lines = [['sites/1/#', 'sites/2/#'], ['sites/3/#']];
    assert.deepEqual(
      partitionsOf(lines, 'sites/#', false).map(({ filters }) => filters),
      lines,
    );
  });

  it('give every topic to exactly one of them, if one takes the rest', () => {
    const partitions = partitionsOf([['sites/1/#'], ['sites/2/#', 'sites/3/+/status']], 'sites/#', true);
    for (const topic of ['sites/1/a', 'sites/2', 'sites/3/a/status', 'sites/3/a/b', 'sites/99/x', 'sites']) {
      assert.equal(partitions.filter((partition) => takes(partition, topic)).length, 1, topic);
    }
    assert.equal(isForeign(partitions[2]!, 'sites/1/a'), true);
    assert.equal(isForeign(partitions[2]!, 'sites/9/a'), false);
  });

  it('must not overlap, or a message would be worked on twice', () => {
    for (const [one, other] of [
      ['sites/1/#', 'sites/1/devices/+/status'],
      ['sites/+/a', 'sites/1/+'],
      ['sites/1/#', 'sites/1'],
      ['a/b', 'a/b'],
    ] as const) {
      assert.throws(
        () => partitionsOf([[one], [other]], '#', false),
        /select the same topics/,
        `${one} ${other}`,
      );
    }
    partitionsOf([['sites/1/+/x'], ['sites/1/+/y'], ['sites/1']], '#', false);
  });

  it('are refused where MQTT would not take them or could not keep their order', () => {
    assert.throws(() => partitionsOf([['a/#/b']], '#', false), { code: 'FILTER_ILLEGAL' });
    assert.throws(() => partitionsOf([['$share/g/a']], '#', false), /keeps no order/);
    assert.throws(() => partitionsOf([['other/1']], 'sites/#', false), /not within sites/);
  });

  it('can be made again from their names, whatever order the filters are written in', () => {
    for (const partition of partitionsOf([['sites/2/#', 'sites/1/#']], 'sites/#', true)) {
      const made = partitionOf(partition.name)!;
      for (const topic of ['sites/1/a', 'sites/2/a', 'sites/3/a'])
        assert.equal(takes(made, topic), takes(partition, topic));
      assert.equal(sessionName('g', made), sessionName('g', partition));
    }
    const names = (line: string[]) => partitionsOf([line], '#', false)[0]!.name;
    assert.equal(names(['a', 'b']), names(['b', 'a']));
    assert.equal(partitionOf('nonsense'), undefined);
    assert.equal(partitionOf('[["a/#/b"],[]]'), undefined);
  });

  it('have sessions of their own, which change with what they take', () => {
    const [one, rest] = partitionsOf([['a']], '#', true);
    const [same, otherRest] = partitionsOf([['a'], ['b']], '#', true).filter(
      ({ filters }) => filters[0] !== 'b',
    );
    assert.equal(sessionName('g', one!), sessionName('g', same!));
    assert.notEqual(sessionName('g', one!), sessionName('h', one!));
    assert.notEqual(sessionName('g', rest!), sessionName('g', otherRest!));
    assert.notEqual(settingDigest([one!]), settingDigest([one!, rest!]));
  });
});
