import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { freePort } from '../../../scripts/services/service.js';
import { TestCa } from '../../../scripts/services/test-ca.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import { ScriptedMqttServer } from '../../support/scripted-mqtt-server.js';
import type { FlowNode } from '../../support/node-red-admin.js';

/** One fault, as a part of the flow. */
export interface Fault {
  nodes: FlowNode[];
  /** Whose status is looked at. */
  node: string;
  /** The inject nodes to press, in turn. */
  press?: string[];
  credentials?: Record<string, Record<string, string>>;
  /** The node whose log line has the sentence; default is the broker named like the fault. */
  logs?: string;
}

/** The services that the faults need, and what is wrong with each. */
export class Faults {
  private readonly mosquittos: CrashableMosquitto[] = [];
  private stale: tls.Server | undefined;
  private asking: tls.Server | undefined;
  private refusing: ScriptedMqttServer | undefined;
  private locked: EventStore | undefined;
  guarded: CrashableMosquitto | undefined;
  stopping: CrashableMosquitto | undefined;
  secure: CrashableMosquitto | undefined;

  constructor(private readonly folder: string) {}

  /** Where the certificate has expired. */
  get stalePort(): number {
    return portOf(this.stale);
  }

  async start(context: Mocha.Context): Promise<void> {
    this.guarded = await this.mosquitto(context, {
      files: { users: 'gridwire:right\n', access: 'user gridwire\ntopic readwrite open/#\n' },
      config: ['allow_anonymous false', 'password_file {dir}/users', 'acl_file {dir}/access'],
      prepare: (folder: string) => execFileSync('mosquitto_passwd', ['-U', path.join(folder, 'users')]),
    });
    this.stopping = await this.mosquitto(context, {});
    const ca = new TestCa(this.folder);
    const server = ca.issue();
    const otherFolder = path.join(this.folder, 'other');
    mkdirSync(otherFolder);
    new TestCa(otherFolder);
    this.secure = await this.mosquitto(context, {
      files: { 'ca.pem': ca.certificate, 'server.pem': server.certificate, 'server.key': server.key },
      config: [
        ...['cafile {dir}/ca.pem', 'certfile {dir}/server.pem', 'keyfile {dir}/server.key'],
        'allow_anonymous true',
      ],
    });
    const { key, certificate } = ca.issue({ days: -1 });
    this.stale = await listening({ key, cert: certificate });
    this.asking = await listening({
      ...{ key: server.key, cert: server.certificate },
      ...{ ca: ca.certificate, requestCert: true, rejectUnauthorized: true },
    });
    this.refusing = new ScriptedMqttServer(5, { suback: () => 0x87 });
    await this.refusing.start();
    this.locked = await openSqliteStore({ kind: 'sqlite', file: this.file('locked.db') });
  }

  async stop(): Promise<void> {
    this.stale?.close();
    this.asking?.close();
    await this.refusing?.stop();
    await this.locked?.close();
    await Promise.all(this.mosquittos.map((each) => each.stop()));
  }

  /** By the words of the table's first column. */
  async all(): Promise<Map<string, Fault>> {
    const nowhere = await freePort();
    const guarded = this.guarded?.port ?? 0;
    const secure = this.secure?.port ?? 0;
    const stale = this.stalePort;
    const refusing = this.refusing?.port ?? 0;
    const five = { protocolVersion: '5' };
    const withTls = { useTls: true, tls: 'good-ca' };
    return new Map<string, Fault>([
      ['the broker is stopped', sending('stopped', mqttBroker('stopped', this.stopping?.port ?? 0))],
      ['the port is wrong', connecting('wrong-port', nowhere)],
      ['the host is wrong', connecting('wrong-host', 1883, { host: 'no-such-host.invalid' })],
      [
        'the password is wrong',
        { ...connecting('wrong-password', guarded), credentials: { 'wrong-password': login('wrong') } },
      ],
      [
        'no right to publish to the topic (MQTT 5)',
        {
          ...sending('no-right', mqttBroker('no-right', guarded, five)),
          credentials: { 'no-right': login('right') },
        },
      ],
      [
        'no right to subscribe to the topic',
        {
          node: 'subscribe-refusing',
          logs: 'subscribe-refusing',
          nodes: [
            mqttBroker('refusing', refusing, five),
            { ...subscribing('refusing', 'refusing'), contract: '', filter: 'closed/#' },
          ],
        },
      ],
      [
        'the certificate is of an unknown CA',
        connecting('wrong-ca', secure, { useTls: true, tls: 'other-ca' }),
      ],
      ['the certificate has expired', connecting('stale', stale, withTls)],
      [
        'the certificate is of another host',
        connecting('wrong-name', secure, { ...withTls, host: 'localhost' }),
      ],
      ['the broker asks for a certificate', connecting('asking', portOf(this.asking), withTls)],
      ['TLS to a port without it', connecting('no-tls', guarded, withTls)],
      ['no TLS to a port with it', connecting('wants-tls', secure)],
      ["the store's file is locked", storing('locked', { kind: 'sqlite', file: this.file('locked.db') })],
      [
        "the store's database is away",
        {
          ...storing('away', {
            kind: 'postgres',
            host: '127.0.0.1',
            port: String(nowhere),
            database: 'none',
          }),
          credentials: { 'store-away': { user: 'nobody', password: 'nothing' } },
        },
      ],
      [
        'the outbox is full',
        {
          ...sending('full', mqttBroker('full', nowhere), { outboxCount: '1' }),
          press: ['send-full', 'send-full'],
        },
      ],
      ['a device is unknown, and rejected', ingesting('reject')],
      ['a device is unknown, and held', ingesting('hold')],
      [
        'an event breaks its contract',
        {
          node: 'publish-broken',
          press: ['send-broken'],
          nodes: [
            memory('broken'),
            { ...publishing('broken', 'broken'), contract: 'ecogrid-ems', eventType: 'telemetry' },
            inject('broken', 'x', { powerKw: 'much', siteId: 1, serialNumber: 'A' }),
          ],
        },
      ],
      [
        'a message breaks its contract',
        {
          node: 'subscribe-unreadable',
          press: ['send-unreadable'],
          nodes: [
            memory('unreadable'),
            { ...subscribing('unreadable', 'unreadable'), contract: 'ecogrid-ems', filter: 'sites/#' },
            publishing('unreadable', 'unreadable'),
            inject('unreadable', 'sites/1/devices/A/telemetry', 'nonsense'),
          ],
        },
      ],
      [
        'dead letters wait in the store',
        {
          node: 'dlq-letters',
          press: ['send-letters'],
          nodes: [
            memory('letters'),
            { id: 'store-letters', type: 'gridwire-store', kind: 'sqlite', file: this.file('letters.db') },
            {
              ...{ id: 'dlq-letters', type: 'gridwire-dlq', z: 'tab', broker: 'letters', wires: [[]] },
              ...{ contract: 'ecogrid-ems', dialect: 'documented', store: 'store-letters' },
            },
            { ...inject('letters', 'sites/1/devices/A/telemetry', 'bad'), wires: [['dlq-letters']] },
          ],
        },
      ],
    ]);
  }

  /** Nodes that several faults use. */
  common(): FlowNode[] {
    const certificates = (id: string, ca: string): FlowNode => ({
      ...{ id, type: 'tls-config', ca: path.join(this.folder, ca), verifyservercert: true },
      ...{ cert: '', key: '', certname: '', caname: ca, servername: '' },
    });
    return [certificates('good-ca', 'ca.pem'), certificates('other-ca', 'other/ca.pem')];
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }

  private async mosquitto(
    context: Mocha.Context,
    options: Parameters<typeof startMosquitto>[1],
  ): Promise<CrashableMosquitto> {
    const started = await startMosquitto(context, options);
    this.mosquittos.push(started);
    return started;
  }
}

const login = (password: string): Record<string, string> => ({ username: 'gridwire', password });
const memory = (id: string): FlowNode => ({ id, type: 'gridwire-broker', transport: 'memory' });

function publishing(name: string, broker: string): FlowNode {
  return {
    ...{ id: `publish-${name}`, type: 'gridwire-publish', z: 'tab', broker, contract: '', eventType: '' },
    ...{ dialect: 'documented', parameters: [], topic: '', qos: '1', wires: [[]] },
  };
}

function subscribing(name: string, broker: string): FlowNode {
  return {
    ...{ id: `subscribe-${name}`, type: 'gridwire-subscribe', z: 'tab', broker, eventType: '' },
    ...{ dialect: 'documented', parameters: [], qos: '1', wires: [[], []] },
  };
}

function inject(name: string, topic: string, payload: string | object): FlowNode {
  const isText = typeof payload === 'string';
  return {
    ...{ id: `send-${name}`, z: 'tab', type: 'inject', topic, repeat: '', once: false },
    props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
    ...{ payload: isText ? payload : JSON.stringify(payload), payloadType: isText ? 'str' : 'json' },
    wires: [[`publish-${name}`]],
  };
}

/** A publish node on a broker that cannot be reached. */
function connecting(name: string, port: number, more: Record<string, unknown> = {}): Fault {
  return { node: `publish-${name}`, nodes: [mqttBroker(name, port, more), publishing(name, name)] };
}

/** A publish node that is sent an event. */
function sending(name: string, broker: FlowNode, more: Record<string, unknown> = {}): Fault {
  const nodes = [broker, { ...publishing(name, name), ...more }, inject(name, 'closed/door', 'x')];
  return { node: `publish-${name}`, nodes, press: [`send-${name}`] };
}

/** A publish node that keeps its events in a store that cannot be used. */
function storing(name: string, store: Record<string, unknown>): Fault {
  const id = `store-${name}`;
  const nodes = [
    memory(name),
    { id, type: 'gridwire-store', ...store },
    { ...publishing(name, name), store: id },
    inject(name, 'any', 'x'),
  ];
  return { node: `publish-${name}`, nodes, press: [`send-${name}`], logs: id };
}

/** An ingest node that hears of a device that nobody knows. */
function ingesting(policy: 'reject' | 'hold'): Fault {
  return {
    node: `ingest-${policy}`,
    press: [`send-${policy}`],
    nodes: [
      memory(policy),
      { id: `devices-${policy}`, type: 'gridwire-devices', devices: [], policy },
      {
        ...{ id: `ingest-${policy}`, type: 'gridwire-ingest', z: 'tab', broker: policy },
        ...{ contract: 'ecogrid-ems', dialect: 'documented', devices: `devices-${policy}` },
        wires: [[], [], []],
      },
      publishing(policy, policy),
      inject(policy, 'sites/1/devices/NEW/telemetry', '{"powerKw":1}'),
    ],
  };
}

/** A server of TLS alone: nobody comes further with it. */
async function listening(options: tls.TlsOptions): Promise<tls.Server> {
  const server = tls.createServer(options).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => undefined);
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}

function portOf(server: tls.Server | undefined): number {
  return (server?.address() as net.AddressInfo).port;
}
