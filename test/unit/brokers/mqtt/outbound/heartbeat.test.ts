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

class Stream {
  needsDrain = false;
  bytesRead = 0;
  bytesQueued: number | undefined = 0;
}

function setUp() {
  const clock = new ManualClock();
  const heartbeat = new Heartbeat(clock);
  const stream = new Stream();
  const underWay = { firstBytes: 0 };
  const attach = (): Client => {
    const client = new Client();
    heartbeat.attach(client as unknown as MqttClient, stream, underWay);
    return client;
  };
  return { clock, heartbeat, stream, underWay, attach, client: attach() };
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

  it('takes whatever comes for a sign of life: answers to what was sent before reach this side first', async () => {
    const { clock, heartbeat, client, stream } = setUp();
    await clock.pass(2_000);
    heartbeat.look();
    for (const silent of [1_000, 2_000, 3_000]) {
      await clock.pass(1_000);
      assert.equal(heartbeat.look(), silent);
    }
    await clock.pass(1_000);
    stream.bytesRead += 4;
    assert.deepEqual([heartbeat.look(), client.asked], [undefined, 1]);
    await clock.pass(1_000);
    assert.deepEqual([heartbeat.look(), client.asked], [undefined, 2], 'it may have come just after a look');
    await clock.pass(4_000);
    assert.deepEqual([heartbeat.look(), client.asked], [4_000, 2]);
  });

  it('waits longer for the answer to a message that takes long itself', async () => {
    const { clock, heartbeat, underWay } = setUp();
    underWay.firstBytes = 1_000_000;
    await clock.pass(2_000);
    heartbeat.look();
    await clock.pass(9_500);
    assert.equal(heartbeat.look(), undefined);
    await clock.pass(2_500);
    assert.equal(heartbeat.look(), 2_000);
  });

  it('watches a full socket, behind which no question gets through, and asks nothing on a connection that is ended', async () => {
    const { clock, heartbeat, client, stream, underWay } = setUp();
    Object.assign(stream, { needsDrain: true, bytesQueued: 30_000 });
    underWay.firstBytes = 30_000_000;
    await clock.pass(2_000);
    heartbeat.look();
    await clock.pass(2_000);
    stream.bytesQueued = 20_000;
    assert.equal(heartbeat.look(), undefined, 'the broker takes what it is sent');
    heartbeat.look();
    await clock.pass(4_000);
    assert.deepEqual([heartbeat.look(), client.asked], [4_000, 0], 'it takes nothing any more');
    Object.assign(stream, { needsDrain: false, bytesQueued: 0 });
    assert.equal(heartbeat.look(), undefined);
    await clock.pass(2_000);
    client.disconnecting = true;
    assert.deepEqual([heartbeat.look(), client.asked], [undefined, 0]);
  });

  it('says nothing of a full socket that does not say what it lets go', async () => {
    const { clock, heartbeat, stream } = setUp();
    Object.assign(stream, { needsDrain: true, bytesQueued: undefined });
    heartbeat.look();
    await clock.pass(9_000);
    assert.equal(heartbeat.look(), undefined);
  });
});
