import assert from 'node:assert/strict';
import { StreamClient } from '../../../src/stream/stream-client.js';
import { Streamed } from '../../../src/stream/streamed.js';
import { EVERYTHING } from '../../../src/stream/wish.js';

const ROOM = 1_000;
const event = (count: number, kind = 'test_event'): Streamed =>
  new Streamed('tracker/events/test/api', kind, { kind, count, filling: 'x'.repeat(150) });

/** A connection that takes what it is given when the test says so. */
class SlowWire {
  private readonly waiting: { text: Buffer; taken: () => void }[] = [];
  readonly arrived: Record<string, unknown>[] = [];
  most = 0;

  get buffered(): number {
    return this.waiting.reduce((total, { text }) => total + text.length, 0);
  }

  send(text: Buffer, taken: () => void): void {
    this.waiting.push({ text, taken });
    this.most = Math.max(this.most, this.buffered);
  }

  take(count = this.waiting.length): void {
    for (const { text, taken } of this.waiting.splice(0, count)) {
      this.arrived.push(JSON.parse(text.toString()) as Record<string, unknown>);
      taken();
    }
  }
}

describe('a client of a stream', () => {
  let wire: SlowWire;
  let client: StreamClient;
  beforeEach(() => {
    wire = new SlowWire();
    client = new StreamClient(wire, ROOM);
  });
  const kinds = (): unknown[] => wire.arrived.map(({ kind }) => kind);

  it('gets each event as it came, or within its topic and kind', () => {
    client.offer(event(1));
    client.wants({ ...EVERYTHING, withTopic: true });
    client.offer(event(2));
    wire.take();
    assert.deepEqual(kinds(), ['test_event', 'stream_ready', 'test_event']);
    assert.equal(wire.arrived[0]?.['count'], 1);
    assert.equal(wire.arrived[2]?.['topic'], 'tracker/events/test/api');
    assert.equal((wire.arrived[2]['event'] as { count: number }).count, 2);
  });

  it('gets only what it wants, and has missed nothing else', () => {
    client.wants({ ...EVERYTHING, kinds: ['task_created'] });
    for (let count = 0; count < 100; count += 1) assert.equal(client.offer(event(count)), false);
    client.offer(event(1, 'task_created'));
    wire.take();
    assert.deepEqual(kinds(), ['stream_ready', 'task_created']);
    assert.equal(client.missed, 0);
  });

  it('misses what it is too slow for, within its buffer, and is told how much before anything else', () => {
    for (let count = 0; count < 1_000; count += 1) client.offer(event(count));
    assert.ok(wire.most <= ROOM, `${wire.most}`);
    const sent = 1_000 - client.missed;
    // One taken is not enough: it would miss every other event.
    wire.take(1);
    assert.equal(client.offer(event(1_000)), true);
    wire.take();
    client.offer(event(1_001));
    wire.take();
    assert.deepEqual(
      wire.arrived.slice(0, sent).map(({ count }) => count),
      [...Array(sent).keys()],
    );
    assert.deepEqual(wire.arrived[sent]?.['payload'], {
      missed: 1_001 - sent,
      missed_in_all: 1_001 - sent,
    });
    assert.equal(wire.arrived.at(-1)?.['count'], 1_001);
    assert.equal(wire.arrived.length, sent + 2);
  });

  it('gets an event that is larger than its buffer alone, when nothing else waits', () => {
    const large = new Streamed('t', 'large', { kind: 'large', filling: 'x'.repeat(2 * ROOM) });
    assert.equal(client.offer(large), false);
    assert.equal(client.offer(event(1)), true);
    wire.take();
    wire.take();
    assert.deepEqual(kinds(), ['large', 'stream_missed']);
  });
});
