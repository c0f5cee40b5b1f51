import assert from 'node:assert/strict';
import { Repeats } from '../../src/repeats.js';
import { ManualClock } from '../support/manual-clock.js';

describe('a log of what repeats', () => {
  let lines: string[] = [];
  let clock = new ManualClock();
  let repeats = new Repeats((line) => lines.push(line), clock);
  beforeEach(() => {
    lines = [];
    clock = new ManualClock();
    repeats = new Repeats((line) => lines.push(line), clock);
  });

  it('tells what goes on once for each change, and how often it was found when it is over', () => {
    for (let time = 0; time < 500; time += 1) repeats.goesOn('connection', 'nothing listens there');
    repeats.goesOn('connection', 'no such host');
    assert.deepEqual(lines, ['nothing listens there', 'no such host']);
    assert.equal(repeats.over('connection'), 501);
    assert.equal(repeats.over('connection'), 0);
    repeats.goesOn('connection', 'no such host');
    assert.equal(lines.length, 3);
  });

  it('tells a few of what happens again and again, then their number once a minute, and nothing when it has ended', async () => {
    for (let time = 0; time < 1_000; time += 1) repeats.another('late', `event ${time} was late`);
    assert.deepEqual(lines, ['event 0 was late', 'event 1 was late', 'event 2 was late']);
    await clock.pass(60_000);
    assert.deepEqual(lines.slice(3), [
      'event 999 was late (997 like this in the last minute; the others are not logged)',
    ]);
    await clock.pass(3_600_000);
    assert.equal(lines.length, 4);
    repeats.another('late', 'event 1000 was late');
    assert.equal(lines.length, 5);
  });

  it('keeps kinds apart, and loses none of them when it ends', () => {
    for (let time = 0; time < 5; time += 1)
      for (const kind of ['a', 'b']) repeats.another(kind, `${kind} ${time}`);
    repeats.close();
    assert.deepEqual(
      lines.map((line) => line.slice(0, 3)),
      ['a 0', 'b 0', 'a 1', 'b 1', 'a 2', 'b 2', 'a 4', 'b 4'],
    );
  });

  it('is bounded, however many kinds there are', () => {
    for (let kind = 0; kind < 10_000; kind += 1) repeats.another(`kind ${kind}`, `kind ${kind}`);
    assert.ok(lines.length <= 110, `${lines.length} lines`);
  });
});
