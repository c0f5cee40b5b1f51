import assert from 'node:assert/strict';
import type { GridwireMessage } from '../../nodes/runtime/messages.js';
import { Contract } from '../../src/contracts/contract.js';
import type { EventType } from '../../src/contracts/event-type.js';
import { contracts } from '../../src/contracts/library/built-in.js';
import { powergrid } from '../../src/contracts/powergrid/contract.js';
import { trustedLetter } from '../../src/delivery/letters/trusted-letter.js';
import { standings } from '../../src/observe/facts/standings.js';
import { useFlows } from '../support/flow-helper.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { brokerNodes, requireBroker } from '../support/transports.js';
import { until } from '../support/wait.js';

/** The brokers are shared with other suites and runs. */
const RUN = `dialects-${process.pid}-${Date.now()}`;
const DIALECTS = Object.values(contracts).flatMap(({ name, dialects }) =>
  ['documented', ...Object.keys(dialects)].map((dialect): [string, string] => [name, dialect]),
);
const PATIENCE = 90_000;

/** Every type published, received by its contract, given to dlq, and its letter read where letters lie. */
function flow(broker: FlowNode, contract: string, dialect: string, types: readonly EventType[]): FlowNode[] {
  const own = { broker: 'broker', contract, dialect };
  const receive = { type: 'gridwire-subscribe', broker: 'broker', filter: '#', startAt: 'earliest' };
  return [
    broker,
    ...types.map(({ name }) => ({
      ...{ ...own, id: `publish ${name}`, type: 'gridwire-publish', eventType: name, wires: [[]] },
    })),
    { ...receive, ...own, id: 'subscribe', eventType: '', wires: [['seen', 'dlq'], []] },
    { id: 'rej', type: 'helper' },
    { ...own, id: 'dlq', type: 'gridwire-dlq', wires: [[]] },
    { ...receive, id: 'all', contract: '', wires: [['letters'], []] },
    { id: 'seen', type: 'helper' },
    { id: 'letters', type: 'helper' },
  ];
}

function standing(): number {
  return standings().filter((each) => each.of === 'subscription' && each.stands).length;
}

describe('every dialect of every system, from publish to its dead letter', function () {
  this.timeout(2 * PATIENCE);
  const flows = useFlows();

  for (const [transport, node] of Object.entries(brokerNodes('broker', RUN))) {
    for (const [index, [name, dialect]] of DIALECTS.entries()) {
      it(`${name} (${dialect}) on ${transport}`, async function () {
        const topicPrefix = `${RUN}/${transport.replaceAll(/[^A-Za-z0-9]/g, '')}/${index}`;
        const broker = { ...requireBroker(this, transport, node), topicPrefix };
        const data = Object.values(contracts).find((each) => each.name === name)!;
        const contract = new Contract(data, { dialect, prefix: topicPrefix });
        await flows.load(flow(broker, name, dialect, contract.types));
        // On MQTT the connections out and in are two: what went out first nobody would have asked for yet.
        await until('both subscriptions stand', () => standing() === 2, PATIENCE);
        const sent: EventType[] = [];
        for (const type of contract.types) {
          const id = `publish ${type.name}`;
          const { example, exampleParameters, exampleMembers } = type.data;
          const message = { payload: example, parameters: exampleParameters, members: exampleMembers };
          flows.node(id).receive({ _msgid: '', ...message });
          await until(`${type.name} was taken`, () => flows.endsOf(id).length > 0, PATIENCE);
          const [refusal] = flows.endsOf(id);
          // Kafka's names have no colons, as the addresses of Bluetooth have.
          if (refusal === undefined) sent.push(type);
          else assert.deepEqual([transport, refusal], ['Kafka', 'TOPIC_ILLEGAL'], type.name);
        }
        assert.ok(sent.length > 0);

        // By topic and body: Kafka may bring one twice, whenever a new topic makes its group begin anew.
        const seen = (): Map<string, GridwireMessage> =>
          new Map(
            (flows.received('seen') as GridwireMessage[]).map((message) => [
              nameOf(message.topic ?? '', message.original!.body),
              message,
            ]),
          );
        await until('all came', () => seen().size >= sent.length, PATIENCE);
        assert.deepEqual(
          [...seen().values()].map(({ event }) => event?.type).sort(),
          sent.map((type) => type.name).sort(),
        );
        for (const { event, payload, original } of seen().values()) {
          const type = contract.type(event!.type);
          const { example, exampleParameters = {}, exampleMembers = {} } = type.data;
          const parts = { payload: example, parameters: exampleParameters, members: exampleMembers };
          const built = contract.build(type.name, parts);
          assert.deepEqual(payload, built.payload, type.name);
          assert.equal(event?.topic, original?.topic);
          const lost = transport === 'MQTT 3.1.1' && type.isInKeyAlone(built.envelope);
          assert.deepEqual(event?.parameters, lost ? {} : built.parameters, type.name);
        }

        const letters = (): Set<string> =>
          new Set(
            (flows.received('letters') as GridwireMessage[]).flatMap(({ original }) => {
              const letter = trustedLetter(original!, contract);
              return letter === undefined ? [] : [nameOf(letter.failure.topic, letter.original.body)];
            }),
          );
        await until('all letters came', () => letters().size >= sent.length, PATIENCE);
        assert.deepEqual([...letters()].sort(), [...seen().keys()].sort());
      });
    }
  }
});

describe('an event type of PowerGrid on every broker', function () {
  this.timeout(2 * PATIENCE);
  const flows = useFlows();
  const node = (id: string, type: string, more: object): FlowNode => ({
    ...{ id, type, broker: 'broker', contract: 'powergrid', startAt: 'earliest', wires: [] },
    ...more,
  });

  for (const [transport, broker] of Object.entries(brokerNodes('broker', RUN))) {
    for (const dialect of ['documented', 'deployed']) {
      it(`${dialect} on ${transport}: nobody gets another one, as it comes or when asked`, async function () {
        const topicPrefix = `${RUN}/typed/${transport.replaceAll(/[^A-Za-z0-9]/g, '')}/${dialect}`;
        const { types } = new Contract(powergrid, { dialect });
        const names = types.map(({ name }) => name);
        await flows.load([
          { ...requireBroker(this, transport, broker), topicPrefix },
          ...names.flatMap((eventType) => [
            node(`publish ${eventType}`, 'gridwire-publish', { dialect, eventType, wires: [[]] }),
            node(`push ${eventType}`, 'gridwire-subscribe', {
              dialect,
              eventType,
              wires: [[`came ${eventType}`], ['refused']],
            }),
            node(`pull ${eventType}`, 'gridwire-subscribe', {
              ...{ dialect, eventType, mode: 'pull', pullForm: 'each', pullTimeout: '200' },
              wires: [[`taken ${eventType}`], ['refused']],
            }),
            { id: `came ${eventType}`, type: 'helper' },
            { id: `taken ${eventType}`, type: 'helper' },
          ]),
          { id: 'refused', type: 'helper' },
        ]);
        const got = (name: string): (string | undefined)[] =>
          ['came', 'taken'].flatMap((how) =>
            (flows.received(`${how} ${name}`) as GridwireMessage[]).map(({ event }) => event?.type),
          );
        const isDone = (): boolean =>
          names.every((name) =>
            ['came', 'taken'].every((how) => flows.received(`${how} ${name}`).length > 0),
          );
        const round = async (): Promise<boolean> => {
          for (const { name, data } of types) {
            const { example, exampleParameters, exampleMembers } = data;
            const before = flows.endsOf(`publish ${name}`).length;
            const parts = { parameters: exampleParameters, members: exampleMembers };
            flows.node(`publish ${name}`).receive({ _msgid: '', payload: example, ...parts });
            await until('it was taken', () => flows.endsOf(`publish ${name}`).length > before, PATIENCE);
          }
          for (const name of names) {
            const before = flows.endsOf(`pull ${name}`).length;
            flows.node(`pull ${name}`).receive({});
            await until('it was asked', () => flows.endsOf(`pull ${name}`).length > before, PATIENCE);
          }
          return isDone();
        };
        await until('each has come and was taken', round, PATIENCE);
        for (const name of names) assert.deepEqual(new Set(got(name)), new Set([name]));
        assert.deepEqual(flows.received('refused'), []);
      });
    }
  }
});

/** Kafka has a dot where others have a slash. */
function nameOf(topic: string, body: Uint8Array): string {
  return `${topic.replaceAll('/', '.')} ${Buffer.from(body).toString()}`;
}
