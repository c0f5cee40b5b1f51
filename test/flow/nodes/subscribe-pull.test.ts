import assert from 'node:assert/strict';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const pull = (more: Record<string, unknown> = {}): FlowNode => ({
  ...{ id: 'pull', type: 'gridwire-subscribe', broker: 'broker', mode: 'pull' },
  ...{ contract: 'powergrid', dialect: 'documented', eventType: 'actions', wires: [['taken'], ['refused']] },
  ...more,
});
const helpers: FlowNode[] = ['taken', 'refused', 'caught'].map((id) => ({ id, type: 'helper' }));
const action = (env: string, payload: object = { MG1: [1] }) => ({
  ...{ env_id: env, sender_id: 'environment', recipient_id: 'broadcast', timestamp: 0 },
  ...{ message_type: 'action', payload },
});

describe('gridwire-subscribe in pull mode', () => {
  const flows = useFlows();
  const taken = (): GridwireMessage[] => flows.received('taken');
  const ask = (message: object = {}): void => flows.node('pull').receive(message as GridwireMessage);

  async function publish(topic: string, body: unknown): Promise<void> {
    const { broker } = flows.node('broker') as BrokerNode;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    await broker!.publish({ topic, body: Buffer.from(text), qos: 1, retain: false, headers: {} });
    // A turn for the channel to take it.
    await new Promise(setImmediate);
  }

  it('sends nothing by itself, and when asked a list with what came since the deploy', async () => {
    await flows.load([memory, pull(), ...helpers]);
    await publish('env_0/actions', action('env_0', { MG1: [0.5] }));
    await publish('env_0/actions', action('env_0', { MG2: [0.3] }));
    assert.deepEqual(taken(), []);
    ask({ topic: 'tick', step: 7 });
    const [list] = await settled(taken, 1);
    assert.deepEqual(list?.payload, [{ MG1: [0.5] }, { MG2: [0.3] }]);
    assert.deepEqual([list.topic, list['step']], ['tick', 7]);
    const messages = list['messages'] as GridwireMessage[];
    assert.deepEqual(
      messages.map(({ topic, event }) => [topic, event?.envelope['sender_id']]),
      [
        ['env_0/actions', 'environment'],
        ['env_0/actions', 'environment'],
      ],
    );
    assert.deepEqual(flows.endsOf('pull'), [undefined]);
  });

  it('sends an empty list when nothing has come', async () => {
    await flows.load([memory, pull(), ...helpers]);
    ask();
    const [list] = await settled(taken, 1);
    assert.deepEqual(list?.payload, []);
  });

  it('gives what is pulled nothing of the message that asks for it but its own', async () => {
    await flows.load([memory, pull({ contract: '', filter: 'a', pullForm: 'each' }), ...helpers]);
    await publish('a', '1');
    const wire = { key: 'k', headers: { h: '1' }, headerOrder: ['h'], tombstone: true, qos: 2, retain: true };
    const more = { contentType: 'a/b', responseTopic: 'r', correlationData: Buffer.from('c'), expiresAt: 5 };
    ask({ ...wire, ...more, failure: {}, step: 7 });
    const [one] = await settled(taken, 1);
    const { payload, headers, qos, retain, step } = one as GridwireMessage & Record<string, unknown>;
    const own = { payload: 1, headers: {}, qos: 1, retain: false, step: 7 };
    assert.deepEqual({ payload, headers, qos, retain, step }, own);
    for (const name of ['key', 'headerOrder', 'tombstone', 'failure', ...Object.keys(more)])
      assert.ok(!(name in (one ?? {})), name);
  });

  it('sends each event by itself, in parts that a join node puts together', async () => {
    await flows.load([memory, pull({ pullForm: 'each' }), ...helpers]);
    for (const device of ['A', 'B']) await publish('env_0/actions', action('env_0', { [device]: [1] }));
    ask({ event: 'of the message that asks', step: 7 });
    const messages = await settled(taken, 2);
    assert.deepEqual(
      messages.map(({ payload, event, ...rest }) => [
        ...[payload, event?.type, rest['step']],
        ...[(rest['parts'] as { index: number }).index, (rest['parts'] as { count: number }).count],
      ]),
      [
        [{ A: [1] }, 'actions', 7, 0, 2],
        [{ B: [1] }, 'actions', 7, 1, 2],
      ],
    );
  });

  it('peeks and leaves when set so, and takes what the message asks to take', async () => {
    await flows.load([memory, pull({ pullAction: 'peek' }), ...helpers]);
    await publish('env_0/actions', action('env_0'));
    for (const message of [{}, { clear: true }, {}]) ask(message);
    const lists = await settled(taken, 3);
    assert.deepEqual(
      lists.map(({ payload }) => (payload as unknown[]).length),
      [1, 1, 0],
    );
  });

  it('shares its channel with other nodes on it: what one takes, the other does not see', async () => {
    const peek = pull({ id: 'peek', pullAction: 'peek', wires: [['peeked'], []] });
    await flows.load([memory, pull(), peek, ...helpers, { id: 'peeked', type: 'helper' }]);
    await publish('env_0/actions', action('env_0'));
    const look = (): void => flows.node('peek').receive({});
    look();
    await settled(() => flows.received('peeked'), 1);
    ask();
    await settled(taken, 1);
    look();
    const peeked = await settled(() => flows.received('peeked'), 2);
    assert.deepEqual(
      peeked.map(({ payload }) => (payload as unknown[]).length),
      [1, 0],
    );
  });

  it('collects one environment only when its name is set', async () => {
    const parameters = [{ name: 'env', value: 'env_0', type: 'str' }];
    await flows.load([memory, pull({ parameters }), ...helpers]);
    for (const env of ['env_0', 'env_1']) await publish(`${env}/actions`, action(env));
    ask();
    const [list] = await settled(taken, 1);
    assert.equal((list?.payload as unknown[]).length, 1);
  });

  it('refuses an environment whose name no topic can hold', async () => {
    await flows.load([memory, pull(), ...helpers]);
    for (const env of ['env_0/#', '+', '', 'a\0b']) ask({ parameters: { env } });
    assert.deepEqual(await settled(() => flows.endsOf('pull'), 4), [
      'IDENTIFIER_ILLEGAL',
      'IDENTIFIER_ILLEGAL',
      'PARAMETER_MISSING',
      'IDENTIFIER_ILLEGAL',
    ]);
  });

  it('sends what breaks the contract by the other output, with its reason and its bytes', async () => {
    await flows.load([memory, pull(), ...helpers]);
    await publish('env_0/actions', action('env_1'));
    await publish('env_0/actions', 'not json');
    await publish('env_0/actions', action('env_0'));
    ask();
    const refused = (await settled(() => flows.received('refused'), 2)) as GridwireMessage[];
    assert.deepEqual(
      refused.map(({ error }) => (error as { code: string }).code),
      ['SCHEMA_VIOLATION', 'BODY_NOT_JSON'],
    );
    assert.equal(refused[1]?.original?.body.toString(), 'not json');
    const [list] = await settled(taken, 1);
    assert.equal((list?.payload as unknown[]).length, 1);
  });

  it('waits for a first message as long as it is told, and not beyond its end', async () => {
    await flows.load([memory, pull({ pullTimeout: '60000' }), ...helpers]);
    ask();
    await publish('env_0/actions', action('env_0'));
    const [list] = await settled(taken, 1);
    assert.equal((list?.payload as unknown[]).length, 1);
    ask();
    await flows.node('pull').close(false);
    assert.deepEqual(await settled(() => flows.endsOf('pull'), 2), [undefined, undefined]);
    assert.equal(taken().length, 1);
  });

  it('says what a message cannot ask for', async () => {
    await flows.load([memory, pull(), ...helpers]);
    for (const message of [{ limit: 0 }, { timeout: 1e9 }, { clear: 'no' }]) ask(message);
    assert.deepEqual(await settled(() => flows.endsOf('pull'), 3), Array(3).fill('SETTING_INVALID'));
  });

  it('says which settings cannot work', async () => {
    const parameters = [{ name: 'environment', value: 'env_0', type: 'str' }];
    await flows.load([memory, pull({ parameters, pullForm: 'pairs' }), ...helpers]);
    const [line] = flows.logged('pull', 'error');
    assert.match(line ?? '', /parameters: "environment" is no parameter of the topic; it has env\./);
    assert.match(line ?? '', /pullForm: must be one of list, each/);
  });

  it('without a contract pulls whatever a filter selects', async () => {
    await flows.load([memory, pull({ contract: '', filter: 'a/+' }), ...helpers]);
    await publish('a/b', 'text');
    await publish('a/c', { n: 1 });
    ask();
    const [list] = await settled(taken, 1);
    assert.deepEqual(list?.payload, ['text', { n: 1 }]);
  });
});
