import { GridwireError } from '../../../../src/errors.js';
import type { WireMessage } from '../../../../src/event.js';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { OutboxFacts } from '../../../../src/delivery/outbound/outbox-facts.js';
import type { OutboxOptions } from '../../../../src/delivery/outbound/outbox-limits.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { shownLosses } from '../../../support/shown-losses.js';

const message = (more: Partial<WireMessage> = {}): WireMessage => ({
  ...{ topic: 't', body: Buffer.from('x'), qos: 1, retain: false, headers: {} },
  ...more,
});

describe('losses on the way out', () => {
  const { shown } = shownLosses();
  let broker: ScriptedBroker;
  let outbox: Outbox | undefined;
  beforeEach(() => (broker = new ScriptedBroker()));
  afterEach(() => outbox?.close());

  /** Not awaited: what cannot be sent fails, which its sender hears too. */
  function send(options: Partial<OutboxOptions>, ...messages: WireMessage[]): void {
    outbox = new Outbox(broker, options, { facts: new OutboxFacts({ node: 'publish', broker: 'b' }) });
    for (const each of messages) outbox.send(each).catch(() => undefined);
  }

  it('L01 an event that the full outbox refuses', async () => {
    broker.become('disconnected');
    send({ maxCount: 1 }, message(), message(), message());
    await shown('events-refused OUTBOX_FULL', 2);
  });

  it('L02 the oldest event, which gives way to a newer one', async () => {
    broker.become('disconnected');
    send({ maxCount: 1, whenFull: 'drop-oldest' }, message(), message(), message());
    await shown('events-lost OUTBOX_DROPPED', 2);
  });

  it('L03 an event that is too large for the outbox', async () => {
    send({ maxBytes: 1_000 }, message({ body: Buffer.alloc(2_000) }));
    await shown('events-refused BODY_TOO_LARGE', 1);
  });

  it('L04 a command whose time is over before the broker is back', async () => {
    broker.become('disconnected');
    send({}, message({ expiresAt: Date.now() + 20 }));
    await shown('events-expired EVENT_EXPIRED', 1);
  });

  it('L05 an event that has waited longer than the outbox keeps it', async () => {
    broker.become('disconnected');
    send({ maxAge: 20 }, message());
    await shown('events-expired OUTBOX_EXPIRED', 1);
  });

  for (const [number, code] of [
    ['L06', 'BROKER_REFUSED'],
    ['L07', 'BODY_TOO_LARGE'],
    ['L08', 'TOPIC_ILLEGAL'],
    ['L09', 'TOPIC_UNKNOWN'],
  ] as const) {
    it(`${number} an event that the broker refuses for good: ${code}`, async () => {
      broker.respond = () => new GridwireError(code, 'No.');
      send({}, message());
      await shown(`events-failed ${code}`, 1);
    });
  }

  it('L10 what waits in memory when its node is closed', async () => {
    broker.become('disconnected');
    send({}, message(), message());
    outbox?.close();
    await shown('events-lost BROKER_CLOSED', 2);
  });

  it('L11 an event that comes when its node is being closed', async () => {
    send({});
    outbox?.close();
    outbox?.send(message()).catch(() => undefined);
    await shown('events-refused BROKER_CLOSED', 1);
  });

  it('L12 an event that was erased with its subject while it waited', async () => {
    broker.become('disconnected');
    send({}, message());
    outbox?.erase(() => true);
    await shown('events-lost OUTBOX_DROPPED', 1);
  });
});
