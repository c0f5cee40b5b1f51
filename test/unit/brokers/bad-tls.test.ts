import assert from 'node:assert/strict';
import type { ConnectionOptions } from 'node:tls';
import type { Broker } from '../../../src/brokers/broker.js';
import { KafkaBroker } from '../../../src/brokers/kafka/kafka-broker.js';
import { MqttBroker } from '../../../src/brokers/mqtt/mqtt-broker.js';
import type { GridwireError } from '../../../src/errors.js';

const KEY = `-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBvTBXBgkq\n-----END ENCRYPTED PRIVATE KEY-----\n`;
const BAD: Record<string, ConnectionOptions> = {
  'a certificate that is none': { cert: 'not a certificate', key: 'nor a key' },
  'a bundle of key and certificate that is none': { pfx: Buffer.from('x'), passphrase: 'y' },
  'a key that its passphrase does not open': { key: KEY, passphrase: 'wrong' },
  'a TLS version that does not exist': { minVersion: 'TLSv9' as 'TLSv1.3' },
};

const BROKERS: Record<string, (tls: ConnectionOptions) => Broker> = {
  MQTT: (tls) => new MqttBroker({ host: '127.0.0.1', port: 1, tls, clientId: 'bad-tls' }),
  Kafka: (tls) => new KafkaBroker({ brokers: ['127.0.0.1:1'], tls }),
};

for (const [transport, make] of Object.entries(BROKERS)) {
  describe(`TLS settings that cannot be used, on ${transport}`, () => {
    for (const [what, tls] of Object.entries(BAD)) {
      it(`are told and end nothing: ${what}`, async () => {
        const broker = make(tls);
        const errors: GridwireError[] = [];
        broker.on('state', (_state, error) => error && errors.push(error));
        await broker.connect();
        assert.equal(broker.isConnected(), false);
        assert.match(errors[0]?.message ?? '', /TLS cannot begin/);
        await broker.disconnect();
      });
    }

    it('reject a subscription of theirs nowhere', async () => {
      const broker = make({ cert: 'none', key: 'none' });
      await broker.connect();
      await broker.subscribe('a', () => undefined);
      await broker.disconnect();
      assert.equal(broker.state, 'disconnected');
    });
  });
}
