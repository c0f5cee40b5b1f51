import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import { type Heard, SYSTEMS, TRANSPORTS } from './systems.program.js';

describe('the examples of the five systems in Node-RED', function () {
  this.timeout(60_000);
  let heard: Heard[];

  before(async () => {
    heard = await runInNodeRed(path.join(__dirname, 'systems.program.ts'));
  });

  const on = (transport: string, system: string, by = 'events'): Heard[] =>
    heard.filter((one) => one.transport === transport && one.system === system && one.by === by);

  for (const transport of TRANSPORTS) {
    for (const system of SYSTEMS) {
      it(`${system} on ${transport}: every event arrives once, and none is refused`, () => {
        const events = on(transport, system);
        assert.equal(new Set(events.map(({ event }) => event?.type)).size, 3);
        assert.equal(events.length, 3);
        assert.deepEqual(on(transport, system, 'refused'), []);
      });
    }
  }

  it('MQTT delivers the same topics, QoS and payloads as memory does', () => {
    const seen = (transport: string) =>
      SYSTEMS.flatMap((system) => on(transport, system))
        .map(({ topic, event, payload }) =>
          JSON.stringify([topic, event?.type, event?.qos, withoutTime(payload)]),
        )
        .sort();
    assert.deepEqual(seen('mqtt'), seen('memory'));
  });
});

/** Payloads beside which the contract writes the time of publishing differ in that alone. */
function withoutTime(payload: unknown): unknown {
  return Object.fromEntries(Object.entries(payload as object).filter(([name]) => name !== 'timestamp'));
}
