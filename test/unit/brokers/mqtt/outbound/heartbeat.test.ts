import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { MqttClient } from 'mqtt';
import { Heartbeat } from '../../../../../src/brokers/mqtt/outbound/heartbeat.js';
import { ManualClock } from '../../../../support/manual-clock.js';

class Client extends EventEmitter {
  asked = 0;
  disconnecting = false;

  sendPing(): void {
    this.asked += 1;
  }

  answer(): void {
    this.emit('packetreceive', { cmd: 'pingresp' });
  }
}

function setUp() {
  const clock = new ManualClock();
  const heartbeat = new Heartbeat(clock);
  const stream = { needsDrain: false };
  const attach = (): Client => {
    const client = new Client();
    heartbeat.attach(client as unknown as MqttClient, stream);
    return client;
  };
  return { clock, heartbeat, stream, attach, client: attach() };
}

describe('the heartbeat of an MQTT broker', () => {
  it('is asked for by those who look, once until it is answered, and not again at once', async () => {
    const { clock, heartbeat, client } = setUp();
    await clock.pass(60_000);
    assert.equal(client.asked, 0, 'nobody looks, nothing is sent');
    assert.equal(heartbeat.look(), undefined);
    client.answer();
    await clock.pass(1_400);
    assert.equal(heartbeat.look(), undefined);
    assert.equal(client.asked, 1);
    await clock.pass(100);
    heartbeat.look();
    await clock.pass(5_000);
    assert.deepEqual([heartbeat.look(), client.asked], [5_000, 2]);
    client.answer();
    assert.equal(heartbeat.look(), undefined);
  });

  it('begins anew with a connection, whose answer that of an earlier one is not', async () => {
    const { clock, heartbeat, client, attach } = setUp();
    await clock.pass(2_000);
    heartbeat.look();
    heartbeat.detach();
    await clock.pass(9_000);
    assert.equal(heartbeat.look(), undefined);
    const next = attach();
    await clock.pass(2_000);
    heartbeat.look();
    client.answer();
    await clock.pass(1_000);
    assert.deepEqual([heartbeat.look(), next.asked], [1_000, 1]);
  });

  it('says nothing while the question would wait behind what was sent before, or the connection is ended', async () => {
    const { clock, heartbeat, client, stream } = setUp();
    stream.needsDrain = true;
    await clock.pass(2_000);
    assert.deepEqual([heartbeat.look(), client.asked], [undefined, 0]);
    stream.needsDrain = false;
    client.disconnecting = true;
    assert.deepEqual([heartbeat.look(), client.asked], [undefined, 0]);
    client.disconnecting = false;
    heartbeat.look();
    assert.equal(client.asked, 1);
    await clock.pass(8_000);
    stream.needsDrain = true;
    assert.equal(heartbeat.look(), undefined);
  });
});
