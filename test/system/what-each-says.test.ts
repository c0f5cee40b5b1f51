import assert from 'node:assert/strict';
import { lookup } from 'node:dns';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MqttBroker } from '../../src/brokers/mqtt/mqtt-broker.js';
import { mqttBroker } from '../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../support/mosquitto.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { until } from '../support/wait.js';
import { type Fault, Faults } from './what-each-says/faults.js';
import { type Line, whatEachSays } from './what-each-says/table.js';

const PATIENCE = 60_000;
/** These have tests of their own: below, and with a small disk in store/node-faults.test.ts. */
const ELSEWHERE = ['the broker drops messages', "the store's disk is full"];

interface State {
  troubles: { text: string; code?: string; sentence?: string; remedy?: string; happened: boolean }[];
}

/** Prints every error that reaches a catch node. */
const catching: FlowNode[] = [
  { id: 'errors', z: 'tab', type: 'catch', scope: null, wires: [['print-error']] },
  {
    ...{ id: 'print-error', z: 'tab', type: 'function', outputs: 0, wires: [] },
    func: 'node.log(`CAUGHT ${msg.error.source.id} ${msg.error.code}: ${msg.error.message}`);',
  },
  { id: 'statuses', z: 'tab', type: 'status', scope: null, wires: [['print-status']] },
  {
    ...{ id: 'print-status', z: 'tab', type: 'function', outputs: 0, wires: [] },
    func: 'node.log(`STATUS ${msg.status.source.id}: ${msg.status.text}`);',
  },
];

describe('what each says, by the table in docs/troubleshooting.md', function () {
  this.timeout(180_000);
  let mosquitto: CrashableMosquitto | undefined;

  // Before everything else: it forgets its counter of dropped messages after a minute, in which the other tests run.
  before(async function () {
    mosquitto = await startMosquitto(this, {
      config: ['allow_anonymous true', 'max_queued_messages 10', 'sys_interval 1'],
    });
  });
  after(async () => {
    await mosquitto?.stop();
  });

  describe('status, panel, catch node and log', () => {
    const table = whatEachSays();
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-says-'));
    const services = new Faults(folder);
    let faults = new Map<string, Fault>();
    let nodeRed: NodeRedProcess | undefined;

    before(async function () {
      await services.start(this);
      faults = await services.all();
      const all = [...faults.values()];
      const credentials = Object.assign({}, ...all.map((fault) => fault.credentials ?? {})) as Record<
        string,
        Record<string, string>
      >;
      nodeRed = await NodeRedProcess.start({
        flows: [
          { id: 'tab', type: 'tab' },
          ...catching,
          ...services.common(),
          ...all.flatMap(({ nodes }) => nodes),
        ],
        credentials,
      });
      await services.stopping?.end();
    });
    after(async () => {
      await nodeRed?.stop();
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const stateOf = async (node: string): Promise<State> => {
      const answer = await nodeRed?.admin.request(`gridwire/status/${node}`);
      return (await answer?.json()) as State;
    };

    it('has each fault of the table, and no other', () => {
      assert.deepEqual(
        table.map(({ fault }) => fault).filter((fault) => !ELSEWHERE.includes(fault)),
        [...faults.keys()],
      );
    });

    for (const line of table.filter(({ fault }) => !ELSEWHERE.includes(fault))) {
      it(`${line.fault}: ${line.status.source}`, async function () {
        if (line.fault === 'the host is wrong' && (await isWithoutNames())) {
          console.log('      skipped: this machine has no name server that knows that a name is unknown');
          this.skip();
        }
        const fault = faults.get(line.fault);
        assert.ok(fault !== undefined);
        for (const button of fault.press ?? []) await nodeRed?.admin.inject(button);
        await nodeRed?.waitForLine(statusOf(fault.node, line.status), PATIENCE);
        let first: State['troubles'][number] | undefined;
        await until('the panel has it', async () => {
          [first] = (await stateOf(fault.node)).troubles;
          return line.status.test(first?.text ?? '');
        });
        if (line.sentence !== '') {
          assert.ok(first?.sentence?.includes(line.sentence), first?.sentence);
          assert.match(first?.remedy ?? '', / .*\.$/, 'what to do, in the language of the runtime');
        }
        await tells(line, fault);
      });
    }

    async function tells({ caught, sentence }: Line, fault: Fault): Promise<void> {
      const found = nodeRed?.lines.find((line) => line.includes(`CAUGHT ${fault.node} `));
      if (caught !== '') {
        const line = await nodeRed?.waitForLine(new RegExp(`CAUGHT ${fault.node} ${caught}: `), PATIENCE);
        assert.ok(line?.includes(sentence), line);
      } else if (fault.node !== 'ingest-hold' && fault.node !== 'dlq-letters') {
        assert.equal(found, undefined);
        await until('the log has it', () => nodeRed?.lines.some((line) => line.includes(sentence)) === true);
      }
    }

    it('logs a fault that goes on once, however often it is met', () => {
      const of = (id: string): string[] =>
        nodeRed!.lines.filter((line) => line.includes(`gridwire-broker:${id}]`));
      for (const id of ['wrong-port', 'stale', 'wants-tls', 'wrong-name'])
        assert.equal(of(id).length, 1, of(id).join('\n'));
      const store = nodeRed!.lines.filter((line) => line.includes('gridwire-store:store-away]'));
      assert.equal(store.length, 1, store.join('\n'));
    });

    it('keeps what has happened until it is seen, and what is true until it is not', async () => {
      const before = await stateOf('publish-broken');
      assert.equal(before.troubles[0]?.happened, true);
      const seen = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
      await nodeRed?.admin.request('gridwire/status/publish-broken/seen', seen);
      assert.deepEqual((await stateOf('publish-broken')).troubles, []);
      await nodeRed?.admin.request('gridwire/status/ingest-hold/seen', seen);
      assert.equal((await stateOf('ingest-hold')).troubles.length, 1);
    });
  });

  describe('messages that Mosquitto drops', () => {
    let nodeRed: NodeRedProcess | undefined;
    let sender: MqttBroker | undefined;

    after(async () => {
      await sender?.disconnect();
      await nodeRed?.stop();
    });

    it('are told of on the node, in the log and in the check, though its counter was not to be had before', async () => {
      const port = mosquitto?.port ?? 0;
      sender = new MqttBroker({ host: '127.0.0.1', port });
      await sender.connect();
      await until('its counter has been forgotten', async () => !(await hasCounter(port)), 90_000);
      nodeRed = await NodeRedProcess.start({
        flows: [
          { id: 'tab', type: 'tab' },
          ...catching,
          mqttBroker('broker', port, { protocolVersion: '5' }),
          {
            ...{ id: 'subscribe', type: 'gridwire-subscribe', z: 'tab', broker: 'broker', contract: '' },
            ...{ filter: 'burst', qos: '1', window: '20', wires: [['slow'], []] },
          },
          {
            id: 'slow',
            type: 'delay',
            z: 'tab',
            pauseType: 'delay',
            timeout: '1',
            timeoutUnits: 'seconds',
            wires: [['end']],
          },
          { id: 'end', type: 'function', z: 'tab', func: '', wires: [[]] },
        ],
      });
      await nodeRed.waitForLine(/gridwire-broker:broker\] Connected/);
      const check = async (): Promise<string[]> => {
        const answer = await nodeRed!.admin.request('gridwire/brokers/broker/check');
        const { findings } = (await answer.json()) as { findings: { subject: string; judgement: string }[] };
        return findings.map(({ subject, judgement }) => `${subject} ${judgement}`);
      };
      await until('the check knows that nothing was dropped', async () =>
        (await check()).includes('drops-lately good'),
      );
      const message = { topic: 'burst', body: Buffer.from('x'), qos: 1, retain: false, headers: {} } as const;
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          for (let one = 0; one < 100; one += 1) await sender!.publish(message);
        }),
      );
      const [line] = whatEachSays().filter(({ fault }) => fault === 'the broker drops messages');
      await nodeRed.waitForLine(statusOf('subscribe', line!.status), PATIENCE);
      const told = await nodeRed.waitForLine(
        /gridwire-broker:broker\].*has dropped (up to )?\d+ messages/,
        PATIENCE,
      );
      assert.ok(told.includes(line!.sentence), told);
      assert.ok((await check()).includes('drops risk'));
    });
  });
});

/** The line that a status node prints. */
function statusOf(node: string, status: RegExp): RegExp {
  return new RegExp(`STATUS ${node}: ${status.source.slice(1)}`);
}

/** Whether Mosquitto still has its counter of dropped messages as a kept value. */
async function hasCounter(port: number): Promise<boolean> {
  const client = new MqttBroker({ host: '127.0.0.1', port, protocolVersion: 5 });
  const heard: boolean[] = [];
  await client.subscribe('$SYS/broker/publish/messages/dropped', (delivery) => {
    heard.push(delivery.message.retain);
    delivery.settle('ack');
  });
  const told = new Promise<void>((resolve) => {
    void client.subscribe('$SYS/broker/version', () => resolve());
  });
  await client.connect();
  await told;
  await client.disconnect();
  return heard.includes(true);
}

/** Whether asking for a name that there is not ends in something else than that. */
function isWithoutNames(): Promise<boolean> {
  return new Promise((resolve) => {
    lookup('no-such-host.invalid', (error) => resolve(error?.code !== 'ENOTFOUND'));
  });
}
