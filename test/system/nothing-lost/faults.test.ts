import assert from 'node:assert/strict';
import { type Fault, LoadRun } from './load-run.js';

const RATE = 2_000;
/** Fewer than come while the broker is away, so that some are refused. */
const OUTBOX = 2_000;

/** With how long each lasts, milliseconds: a stall of 4 s outlasts the keepalive of 2 s, so that the client gives up. */
const FAULT_PLAN: readonly (readonly [Fault, number])[] = [
  ['cut', 0],
  ['stall', 1_500],
  ['stall', 4_000],
  ['cut', 0],
  ['restart', 500],
  ['kill', 500],
];

describe('nothing lost to network and broker, at 2,000 events a second through the nodes', function () {
  this.timeout(300_000);

  for (const variant of [
    { version: 4, qos: 1 },
    { version: 5, qos: 2 },
  ] as const) {
    const title = `MQTT ${variant.version === 4 ? '3.1.1' : '5'}, QoS ${variant.qos}`;
    it(`delivers what was accepted, and gives what was refused to the catch node: ${title}`, async function () {
      const load = { ...variant, rate: RATE, outboxCount: OUTBOX, store: false };
      const run = await LoadRun.start(this, load);
      try {
        await run.arrivals(RATE);
        for (const [fault, milliseconds] of FAULT_PLAN) {
          await run.fault(fault, milliseconds);
          await run.arrivals(RATE);
        }
        const books = await run.finish();
        const told = `${JSON.stringify(books)}\n${run.nodeRed.lines.slice(-20).join('\n')}`;
        const { missing, silent, both } = books;
        assert.deepEqual({ missing, silent, both }, { missing: 0, silent: 0, both: 0 }, told);
        assert.ok(books.refused > 0, told);
      } finally {
        await run.stop();
      }
    });
  }
});
