import assert from 'node:assert/strict';
import type { BrokerNode } from '../../nodes/runtime/broker-node.js';
import type { GridwireMessage } from '../../nodes/runtime/messages.js';
import { Contract } from '../../src/contracts/contract.js';
import { builtInContract } from '../../src/contracts/library/built-in.js';
import { trustedLetter } from '../../src/delivery/letters/trusted-letter.js';
import type { InboundMessage, WireMessage } from '../../src/event.js';
import { useFlows } from './flow-helper.js';
import type { FlowNode } from './node-red-admin.js';
import { assertCarried, carried, FIDELITY, lasting, randomMessages } from './random-messages.js';
import { onEachStore } from './stores.js';
import { until } from './wait.js';

const COUNT = FIDELITY.count(150);
const SEED = FIDELITY.seed;
const PATIENCE = 60_000;

type Settings = Record<string, unknown>;

/** Each test has topics of its own: where there is a log, an earlier one's lie in it. */
let serial = 0;

/**
 * As the property test over brokers, on the nodes themselves: published without a contract, received, kept by a mirror
 * and as dead letters, and sent again from both.
 * @param brokerFor the broker's config node, called `broker`; it may skip the test
 * @param area where the topics of this run lie; brokers are shared with other suites and runs
 */
export function nodeFidelity(
  name: string,
  area: string,
  brokerFor: (context: Mocha.Context) => FlowNode,
): void {
  onEachStore(
    `Random messages through the nodes on ${name} are the same at every end, or refused`,
    (stores) => {
      const flows = useFlows();
      /** The store as a config node has it. */
      function storeNode(): { node: Settings; credentials: Settings } {
        const { settings } = stores;
        if (settings.kind === 'sqlite') return { node: { ...settings }, credentials: {} };
        const { kind, host, port, database, user, password } = settings;
        return { node: { kind, host, port: String(port), database }, credentials: { user, password } };
      }

      async function load(broker: FlowNode, topic: string): Promise<void> {
        const { node, credentials } = storeNode();
        const all = { store: 'store', broker: 'broker', contract: '' };
        const letters = { ...all, contract: 'ecogrid-ems', dialect: 'documented' };
        await flows.load(
          [
            { id: 'store', type: 'gridwire-store', ...node },
            broker,
            { id: 'publish', type: 'gridwire-publish', ...all, store: '', parameters: [], wires: [[]] },
            {
              ...{ id: 'subscribe', type: 'gridwire-subscribe', ...all, store: '', filter: topic },
              ...{ startAt: 'earliest', wires: [['mirror', 'dlq', 'seen'], []] },
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
        const { broker } = flows.node('broker') as BrokerNode;
        const take: Parameters<NonNullable<typeof broker>['subscribe']>[1] = (delivery) => {
          messages.push(delivery.message);
          delivery.settle('ack');
        };
        await broker!.subscribe(filter, take, { from: 'earliest', identity: filter });
        return messages;
      }

      it(`seed ${SEED}, ${COUNT} messages`, async function () {
        this.timeout(6 * PATIENCE);
        serial += 1;
        const topic = `${area}${serial}/a/b`;
        await load(brokerFor(this), topic);
        const [seen, mirrored, kept, done] = ['seen', 'mirrored', 'kept', 'done'].map(
          (id) => flows.received(id) as GridwireMessage[],
        ) as [GridwireMessage[], GridwireMessage[], GridwireMessage[], GridwireMessage[]];
        const original = await heard(topic);
        const letters = await heard(`${topic}-dlt`);
        const replays = await heard(`replay/${topic}`);

        const messages = randomMessages(topic, { count: COUNT, seed: SEED });
        for (const { body, ...rules } of messages)
          flows.node('publish').receive({ ...rules, payload: Buffer.from(body) });
        await until('all have ended', () => flows.endsOf('publish').length === COUNT, PATIENCE);
        const taken = flows.endsOf('publish').filter((code) => code === undefined).length;
        assert.ok(taken > COUNT / 2, `only ${taken} of ${COUNT} were taken`);
        for (const code of flows.endsOf('publish'))
          assert.match(code ?? 'NOT_SUPPORTED', /^(NOT_SUPPORTED|IDENTIFIER_ILLEGAL)$/);
        await until(
          'as many as were published are kept',
          () => [original, seen, kept, mirrored].every(({ length }) => length === taken),
          PATIENCE,
        );
        const expected = original.map((message) => carried(message));
        assertCarried(
          'seen',
          seen.map((message) => message.original as WireMessage),
          expected,
        );
        await until('all letters came', () => letters.length === expected.length, PATIENCE);
        const contract = new Contract(builtInContract('ecogrid-ems'));
        assertCarried(
          'letters',
          letters.map((each) => trustedLetter(each, contract)?.original as WireMessage),
          expected,
        );

        flows.node('events').receive({ payload: {} });
        await until('all were replayed', () => done.length === 1, PATIENCE);
        assert.deepEqual(done[0]?.payload, {
          ...{ state: 'done', done: expected.length, total: expected.length, leftOut: 0, refused: 0 },
        });
        await until('all replays came', () => replays.length === expected.length, PATIENCE);
        assertCarried('replayed', replays, expected.map(lasting), ['gridwire-replay']);

        original.length = 0;
        flows.node('letters').receive({ payload: {} });
        await until(
          'all were repaired',
          () => done.length === 2 && original.length >= expected.length,
          PATIENCE,
        );
        assert.equal((done[1]?.payload as { failed: number }).failed, 0);
        assertCarried('repaired', original.slice(0, expected.length), expected);
      });
    },
  );
}
