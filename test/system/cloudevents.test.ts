import assert from 'node:assert/strict';
import type { PullChannel } from '../../src/brokers/broker.js';
import type { InboundMessage, WireMessage } from '../../src/event.js';
import type { BrokerNode } from '../../nodes/runtime/broker-node.js';
import type { GridwireMessage } from '../../nodes/runtime/messages.js';
import { settled, useFlows } from '../support/flow-helper.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { brokerNodes, requireBroker } from '../support/transports.js';
import { until } from '../support/wait.js';

const RUN = `cloudevents-${process.pid}-${Date.now()}`;
const celine = {
  broker: 'broker',
  contract: 'celine-dt',
  dialect: 'documented',
  eventType: 'app-execution-started',
};
const flow = (cloudEvents: string): FlowNode[] => [
  { ...celine, id: 'publish', type: 'gridwire-publish', cloudEvents, wires: [[]] },
  {
    ...celine,
    id: 'subscribe',
    type: 'gridwire-subscribe',
    cloudEvents: true,
    wires: [['events'], ['refused']],
  },
  { id: 'events', type: 'helper' },
  { id: 'refused', type: 'helper' },
];

describe('CloudEvents 1.0 on every broker', function () {
  this.timeout(180_000);
  const flows = useFlows();
  let serial = 0;

  /** Loads the flow and sends events until the first has come, so that every subscription is known to deliver. */
  async function load(
    node: FlowNode,
    cloudEvents: string,
  ): Promise<{ channel: PullChannel; prefix: string }> {
    serial += 1;
    const prefix = `${RUN}/${serial}`;
    await flows.load([{ ...node, topicPrefix: prefix }, ...flow(cloudEvents)]);
    const { broker } = flows.node('broker') as BrokerNode;
    const channel = await broker!.openChannel(`${prefix}/#`);
    // A subscription to Kafka begins on its own time, so that each next one is sent when the last was acknowledged.
    const published = (): number => flows.endsOf('publish').length;
    const next = async (): Promise<void> => {
      const before = published();
      publish('warm-up');
      await until('it was acknowledged', () => published() > before, 60_000);
    };
    const isSeen = async (): Promise<boolean> => {
      await next();
      return flows.received('events').length > 0;
    };
    await until('the flow gets events', isSeen, 60_000);
    while ((await channel.consume({ timeout: 1_000 })).length === 0) await next();
    return { channel, prefix };
  }

  function publish(request: string): void {
    const payload = { app_key: 'pv', request_id: request };
    flows.node('publish').receive({ payload, members: { correlation_id: 'c-1' } });
  }

  /** The message of one request, as it travels and as the flow gets it. */
  async function both(
    channel: PullChannel,
    request: string,
  ): Promise<{ wire: InboundMessage; got: GridwireMessage }> {
    let wire: InboundMessage | undefined;
    while (wire === undefined) {
      const come = await channel.consume({ timeout: 60_000 });
      wire = come.find(({ body }) => Buffer.from(body).includes(request));
    }
    const of = () =>
      (flows.received('events') as GridwireMessage[]).filter(
        ({ payload }) => (payload as { request_id: string }).request_id === request,
      );
    const [got] = await settled(of, 1);
    return { wire, got: got! };
  }

  for (const [name, node] of Object.entries(brokerNodes('broker', RUN))) {
    for (const mode of ['structured', 'binary']) {
      it(`${mode} on ${name}: the form of the binding, and the same event at the other end`, async function () {
        const { channel, prefix } = await load(requireBroker(this, name, node), mode);
        publish('r-42');
        const { wire, got } = await both(channel, 'r-42');
        const attributes = (got['cloudEvent'] ?? {}) as Record<string, string>;
        const topic = `${prefix}/app/execution-started/pv`;
        assert.deepEqual(
          ['specversion', 'type', 'subject', 'correlationid'].map((each) => attributes[each]),
          ['1.0', 'celine-dt.app-execution-started', topic, 'c-1'],
        );
        assert.equal(attributes['id'], got.event?.envelope['id']);
        assert.deepEqual(got.payload, { app_key: 'pv', request_id: 'r-42' });

        const document = JSON.parse(Buffer.from(wire.body).toString()) as Record<string, unknown>;
        if (mode === 'structured' || name === 'MQTT 3.1.1') {
          assert.deepEqual(document['data'], got.event?.envelope);
          assert.equal(document['specversion'], '1.0');
          if (name !== 'MQTT 3.1.1') assert.equal(wire.contentType, 'application/cloudevents+json');
        } else {
          assert.deepEqual(document, got.event?.envelope);
          assert.equal(wire.contentType, 'application/json');
          const marked = name === 'Kafka' ? 'ce_id' : 'id';
          assert.equal(wire.headers[marked], attributes['id']);
        }
        assert.deepEqual(flows.received('refused'), []);
      });
    }

    it(`${name}: a plain event passes, and what is meant to be a CloudEvent and is none is refused`, async function () {
      const { prefix } = await load(requireBroker(this, name, node), 'off');
      const { broker } = flows.node('broker') as BrokerNode;
      const bad: WireMessage = {
        topic: `${prefix}/app/execution-started/pv`,
        body: Buffer.from(JSON.stringify({ specversion: '1.0', id: '', source: '/s', type: 't', data: {} })),
        ...{ qos: 1, retain: false, headers: {} },
      };
      await broker!.publish(bad);
      const [refused] = (await settled(() => flows.received('refused'), 1)) as GridwireMessage[];
      assert.match((refused?.error as { message: string }).message, /Not a valid CloudEvent: id must be/);
      const [plain] = flows.received('events') as GridwireMessage[];
      assert.equal(plain?.['cloudEvent'], undefined);
    });
  }
});
