import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import { ServiceUnavailable, startMosquitto } from '../../../scripts/services/index.js';

describe('services', () => {
  it('starts a Mosquitto that carries a message, and starts it again on the same port after a crash', async () => {
    const first = await startMosquitto();
    await first.stop('SIGKILL');
    const second = await startMosquitto({ port: first.port, config: ['max_queued_messages 0'] });
    const client = await mqtt.connectAsync(second.url);
    const received = new Promise<string>((resolve) =>
      client.once('message', (_topic, body) => resolve(body.toString())),
    );
    await client.subscribeAsync('sites/+/devices/#', { qos: 1 });
    await client.publishAsync('sites/1/devices/INV-001/telemetry', '{"powerKw":45.2}', { qos: 1 });
    assert.equal(await received, '{"powerKw":45.2}');
    await client.endAsync();
    await second.stop();
  });

  it('says which setting of Mosquitto is wrong', async () => {
    await assert.rejects(startMosquitto({ config: ['no_such_option true'] }), (error) => {
      assert.ok(error instanceof ServiceUnavailable);
      assert.match(error.message, /no_such_option/);
      return true;
    });
  });
});
