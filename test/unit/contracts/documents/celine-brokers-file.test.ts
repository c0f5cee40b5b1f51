import assert from 'node:assert/strict';
import { readBrokersFile } from '../../../../src/brokers/brokers-file.js';
import { refusal } from '../helpers/check.js';

const configuration = `
brokers:
  # Broker name (used for reference)
  mqtt_local:
    # Import path to broker class
    class: celine.dt.core.broker.mqtt:MqttBroker
    # Enable/disable this broker
    enabled: true
    # Configuration passed to constructor
    config:
      host: "\${MQTT_HOST:-localhost}"
      port: \${MQTT_PORT:-1883}
      username: "\${MQTT_USERNAME:-}"
      password: "\${MQTT_PASSWORD:-}"
      use_tls: false
      topic_prefix: "celine/dt/"
      keepalive: 60
      clean_session: true

# Default broker when none specified
default_broker: mqtt_local
`;

const tls = `
brokers:
  mqtt_secure:
    class: celine.dt.core.broker.mqtt:MqttBroker
    config:
      host: secure-broker.example.com
      port: 8883
      use_tls: true
      ca_certs: /etc/ssl/certs/ca-certificates.crt
      certfile: /path/to/client.crt
      keyfile: /path/to/client.key
  kafka:
    class: mymodule.kafka:KafkaBroker
    enabled: false
    config:
      bootstrap_servers: "kafka:9092"
`;

const none = () => undefined;
const one = (config: string) => `brokers:\n  b:\n    config:\n      ${config}\n`;

describe('document: CELINE, brokers.yaml', () => {
  it('Configuration: the file of the document', () => {
    const { brokers, defaultBroker } = readBrokersFile(configuration, none);
    assert.equal(defaultBroker, 'mqtt_local');
    assert.deepEqual(brokers, [
      {
        name: 'mqtt_local',
        enabled: true,
        transport: 'mqtt',
        host: 'localhost',
        port: 1883,
        clientId: '',
        username: '',
        password: '',
        topicPrefix: 'celine/dt/',
        keepalive: 60,
        cleanSession: true,
        tls: false,
        caFile: '',
        certFile: '',
        keyFile: '',
        servers: '',
        variables: {
          host: '${MQTT_HOST:-localhost}',
          port: '${MQTT_PORT:-1883}',
          username: '${MQTT_USERNAME:-}',
          password: '${MQTT_PASSWORD:-}',
        },
        decided: [],
      },
    ]);
  });

  it('Environment Variables: a file is read for its form while a variable is not set yet', () => {
    const text = one('{ host: "${HOST}", port: "${PORT}", use_tls: "${TLS}" }');
    const [broker] = readBrokersFile(text, none, 'empty').brokers;
    assert.deepEqual([broker?.host, broker?.port, broker?.tls], ['', 1883, false]);
    assert.deepEqual(broker?.variables, { host: '${HOST}', port: '${PORT}', use_tls: '${TLS}' });
  });

  it('Quick Start, 1. Configure the broker: the short form, with the defaults for what it leaves out', () => {
    const short = `
brokers:
  mqtt_local:
    class: celine.dt.core.broker.mqtt:MqttBroker
    enabled: true
    config:
      host: localhost
      port: 1883
      topic_prefix: "celine/dt/"

default_broker: mqtt_local
`;
    const { brokers, defaultBroker } = readBrokersFile(short, none);
    const [full] = readBrokersFile(configuration, none).brokers;
    assert.equal(defaultBroker, 'mqtt_local');
    assert.deepEqual(brokers, [{ ...full, variables: {} }]);
  });

  it('Environment Variables: each of the table takes the place of its default', () => {
    const environment: Record<string, string> = {
      MQTT_HOST: 'mosquitto.local',
      MQTT_PORT: '2883',
      MQTT_USERNAME: 'celine',
      MQTT_PASSWORD: 'p"\nport: 1 # ${X}',
    };
    const [broker] = readBrokersFile(configuration, (name) => environment[name]).brokers;
    assert.equal(broker?.host, 'mosquitto.local');
    assert.equal(broker.port, 2883);
    assert.equal(broker.username, 'celine');
    assert.equal(broker.password, 'p"\nport: 1 # ${X}');
  });

  it('TLS Configuration and Creating Custom Brokers: several named brokers, TLS files, a Kafka broker that is off', () => {
    const { brokers, defaultBroker } = readBrokersFile(tls, none);
    assert.equal(defaultBroker, undefined);
    const [secure, kafka] = brokers;
    assert.deepEqual(
      [secure?.tls, secure?.port, secure?.caFile],
      [true, 8883, '/etc/ssl/certs/ca-certificates.crt'],
    );
    assert.deepEqual(
      [kafka?.enabled, kafka?.transport, kafka?.servers, kafka?.host, kafka?.port],
      [false, 'kafka', 'kafka:9092', 'kafka', 9092],
    );
  });

  const bad: [name: string, text: string, code: string][] = [
    ['no YAML', 'brokers: [', 'CONTRACT_INVALID'],
    ['no brokers', 'default_broker: a', 'CONTRACT_INVALID'],
    ['a port that is none', one('port: many'), 'SETTING_INVALID'],
    ['a blank keepalive', one('keepalive: " "'), 'SETTING_INVALID'],
    ['a keepalive in hexadecimal', one('keepalive: "0x10"'), 'SETTING_INVALID'],
    ['a blank host', one('host: " "'), 'SETTING_INVALID'],
    ['a truth value that is blank', one('use_tls: " "'), 'SETTING_INVALID'],
    ['servers with a port that is none', one('bootstrap_servers: "kafka:many"'), 'SETTING_INVALID'],
    ['servers that are empty', one('bootstrap_servers: ""'), 'SETTING_INVALID'],
    ['a misspelt default', 'default_brokr: b\nbrokers: { b: {} }', 'SETTING_INVALID'],
    ['a port that is octal to Python', one('port: 0123'), 'SETTING_INVALID'],
    ['a port out of range', one('port: 70000'), 'SETTING_INVALID'],
    ['a flag that is none', one('use_tls: perhaps'), 'SETTING_INVALID'],
    ['a variable without value', one('host: "${NOWHERE}"'), 'SETTING_INVALID'],
    ['a default that is not there', `${tls}\ndefault_broker: other`, 'SETTING_INVALID'],
    ['a key twice in an object of flow style', 'brokers: { a: {}, a: {} }', 'CONTRACT_INVALID'],
    ['a tag', 'brokers: !!python/object:os.system {}', 'CONTRACT_INVALID'],
    ['an alias to nothing', 'brokers: *nobody', 'CONTRACT_INVALID'],
    ['more than a brokers.yaml has', `# ${'x'.repeat(70_000)}\nbrokers: {}`, 'BODY_TOO_LARGE'],
    ['a deep nest', `brokers: ${'['.repeat(5_000)}`, 'CONTRACT_INVALID'],
    ['a key twice', 'brokers: {}\nbrokers: {}', 'CONTRACT_INVALID'],
  ];
  for (const [name, text, code] of bad) {
    it(`refuses ${name} with ${code}`, () => {
      assert.equal(refusal(() => readBrokersFile(text, none)).code, code);
    });
  }

  it('keeps what looks like a number as it is written where text is meant', () => {
    const [broker] = readBrokersFile(
      one('{ username: 0123, password: 1e3, client_id: 1.10, topic_prefix: yes }'),
      none,
    ).brokers;
    const { username, password, clientId, topicPrefix } = broker ?? {};
    assert.deepEqual([username, password, clientId, topicPrefix], ['0123', '1e3', '1.10', 'yes']);
  });

  for (const written of ['"1"', '1', 'yes', 'on', 'TRUE', 'true', '"On"']) {
    it(`takes use_tls: ${written} for true, as the running code does`, () => {
      assert.equal(readBrokersFile(one(`use_tls: ${written}`), none).brokers[0]?.tls, true);
    });
  }

  it('names the settings that are variables where a node cannot have one', () => {
    const text = one('{ use_tls: "${TLS:-true}", ca_certs: "${CA:-/ca.pem}", host: "${HOST}" }').replace(
      'config',
      'enabled: ${ON:-true}\n    config',
    );
    const [broker] = readBrokersFile(text, none, 'empty').brokers;
    assert.deepEqual(broker?.decided, ['enabled', 'use_tls', 'ca_certs']);
    assert.deepEqual([broker.enabled, broker.tls, broker.caFile], [true, true, '/ca.pem']);
  });

  it('tells nobody what a variable holds', () => {
    const text = `${tls}\ndefault_broker: \${SECRET}`;
    const error = refusal(() => readBrokersFile(text, () => 'hunter2'));
    assert.doesNotMatch(error.message, /hunter2/);
  });

  it('does not let ten lines of aliases become gigabytes', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 10; level += 1) {
      const alias = `*a${level - 1}`;
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => alias).join(', ')}]`);
    }
    assert.equal(refusal(() => readBrokersFile(lines.join('\n'), none)).code, 'CONTRACT_INVALID');
  });
});

describe('brokers.yaml: nothing is ignored', () => {
  it('refuses a setting that it does not know: use_tsl would be a connection without TLS', () => {
    for (const [text, name] of [
      [one('use_tsl: true'), 'use_tsl'],
      ['brokers: { b: { enable: false, config: {} } }', 'enable'],
    ] as const) {
      const error = refusal(() => readBrokersFile(text, none));
      assert.equal(error.code, 'SETTING_INVALID');
      assert.match(error.message, new RegExp(`Broker "b" of the file: "${name}" is not known`));
    }
    assert.equal(readBrokersFile(one('reconnect_interval: 5.0'), none).brokers.length, 1);
  });

  it('reads defaults that are merged', () => {
    const text = 'brokers: { a: &d { config: { port: 5, use_tls: yes } }, b: { <<: *d } }';
    const [, b] = readBrokersFile(text, none).brokers;
    assert.deepEqual([b?.port, b?.tls], [5, true]);
  });

  it('reads the first of the servers, IPv6 too', () => {
    const first = (servers: string) => {
      const { host, port } = readBrokersFile(one(`bootstrap_servers: "${servers}"`), none).brokers[0] ?? {};
      return [host, port];
    };
    assert.deepEqual(first('[::1]:9093,b:9092'), ['::1', 9093]);
    assert.deepEqual(first('kafka'), ['kafka', 9092]);
    assert.deepEqual(first('kafka:9095'), ['kafka', 9095]);
  });
});
