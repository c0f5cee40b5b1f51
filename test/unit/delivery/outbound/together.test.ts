import assert from 'node:assert/strict';
import type { WireMessage } from '../../../../src/event.js';
import { GridwireError, toGridwireError } from '../../../../src/errors.js';
import { Outbox, type OutboxOptions, type SendRule } from '../../../../src/delivery/outbound/outbox.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';

function wire(text: string): WireMessage {
  return { topic: 't', body: Buffer.from(text), qos: 1, retain: false, headers: {} };
}

/** Gives events together, and writes down how each ends, as it does. */
function give(options: Partial<OutboxOptions>, texts: readonly string[], rule: SendRule = {}) {
  const broker = new ScriptedBroker();
  const outbox = new Outbox(broker, options);
  const ends: string[] = [];
  outbox.sendAll(
    texts.map((text) => ({ wire: wire(text), rule })),
    () => undefined,
    (index) => ({
      resolve: (result) => ends.push(`${texts[index]} ${result?.success}`),
      reject: (error) => ends.push(`${texts[index]} ${toGridwireError(error).code}`),
    }),
  );
  return { broker, ends };
}

const turn = (): Promise<void> => new Promise(setImmediate);

describe('outbox: events that come together', () => {
  it('are sent in their order, and the end of each is told when it comes', async () => {
    const { broker, ends } = give({}, ['a', 'b', 'c']);
    assert.deepEqual(
      broker.published.map(({ text }) => text),
      ['a', 'b', 'c'],
    );
    broker.open[1]?.answer();
    await turn();
    assert.deepEqual(ends, ['b true']);
    broker.open[2]?.answer(new GridwireError('BROKER_REFUSED', 'Refused.'));
    broker.open[0]?.answer();
    await turn();
    assert.deepEqual(ends.toSorted(), ['a true', 'b true', 'c BROKER_REFUSED']);
  });

  it('keep their order where the newest of their type matters first: none is late because it waits for its turn', async () => {
    for (const window of [1, 100]) {
      const { broker } = give({ window }, ['a', 'b', 'c', 'd'], { liveFirst: true });
      broker.respond = () => undefined;
      for (const { answer } of broker.open.splice(0)) answer();
      await turn();
      assert.deepEqual(
        broker.published.map(({ text }) => text),
        ['a', 'b', 'c', 'd'],
      );
    }
  });

  it('have the room that each by itself would have: what is beyond it is refused at once, and only that', async () => {
    const { broker, ends } = give({ maxCount: 2 }, ['a', 'b', 'c']);
    assert.deepEqual(ends, ['c OUTBOX_FULL']);
    for (const { answer } of broker.open) answer();
    await turn();
    assert.deepEqual(ends, ['c OUTBOX_FULL', 'a true', 'b true']);
  });

  it('give way to the newer ones among them where that is asked for', async () => {
    const { broker, ends } = give({ maxCount: 2, whenFull: 'drop-oldest' }, ['a', 'b', 'c']);
    for (const { answer } of broker.open) answer();
    await turn();
    assert.deepEqual(ends, ['a OUTBOX_DROPPED', 'b true', 'c true']);
  });
});
