import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { until } from '../../support/wait.js';

/** An example with its debug nodes replaced by listeners, and what each of its inject nodes would send. */
function example(file: string): {
  flow: FlowNode[];
  injected: Record<string, { to: string; message: object }>;
} {
  const nodes = JSON.parse(
    readFileSync(path.resolve(__dirname, '../../../examples', file), 'utf8'),
  ) as (FlowNode & { wires?: string[][] })[];
  const injects = nodes.filter(({ type }) => type === 'inject');
  const injected = injects.map(({ name, wires, props, payload }) => {
    const more = (props as { p: string; v?: string; vt?: string }[]).flatMap(({ p, v, vt }) =>
      v === undefined ? [] : [[p, vt === 'json' ? (JSON.parse(v) as unknown) : v]],
    );
    const message: object = payload === '' ? {} : { payload: JSON.parse(payload as string) as unknown };
    return [
      name,
      { to: wires?.[0]?.[0] ?? '', message: { ...message, ...(Object.fromEntries(more) as object) } },
    ];
  });
  const flow = nodes
    .filter(({ type }) => !['inject', 'comment', 'catch', 'tab'].includes(type))
    .map((node) => (node.type === 'debug' ? { ...node, type: 'helper' } : node));
  return { flow, injected: Object.fromEntries(injected) as never };
}

describe('examples of single features', () => {
  const flows = useFlows();
  const press = ({ to, message }: { to: string; message: object }): void =>
    flows.node(to).receive(structuredClone(message) as GridwireMessage);
  const heard = (flow: FlowNode[], name: string): GridwireMessage[] =>
    flows.received(flow.find((node) => node['name'] === name)?.id ?? '');

  it('powergrid-pull.json: each environment takes its own, and looking leaves all', async () => {
    const { flow, injected } = example('powergrid-pull.json');
    await flows.load(flow);
    for (const name of ['ESS1 of env_0', 'ESS2 of env_0', 'ESS1 of env_1']) press(injected[name]!);
    await settled(() => flows.endsOf(injected['ESS1 of env_0']!.to), 3);
    for (const name of ['look', 'step of env_0', 'step of env_1', 'step of env_1']) press(injected[name]!);
    const lists = await settled(() => heard(flow, 'state updates'), 4);
    assert.deepEqual(lists.map(({ payload }) => (payload as unknown[]).length).sort(), [0, 1, 2, 3]);
    assert.deepEqual(heard(flow, 'refused'), []);
  });

  it('celine-brokers.json: the named broker, the default one, and a refusal; CloudEvents on the way', async () => {
    const { flow, injected } = example('celine-brokers.json');
    await flows.load(flow);
    for (const press1 of Object.values(injected)) press(press1);
    const events = await settled(() => heard(flow, 'event'), 2);
    assert.deepEqual(events.map(({ topic }) => topic).sort(), [
      'backup/dt/app/execution-started/ev-charging-readiness',
      'celine/dt/app/execution-started/ev-charging-readiness',
    ]);
    const [travels] = await settled(() => heard(flow, 'CloudEvent'), 1);
    assert.equal((travels?.payload as { type: string }).type, 'celine-dt.app-execution-started');
    const publish = Object.values(injected)[0]!.to;
    const ends = await settled(() => flows.endsOf(publish), 3);
    assert.deepEqual([...ends].sort(), ['BROKER_NOT_CONFIGURED', undefined, undefined]);
  });

  it('event-list.json: an event for each element, and nothing of a list with a bad one', async () => {
    const { flow, injected } = example('event-list.json');
    await flows.load(flow);
    for (const name of ['one is no number', 'three readings']) press(injected[name]!);
    const readings = await settled(() => heard(flow, 'reading'), 3);
    assert.deepEqual(
      readings.map(({ payload }) => payload),
      [{ powerKw: 4.2 }, { powerKw: 4.4 }, { powerKw: 4.1 }],
    );
    const ends = flows.endsOf(injected['three readings']!.to);
    assert.deepEqual(ends, ['SCHEMA_VIOLATION', undefined]);
  });

  it('ecogrid-alerts.json: an alert for each threshold that is passed, and none in between', async () => {
    const { flow, injected } = example('ecogrid-alerts.json');
    await flows.load(flow);
    const [normal, hot, critical, over] = Object.values(injected);
    for (const [index, pressed] of [normal, hot, hot, critical, over, hot].entries()) {
      press(pressed!);
      await settled(() => flows.endsOf(pressed!.to), index + 1);
    }
    const alerts = await settled(() => heard(flow, 'alert'), 3);
    assert.deepEqual(
      alerts.map(({ payload }) => (payload as { severity: string }).severity),
      ['HIGH', 'CRITICAL', 'HIGH'],
    );
    assert.deepEqual(heard(flow, 'refused'), []);
  });

  it('battery-ingest.json: readings with their identity, changes of connection only, and what is refused', async () => {
    const { flow, injected } = example('battery-ingest.json');
    await flows.load(flow);
    const pressed = Object.values(injected);
    for (const [index, inject] of pressed.entries()) {
      press(inject);
      await settled(() => flows.endsOf('e0c0000000009107'), index + 1);
    }
    const [refused] = await settled(() => heard(flow, 'refused'), 1);
    assert.equal((refused?.error as { code: string }).code, 'DEVICE_UNKNOWN');
    assert.deepEqual(
      heard(flow, 'reading').map(({ payload }) => (payload as { device_type: string }).device_type),
      ['BM6', 'BM6'],
    );
    assert.deepEqual(
      heard(flow, 'change of connection').map(({ payload }) => (payload as { connected: boolean }).connected),
      [true, false, true],
    );
  });

  it('metrics.json: what was published and received is counted, by node, type and form of topic', async () => {
    const { flow, injected } = example('metrics.json');
    await flows.load(flow);
    const [tick] = Object.values(injected);
    press(tick!);
    press(tick!);
    await settled(() => heard(flow, 'seen'), 2);
    const ask = (): void => flows.node('gw-metrics-node').receive({});
    const text = (): string => String(heard(flow, 'what was counted').at(-1)?.payload);
    await until('both are counted', () => {
      ask();
      return /operation_duration_seconds_count.*node="publish telemetry".* 2$/m.test(text());
    });
    const sent =
      'messaging_client_sent_messages_total{node="publish telemetry",broker="inside Node-RED",messaging_system="memory",contract="ecogrid-ems",type="telemetry",messaging_destination_template="sites/{siteId}/devices/{serialNumber}/telemetry",error_type=""} 2';
    assert.ok(text().includes(sent), text());
    assert.match(text(), /consumed_messages_total\{node="receive telemetry".* 2$/m);
    assert.match(text(), /^# TYPE messaging_process_duration_seconds histogram$/m);
    assert.doesNotMatch(text(), /INV-001/);
  });

  it('metrics.json: the same as a list of objects', async () => {
    const { flow } = example('metrics.json');
    await flows.load(flow.map((node) => (node.id === 'gw-metrics-node' ? { ...node, form: 'list' } : node)));
    flows.node('gw-metrics-node').receive({});
    const [asked] = await settled(() => heard(flow, 'what was counted'), 1);
    const samples = asked?.payload as { name: string; labels: object; value: number }[];
    const connected = samples.find(({ name }) => name === 'gridwire_broker_connected');
    assert.deepEqual(connected, {
      name: 'gridwire_broker_connected',
      labels: { broker: 'inside Node-RED', messaging_system: 'memory' },
      value: 1,
    });
  });

  it("health.json: Gridwire's answer, TaylorDash's, and Battery Hawk's system status on the broker", async () => {
    const { flow, injected } = example('health.json');
    await flows.load(flow);
    for (const pressed of Object.values(injected)) press(pressed);
    const [own] = await settled(() => heard(flow, 'answer'), 1);
    const { status, ready, responseMilliseconds } = own?.payload as Record<string, unknown>;
    // Other tests of this process have had events refused a moment ago.
    assert.notEqual(status, 'unhealthy');
    assert.deepEqual([ready, typeof responseMilliseconds], [true, 'number']);
    const [answer] = await settled(() => heard(flow, "TaylorDash's answer"), 1);
    const { response_time_ms, last_check, ...rest } = answer?.payload as Record<string, unknown>;
    assert.deepEqual(rest, { status: 'healthy', connections: 1 });
    assert.equal(typeof response_time_ms, 'number');
    assert.ok(Date.parse(String(last_check)) <= Date.now());
    const [received] = await settled(() => heard(flow, 'received'), 1);
    assert.deepEqual((received?.payload as { components: object }).components, {
      memory: 'connected',
      api: 'running',
    });
  });

  it('alarms.json: an alarm for what was refused, told once, listed, and acknowledged', async () => {
    const { flow, injected } = example('alarms.json');
    await flows.load(flow);
    const [bad, list, known] = Object.values(injected);
    for (let count = 0; count < 3; count += 1) press(bad!);
    const KEY = 'events-refused publish telemetry SCHEMA_VIOLATION';
    const told = (change: string): unknown[] =>
      heard(flow, 'alarms')
        .map(({ payload }) => payload as { change?: string; key?: string; value?: number; by?: string })
        .filter((alarm) => alarm.change === change && alarm.key === KEY)
        .map(({ value, by }) => by ?? value);
    await until('the alarm is active', () => told('active').length > 0, 10_000);
    assert.deepEqual(told('active'), [3]);
    press(list!);
    await until('they are listed', () => heard(flow, 'alarms').some(({ payload }) => Array.isArray(payload)));
    press(known!);
    await until('it is acknowledged', () => told('acknowledged').length === 1);
    assert.deepEqual(told('acknowledged'), ['me']);
    press(known!);
    await settled(() => flows.endsOf(known!.to), 3);
    assert.equal(flows.endsOf(known!.to)[2], 'SETTING_INVALID');
  });
});
