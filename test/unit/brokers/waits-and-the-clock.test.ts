import assert from 'node:assert/strict';
import { DirectPublisher } from '../../../src/brokers/outlets/direct-publisher.js';
import { Outlets } from '../../../src/brokers/outlets/outlets.js';
import { MemoryQueue } from '../../../src/brokers/memory/memory-queue.js';
import { messageOf } from '../../../src/brokers/mqtt/inbound/inbound-message.js';
import type { PublishPacket } from '../../../src/brokers/mqtt/connection/publish-packet.js';
import { systemClock } from '../../../src/clock.js';
import type { WireMessage } from '../../../src/event.js';

const HOUR = 3_600_000;
const now = Date.now.bind(Date);

const command = (life: number): WireMessage => ({
  ...{ topic: 't', body: Buffer.from('x'), qos: 1, retain: false, headers: {} },
  expiresAt: Date.now() + life,
});

describe("a command that waits while the machine's clock is set", () => {
  afterEach(() => (Date.now = now));
  const set = (hours: number) => (Date.now = () => now() + hours * HOUR);

  it('has as long left as it had, when MQTT has brought it', () => {
    const packet = { topic: 't', body: Buffer.from('x'), qos: 1, headers: {}, expiry: 60 } as PublishPacket;
    const before = systemClock.now();
    set(-5);
    const { deadline = NaN } = messageOf(packet);
    assert.ok(deadline >= before + 60_000 && deadline <= systemClock.now() + 60_000);
  });

  for (const hours of [-5, 25])
    it(`is delivered by the memory broker within its life, and not after it (${hours} h)`, () => {
      const [seen, problems]: [number[], string[]] = [[], []];
      const queue = new MemoryQueue('t', 1, 10, () => undefined);
      // Its life is over before anybody listens.
      queue.add(command(-1), 'late', 0);
      queue.add(command(60_000), 'good', 0);
      set(hours);
      queue.attach({
        handler: (delivery) => void seen.push(delivery.message.qos),
        window: 10,
        problem: ({ code }) => problems.push(code),
      });
      queue.deliver(10);
      assert.deepEqual([seen, problems], [[1], ['EVENT_EXPIRED']]);
    });

  it('is written to the wire when there is room, within its life', async () => {
    const sent: string[] = [];
    let hasRoom = false;
    const outlets = new Outlets((message) => {
      if (!hasRoom) return 'all';
      sent.push(message.topic);
      return Promise.resolve({ success: true, message_id: '1', error: null });
    });
    const publisher = new DirectPublisher(outlets, () => true);
    const late = publisher.publish(command(-1));
    const good = publisher.publish(command(60_000));
    set(25);
    hasRoom = true;
    outlets.room();
    await assert.rejects(late, { code: 'EVENT_EXPIRED' });
    await good;
    assert.deepEqual(sent, ['t']);
  });
});
