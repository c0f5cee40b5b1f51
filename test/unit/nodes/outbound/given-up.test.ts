import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI } from 'node-red';
import { GivenUp, givenUpText } from '../../../../nodes/outbound/given-up.js';
import { InFlight } from '../../../../nodes/outbound/in-flight.js';
import { ToldOtherwise, UNDONE } from '../../../../nodes/runtime/node-behaviour.js';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { GridwireError } from '../../../../src/errors.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { message } from '../../store/helpers.js';

describe('what a node that is stopped gives up', () => {
  let events: EventEmitter;
  let lines: string[];
  let givenUp: GivenUp;
  let outbox: Outbox;

  beforeEach(() => {
    events = new EventEmitter();
    lines = [];
    const node = { warn: (line: string) => lines.push(line) };
    givenUp = new GivenUp({ events } as unknown as NodeAPI, node as unknown as Node, new InFlight(), false);
    const broker = new ScriptedBroker();
    broker.become('disconnected');
    outbox = new Outbox(broker);
  });

  /** @param made resolves when the event has been made of its message */
  const publish = (topic: string, made: Promise<void>): Promise<unknown> =>
    givenUp.endOf(async () => {
      await made;
      await givenUp.watch(topic, outbox.send(message(topic)));
    });
  async function stop(type: string): Promise<void> {
    events.emit('flows:stopping', { type });
    givenUp.begin();
    outbox.close();
    await givenUp.tell();
  }

  for (const type of ['full', 'flows', 'nodes']) {
    it(`is counted with what was still being made of messages: ${type}`, async () => {
      const waiting = publish('a', Promise.resolve());
      let made = (): void => undefined;
      const late = publish('b', new Promise<void>((resolve) => (made = resolve)));
      await new Promise(setImmediate);
      const stopped = stop(type);
      setImmediate(() => setImmediate(made));
      await stopped;
      assert.equal(lines.length, 1);
      assert.match(
        lines[0]!,
        /^Given up while waiting in memory for the broker: 2 events, 1 for a, 1 for b\. Give the node a store/,
      );
      const ends = await Promise.all([waiting, late]);
      if (type === 'full') assert.deepEqual(ends, [UNDONE, UNDONE]);
      else for (const end of ends) assert.ok(end instanceof ToldOtherwise);
    });
  }

  it('is told of what nobody will hear of', async () => {
    void publish('a', new Promise(() => undefined));
    await stop('full');
    assert.deepEqual(lines, [givenUpText(new Map(), 1, false)]);
  });

  it('does not hide what fails for another reason, and says nothing where nothing is lost', async () => {
    const refusal = new GridwireError('BROKER_REFUSED', 'No.');
    await assert.rejects(
      givenUp.endOf(() => givenUp.watch('a', Promise.reject(refusal))),
      refusal,
    );
    await stop('full');
    assert.deepEqual(lines, []);
  });

  it('names the topics that lose most, and does not advise a store that is there', () => {
    const topics = new Map(Array.from({ length: 8 }, (_, n) => [`t${n}`, n + 1]));
    const text = givenUpText(topics, 3, true) ?? '';
    assert.match(
      text,
      /: 36 events, 8 for t7, 7 for t6, 6 for t5, 5 for t4, 4 for t3, and others for 3 more/,
    );
    assert.match(text, /Still being made, or under way to the broker: 3 further events;/);
    assert.doesNotMatch(text, /Give the node a store/);
  });
});
