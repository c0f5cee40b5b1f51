import assert from 'node:assert/strict';
import { byProcessor, compare, processorRun, spread } from '../../../bench/harness.js';
import { jsonLine, report } from '../../../bench/report.js';

/** A contender whose runs give these rates in turn. */
function scripted(name: string, rates: number[], log: string[] = []) {
  const left = [...rates];
  return {
    name,
    run: () => {
      log.push(name);
      return Promise.resolve(left.shift()!);
    },
  };
}

describe('the benchmark harness', () => {
  it('takes the middle of an odd and of an even number of values', () => {
    assert.deepEqual(spread([9, 1, 5]), { median: 5, min: 1, max: 9 });
    assert.deepEqual(spread([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
  });

  it('interleaves the contenders, alternates who goes first, and does not count the first round', async () => {
    const log: string[] = [];
    const outcome = await compare(
      {
        id: 'x/y',
        unit: 'msg/s',
        target: 1.5,
        ours: scripted('ours', [1, 30, 40], log),
        peer: scripted('peer', [99, 10, 20], log),
      },
      2,
    );
    assert.deepEqual(log, ['ours', 'peer', 'ours', 'peer', 'peer', 'ours']);
    assert.equal(outcome.ratio, 35 / 15);
    assert.deepEqual(outcome.pairs, { median: 2.5, min: 2, max: 3 });
    assert.equal(outcome.ok, true);
  });

  it('is not content with a ratio below the target, and says so in one line of JSON', async () => {
    const outcome = await compare(
      { id: 'x/y', unit: 'msg/s', target: 1.5, ours: scripted('o', [1, 14]), peer: scripted('p', [1, 10]) },
      1,
    );
    assert.equal(
      jsonLine('x', [outcome]),
      '{"name":"x","results":[{"id":"x/y","ratio":1.4,"target":1.5,"ok":false}]}',
    );
  });

  it('never rounds a ratio up to its target', async () => {
    const outcome = await compare(
      {
        id: 'x/y',
        unit: 'msg/s',
        target: 1.5,
        ours: scripted('o', [1, 14.999]),
        peer: scripted('p', [1, 10]),
      },
      1,
    );
    assert.equal(
      jsonLine('x', [outcome]),
      '{"name":"x","results":[{"id":"x/y","ratio":1.49,"target":1.5,"ok":false}]}',
    );
  });

  it('is not content when a bound is broken, or when its figure is missing', async () => {
    const runs = (...delays: (number | undefined)[]) => {
      const left = [...delays];
      return {
        name: 'ours',
        run: () => {
          const delay = left.shift();
          return Promise.resolve({ rate: 20, figures: delay === undefined ? {} : { delay } });
        },
      };
    };
    const judged = async (...delays: (number | undefined)[]) =>
      compare(
        {
          ...{
            id: 'x/y',
            unit: 'rows/s',
            target: 1,
            ours: runs(99, ...delays),
            peer: scripted('p', [1, 10, 10, 10]),
          },
          bounds: [{ name: 'delay', unit: 'ms', below: 10 }],
        },
        delays.length,
      );
    const kept = await judged(9, 50, 8);
    assert.equal(kept.ok, true, 'the median decides');
    assert.match(jsonLine('x', [kept]), /"figures":{"delay":9},"ok":true/);
    assert.match(report('', [], [kept]), /delay: 9 \(8 to 50\) ms, below 10: kept/);
    assert.equal((await judged(10, 50, 8)).ok, false);
    assert.equal((await judged(undefined)).ok, false);
  });

  it('tells what the same runs say by processor time, which is less for the better one', async () => {
    const costing = (...costs: number[]) => ({
      name: 'x',
      run: () => Promise.resolve({ ...processorRun(costs.shift()!), rate: 1 }),
    });
    const outcome = await compare(
      { id: 'x/y', unit: 'msg/s', target: 1, ours: costing(9, 50, 40, 60), peer: costing(9, 100, 25, 80) },
      3,
    );
    assert.deepEqual(outcome.cpu?.ours, { median: 50, min: 40, max: 60 });
    assert.match(
      report('', [], [outcome]),
      /cpu {4}50 \(40 to 60\) : 80 \(25 to 100\) microseconds a message/,
    );
    const second = byProcessor(outcome, { id: 'x/y-cpu', target: 1.7 });
    assert.deepEqual(second.ours, { name: 'x', median: 20_000, min: 1e6 / 60, max: 25_000 });
    assert.deepEqual([second.ratio, second.pairs.min, second.ok], [1.6, 0.625, false]);
    assert.equal(
      jsonLine('x', [second]),
      '{"name":"x","results":[{"id":"x/y-cpu","ratio":1.6,"target":1.7,"cpu":{"ours":50,"peer":80},"ok":false}]}',
    );
  });

  it('names what could not be measured, and why', () => {
    const missing = [{ id: 'x/y', missing: 'no go' }];
    assert.match(report('', [], [], missing), /x\/y\n {2}not measured: no go$/);
    assert.equal(
      jsonLine('x', [], missing),
      '{"name":"x","results":[{"id":"x/y","missing":"no go","ok":false}]}',
    );
  });
});
