import assert from 'node:assert/strict';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { Contract } from '../../../src/contracts/contract.js';
import { builtInContract } from '../../../src/contracts/library/built-in.js';
import { trustedLetter } from '../../../src/delivery/letters/trusted-letter.js';
import type { InboundMessage, WireMessage } from '../../../src/event.js';
import { useFlows } from '../../support/flow-helper.js';
import { carried, type Carried, randomMessages } from '../../support/random-messages.js';
import { onEachStore } from '../../support/stores.js';
import { until } from '../../support/wait.js';

const COUNT = Number(process.env['GRIDWIRE_FIDELITY_COUNT'] ?? 150);
const SEED = Number(process.env['GRIDWIRE_FIDELITY_SEED'] ?? 20_261_129);

type Settings = Record<string, unknown>;

/*
 * As the property test over brokers, on the nodes themselves: published without a contract, received, kept by a mirror
 * and as dead letters, and sent again from both.
 */
onEachStore('Random messages through the nodes are the same at every end, or refused', (stores) => {
  const flows = useFlows();

  /** The store as a config node has it. */
  function storeNode(): { node: Settings; credentials: Settings } {
    const { settings } = stores;
    if (settings.kind === 'sqlite') return { node: { ...settings }, credentials: {} };
    const { kind, host, port, database, user, password } = settings;
    return { node: { kind, host, port: String(port), database }, credentials: { user, password } };
  }

  async function load(): Promise<void> {
    const { node, credentials } = storeNode();
    const all = { store: 'store', broker: 'broker', contract: '' };
    const letters = { ...all, contract: 'ecogrid-ems', dialect: 'documented' };
    await flows.load(
      [
        { id: 'store', type: 'gridwire-store', ...node },
        { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
        { id: 'publish', type: 'gridwire-publish', ...all, store: '', parameters: [], wires: [[]] },
        {
          ...{ id: 'subscribe', type: 'gridwire-subscribe', ...all, store: '', filter: 'a/b' },
          wires: [['mirror', 'dlq', 'seen'], []],
        },
        { id: 'mirror', type: 'gridwire-mirror', ...all, linger: '0', wires: [['mirrored']] },
        { id: 'dlq', type: 'gridwire-dlq', ...letters, wires: [['kept']] },
        { id: 'events', type: 'gridwire-replay', ...all, pace: 'unlimited', wires: [['done']] },
        { id: 'letters', type: 'gridwire-replay', ...all, source: 'dead-letters', wires: [['done']] },
        ...['seen', 'mirrored', 'kept', 'done'].map((id) => ({ id, type: 'helper' })),
      ],
      { store: credentials },
    );
  }

  async function heard(filter: string): Promise<InboundMessage[]> {
    const messages: InboundMessage[] = [];
    await (flows.node('broker') as BrokerNode).broker!.subscribe(filter, (delivery) => {
      messages.push(delivery.message);
      delivery.settle('ack');
    });
    return messages;
  }

  it(`seed ${SEED}, ${COUNT} messages`, async function () {
    this.timeout(120_000);
    await load();
    const [seen, mirrored, kept, done] = ['seen', 'mirrored', 'kept', 'done'].map(
      (id) => flows.received(id) as GridwireMessage[],
    ) as [GridwireMessage[], GridwireMessage[], GridwireMessage[], GridwireMessage[]];
    const original = await heard('a/b');
    const letters = await heard('a/b-dlt');
    const replays = await heard('replay/a/b');

    for (const { body, ...rules } of randomMessages('a/b', { count: COUNT, seed: SEED }))
      flows.node('publish').receive({ ...rules, payload: Buffer.from(body) });
    await until(
      'as many as were published are kept',
      () => seen.length > COUNT / 2 && kept.length === original.length && mirrored.length === original.length,
      60_000,
    );
    const expected = original.map((message) => carried(message));
    same(
      'seen',
      seen.map((message) => message.original as WireMessage),
      expected,
    );
    await until('all letters came', () => letters.length === expected.length, 60_000);
    const contract = new Contract(builtInContract('ecogrid-ems'));
    same(
      'letters',
      letters.map((each) => trustedLetter(each, contract)?.original as WireMessage),
      expected,
    );

    flows.node('events').receive({ payload: {} });
    await until('all were replayed', () => done.length === 1, 60_000);
    assert.deepEqual(done[0]?.payload, {
      ...{ state: 'done', done: expected.length, total: expected.length, leftOut: 0, refused: 0 },
    });
    same('replayed', replays, expected.map(lasting), ['gridwire-replay']);

    original.length = 0;
    flows.node('letters').receive({ payload: {} });
    await until('all were repaired', () => done.length === 2 && original.length >= expected.length, 60_000);
    assert.equal((done[1]?.payload as { failed: number }).failed, 0);
    same('repaired', original.slice(0, expected.length), expected);
  });
});

function lasting(message: Carried): Carried {
  return { ...message, expires: false };
}

function same(
  what: string,
  messages: readonly WireMessage[],
  expected: readonly Carried[],
  without: readonly string[] = [],
): void {
  assert.equal(messages.length, expected.length, what);
  for (const [index, message] of messages.entries())
    assert.deepEqual(carried(message, without), expected[index], `${what}: message ${index}`);
}
