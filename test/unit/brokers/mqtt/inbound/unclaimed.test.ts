import assert from 'node:assert/strict';
import type { Delivery } from '../../../../../src/brokers/broker.js';
import { Inbound } from '../../../../../src/brokers/mqtt/inbound/inbound.js';
import { mqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { ScriptedMqttServer } from '../../../../support/scripted-mqtt-server.js';
import { until } from '../../../../support/wait.js';

describe('messages of a kept session that nobody asks for', () => {
  let server: ScriptedMqttServer;
  let inbound: Inbound;
  let problems: GridwireError[];

  beforeEach(async () => {
    server = new ScriptedMqttServer(5, { connack: () => ({ sessionPresent: true }) });
    await server.start();
    problems = [];
    const settings = { host: '127.0.0.1', port: server.port, protocolVersion: 5 as const, clientId: 'c' };
    inbound = new Inbound(mqttSettings(settings), (problem) => problems.push(problem), { grace: 30 });
    await inbound.start();
  });
  afterEach(async () => {
    await inbound.stop();
    await server.stop();
  });

  it('are dropped visibly after a time of grace if they would hold up others', async () => {
    await inbound.subscribe('other', () => undefined, {});
    const connection = await server.inboundConnection(0);
    connection.publish(1, 'x', { topic: 'late' });
    await until('it was told', () => problems.length === 1);
    assert.deepEqual(
      [problems[0]?.code, problems[0]?.details],
      ['SESSION_UNCLAIMED', { dropped: 1, lost: 1, topic: 'late' }],
    );
    await until('it was refused', () => connection.acknowledgements().length === 1);
    assert.deepEqual(connection.acknowledgements(), ['puback 1 131']);
  });

  it('are left to the broker if nothing is subscribed any more, until something is', async () => {
    const held: Delivery[] = [];
    const subscription = await inbound.subscribe('t', (delivery) => held.push(delivery), {});
    const first = await server.inboundConnection(0);
    first.publish(1, 'x');
    await until('it came', () => held.length === 1);
    await subscription.close();
    await until(
      'the connection was ended',
      () => inbound.state === undefined && inbound.link.state === 'disconnected',
    );
    await inbound.subscribe('t', (delivery) => held.push(delivery), {});
    const second = await server.inboundConnection(1);
    second.publish(1, 'x', { dup: true });
    await until('it came again', () => held.length === 2);
    held[0]?.settle('ack');
    held[1]?.settle('ack');
    await until('it was acknowledged', () => second.acknowledgements().length === 1);
    assert.deepEqual([first.acknowledgements(), problems], [[], []]);
  });
});
