import assert from 'node:assert/strict';
import { mqttSettings, type MqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import { GridwireError } from '../../../../../src/errors.js';

describe('MQTT settings', () => {
  it('have defaults for all but the host', () => {
    const { clientId, ...settings } = mqttSettings({ host: 'broker' });
    assert.match(clientId, /^gridwire-[0-9a-f]{12}$/);
    assert.deepEqual(settings, {
      host: 'broker',
      port: 1883,
      tls: false,
      protocolVersion: 4,
      keepalive: 30,
      maximumPacketSize: 8_388_608,
      cleanSession: true,
      sessionExpiry: 604_800,
      connectTimeout: 10_000,
      receiveWindow: 200,
      publishWindow: 100,
      publishTimeout: 30_000,
      inboundOnly: false,
      reconnect: { minimum: 1_000, maximum: 60_000 },
    });
  });

  it('keep the session of a client that has a name', () => {
    assert.equal(mqttSettings({ host: 'h', clientId: 'me' }).cleanSession, false);
    assert.equal(mqttSettings({ host: 'h', clientId: 'me', cleanSession: true }).cleanSession, true);
  });

  it('read an address', () => {
    const address = (settings: MqttSettings) => {
      const { host, port, tls } = mqttSettings(settings);
      return [host, port, tls];
    };
    assert.deepEqual(address({ url: 'mqtt://b.example' }), ['b.example', 1883, false]);
    assert.deepEqual(address({ url: 'mqtts://b.example:9999' }), ['b.example', 9999, true]);
    assert.deepEqual(address({ url: 'mqtt://[::1]:1884' }), ['::1', 1884, false]);
    assert.deepEqual(address({ url: 'mqtts://b', tls: { servername: 's' } }), [
      'b',
      8883,
      { servername: 's' },
    ]);
    assert.deepEqual(address({ host: 'b', tls: true }), ['b', 8883, true]);
    assert.deepEqual(address({ url: 'ws://b/mqtt' }), ['b', 80, false]);
    assert.deepEqual(address({ url: 'wss://b' }), ['b', 443, true]);
    const { webSocket } = mqttSettings({ url: 'wss://b.example:8084/mqtt?token=1' });
    assert.equal(webSocket, '/mqtt?token=1');
    assert.equal(mqttSettings({ url: 'mqtts://b' }).webSocket, undefined);
  });

  const bad: [string, MqttSettings][] = [
    ['host', {}],
    ['host', { host: '' }],
    ['host', { host: 'user:secret@h' }],
    ['port', { host: 'h', port: 70_000 }],
    ['port', { host: 'h', port: Number.NaN }],
    ['url', { url: 'http://h' }],
    ['url', { url: 'nonsense' }],
    ['url', { url: 'mqtt://user:secret@h' }],
    ['protocolVersion', { host: 'h', protocolVersion: 3 as 4 }],
    ['clientId', { host: 'h', clientId: 'a\u0000' }],
    ['clientId', { host: 'h', cleanSession: false }],
    ['username', { host: 'h', password: 'secret' }],
    ['keepalive', { host: 'h', keepalive: -1 }],
    ['sessionExpiry', { host: 'h', sessionExpiry: 2 ** 32 }],
    ['connectTimeout', { host: 'h', connectTimeout: 0 }],
    ['receiveWindow', { host: 'h', receiveWindow: 0 }],
    ['publishWindow', { host: 'h', publishWindow: 100_000 }],
    ['publishTimeout', { host: 'h', publishTimeout: Infinity }],
    ['reconnect.minimum', { host: 'h', reconnect: { minimum: 0 } }],
    ['reconnect.maximum', { host: 'h', reconnect: { minimum: 500, maximum: 100 } }],
  ];
  for (const [field, settings] of bad) {
    it(`refuse a bad ${field}: ${JSON.stringify(settings)}`, () => {
      assert.throws(
        () => mqttSettings(settings),
        (error: unknown) => {
          assert.ok(error instanceof GridwireError);
          assert.deepEqual([error.code, error.details.field], ['SETTING_INVALID', field]);
          assert.doesNotMatch(`${error.message} ${JSON.stringify(error.details)}`, /secret/);
          return true;
        },
      );
    });
  }

  it('refuse a will on a topic that cannot be published', () => {
    assert.throws(() => mqttSettings({ host: 'h', will: { topic: 'a/#', body: '' } }), {
      code: 'TOPIC_ILLEGAL',
    });
  });
});
