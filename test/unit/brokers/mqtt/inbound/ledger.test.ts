import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Ledger, type LedgerEntry } from '../../../../../src/brokers/mqtt/inbound/ledger.js';
import type { PublishPacket } from '../../../../../src/brokers/mqtt/connection/publish-packet.js';

function packet(packetId: number, text: string, extra: Partial<PublishPacket> = {}): PublishPacket {
  return {
    topic: 't',
    body: Buffer.from(text),
    qos: 1,
    retain: false,
    dup: false,
    packetId,
    headers: {},
    subscriptionIds: [],
    ...extra,
  };
}

describe('ledger', () => {
  let written: string[];
  let ledger: Ledger;

  beforeEach(() => {
    written = [];
    ledger = new Ledger(({ kind, packetId, reasonCode }) =>
      written.push(`${kind} ${packetId} ${reasonCode}`),
    );
    ledger.connected(false);
  });

  const enter = (...parameters: Parameters<typeof packet>) =>
    ledger.published(packet(...parameters)) as LedgerEntry;

  it('counts what the flow has in hand, QoS 0 included, and writes nothing for QoS 0', () => {
    const entries = [enter(0, 'a', { qos: 0 }), enter(1, 'b'), enter(2, 'c', { qos: 2 })];
    assert.equal(ledger.unsettled, 3);
    for (const entry of entries) ledger.settle(entry, 0);
    for (const entry of entries) ledger.settle(entry, 0);
    assert.equal(ledger.unsettled, 0);
    assert.deepEqual(written, ['puback 1 0', 'pubrec 2 0']);
  });

  it('says how many wait for a message: the settled ones of its QoS, as long as it is open', () => {
    const [first, second, other] = [enter(1, 'a'), enter(2, 'b'), enter(3, 'c', { qos: 2 })];
    const says = () => [first, second, other].map((entry) => ledger.holdsUp(entry));
    assert.deepEqual(says(), [0, 0, 0]);
    ledger.settle(second, 0);
    assert.deepEqual(says(), [1, 0, 0]);
    ledger.disconnected();
    assert.deepEqual(says(), [0, 0, 0], 'without a connection nothing is answered');
    ledger.connected(true);
    ledger.published(packet(1, 'a', { dup: true }));
    ledger.published(packet(2, 'b', { dup: true }));
    assert.deepEqual(says(), [1, 0, 0]);
    ledger.settle(first, 0);
    assert.deepEqual(says(), [0, 0, 0]);
    assert.deepEqual(written, ['puback 1 0', 'puback 2 0']);
  });

  it('takes a QoS 1 redelivery for a new message when id, DUP, topic or bytes do not agree', () => {
    for (const other of [
      packet(1, 'a'),
      packet(1, 'b', { dup: true }),
      packet(1, 'a', { dup: true, topic: 'u' }),
      packet(2, 'a', { dup: true }),
    ]) {
      const fresh = new Ledger(() => undefined);
      fresh.connected(false);
      fresh.published(packet(1, 'a'));
      fresh.disconnected();
      fresh.connected(true);
      assert.ok(fresh.published(other), JSON.stringify(other));
    }
  });

  it('keeps an unanswered message over several connections', () => {
    const entry = enter(1, 'a');
    for (let round = 0; round < 3; round += 1) {
      ledger.disconnected();
      ledger.connected(true);
    }
    assert.equal(ledger.published(packet(1, 'a', { dup: true })), undefined);
    ledger.settle(entry, 0);
    assert.deepEqual(written, ['puback 1 0']);
  });

  it('frees a QoS 2 id at once when the message is refused', () => {
    ledger.settle(enter(5, 'a', { qos: 2 }), 0x83);
    assert.ok(ledger.published(packet(5, 'b', { qos: 2 })));
    ledger.released(5);
    assert.deepEqual(written, ['pubrec 5 131', 'pubcomp 5 146']);
  });

  it('forgets released QoS 2 ids with the session', () => {
    ledger.settle(enter(5, 'a', { qos: 2 }), 0);
    ledger.disconnected();
    ledger.connected(false);
    assert.ok(ledger.published(packet(5, 'b', { qos: 2 })));
  });

  it('acknowledges each message of a connection at most once, in order, and only when it is settled', () => {
    type Step = { kind: 'publish'; qos: 1 | 2 } | { kind: 'settle'; pick: number } | { kind: 'reconnect' };
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('publish' as const), qos: fc.constantFrom(1, 2) }),
      },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('settle' as const), pick: fc.nat(1_000) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect' as const) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const model = new BrokerModel();
        for (const one of steps) {
          if (one.kind === 'publish') model.publish(one.qos);
          else if (one.kind === 'settle') model.settle(one.pick);
          else model.reconnect();
        }
        model.reconnect();
        model.settleAll();
        assert.equal(model.unanswered, 0);
        assert.equal(model.ledger.unsettled, 0);
        assert.equal(model.ledger.unanswered, 0);
      }),
    );
  });
});

/** A broker that keeps the session, re-uses packet ids, and checks every acknowledgement that it gets. */
class BrokerModel {
  readonly ledger = new Ledger(({ kind, packetId, reasonCode }) =>
    this.#acknowledged(kind, packetId, reasonCode),
  );
  readonly #inFlight: { packet: PublishPacket; entry: LedgerEntry }[] = [];
  readonly #held: LedgerEntry[] = [];
  #serial = 0;

  constructor() {
    this.ledger.connected(false);
  }

  get unanswered(): number {
    return this.#inFlight.length;
  }

  publish(qos: 1 | 2): void {
    const used = new Set(this.#inFlight.map(({ packet: sent }) => sent.packetId));
    const packetId = [...Array(1_000).keys()].find((id) => id > 0 && !used.has(id)) ?? 0;
    const sent = packet(packetId, `${(this.#serial += 1)}`, { qos });
    const entry = this.ledger.published(sent);
    assert.ok(entry, 'a new message must reach the flow');
    this.#inFlight.push({ packet: sent, entry });
    this.#held.push(entry);
  }

  settle(pick: number): void {
    const [entry] = this.#held.splice(pick % Math.max(1, this.#held.length), 1);
    if (entry) this.ledger.settle(entry, 0);
  }

  settleAll(): void {
    while (this.#held.length > 0) this.settle(this.#held.length - 1);
  }

  reconnect(): void {
    this.ledger.disconnected();
    this.ledger.connected(true);
    for (const { packet: sent } of [...this.#inFlight]) {
      const again = this.ledger.published({ ...sent, dup: true });
      assert.equal(again, undefined, 'what the flow has or had must not reach it twice');
    }
  }

  #acknowledged(kind: string, packetId: number, reasonCode: number): void {
    if (kind === 'pubcomp') return;
    const qos = kind === 'puback' ? 1 : 2;
    const oldest = this.#inFlight.findIndex(({ packet: sent }) => sent.qos === qos);
    assert.equal(this.#inFlight[oldest]?.packet.packetId, packetId, 'out of order');
    assert.ok(this.#inFlight[oldest].entry.settled, 'before its settlement');
    assert.equal(reasonCode, 0);
    this.#inFlight.splice(oldest, 1);
    if (qos === 2) this.ledger.released(packetId);
  }
}
