import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startServer, type ServerProcess } from '../child.js';
import { answers, freePort, type Service, ServiceUnavailable } from '../service.js';
import { TestCa } from '../test-ca.js';
import { type Java, KAFKA_VERSION, kafkaJava } from './jars.js';
import { KAFKA_USER, nodeProperties, type NodePorts } from './properties.js';

/** Half a gigabyte is ample for tests, and the serial collector leaves the cores to them. */
const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** Three of them on a busy machine take their time. */
const START_TIMEOUT_MS = 120_000;

/** One server of a Kafka cluster. Its data stays in place over `stop` and `start`. */
export interface KafkaNode {
  readonly id: number;
  /** The folder of its logs, one below for each partition. */
  readonly data: string;
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** It hangs: it keeps its connections and answers nothing, until it goes on. */
  hang(): void;
  goOn(): void;
}

export interface Kafka extends Service {
  /** Bootstrap servers of the plaintext listeners, comma-separated. */
  readonly brokers: string;
  /** Bootstrap servers of the SASL_SSL listeners. */
  readonly secureBrokers: string;
  /** The authority of the servers' certificates, PEM. */
  readonly ca: string;
  readonly nodes: readonly KafkaNode[];
}

/** The Kafka that `GRIDWIRE_KAFKA_BROKERS` names, or one node of our own. */
export async function findOrStartKafka(): Promise<Service> {
  const brokers = process.env['GRIDWIRE_KAFKA_BROKERS'];
  if (brokers === undefined || brokers === '') return startKafka();
  const [host, port] = brokers.split(',')[0]?.split(':') ?? [];
  if (!(await answers(host ?? '', Number(port ?? 9092)))) {
    throw new ServiceUnavailable(`GRIDWIRE_KAFKA_BROKERS is ${brokers}, and nothing answers there`);
  }
  return { description: `Kafka found at ${brokers}`, env: {}, stop: () => Promise.resolve() };
}

/**
 * Starts a real Apache Kafka in KRaft mode on loopback: listeners PLAINTEXT (an administrator) and SASL_SSL (PLAIN,
 * SCRAM, OAUTHBEARER) under access control.
 * @param count servers in the cluster, 1 or 3
 * @param more lines for server.properties, which go before those of the tests
 * @throws ServiceUnavailable if it cannot be had or does not start
 */
export async function startKafka(count: 1 | 3 = 1, more = ''): Promise<Kafka> {
  const java = kafkaJava();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-kafka-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const ca = new TestCa(folder);
    const { key, certificate } = ca.issue();
    const keyStore = path.join(folder, 'server.pem');
    writeFileSync(keyStore, key + certificate);
    const ports = await portsFor(count);
    const clusterId = newClusterId();
    const nodes = ports.map((port) => makeNode(java, folder, keyStore, clusterId, port, ports, more));
    await Promise.all(nodes.map((node) => node.start()));
    const brokers = ports.map(({ plain }) => `127.0.0.1:${String(plain)}`).join(',');
    const servers = count === 1 ? 'started' : `${String(count)} nodes started`;
    return {
      description: `kafka ${KAFKA_VERSION} ${servers} at ${brokers}`,
      env: { GRIDWIRE_KAFKA_BROKERS: brokers },
      brokers,
      secureBrokers: ports.map(({ secure }) => `127.0.0.1:${String(secure)}`).join(','),
      ca: ca.certificate,
      nodes,
      async stop() {
        await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
        removeFolder();
      },
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** As Kafka makes them. One that began with `-` would be taken for an option by its storage tool. */
function newClusterId(): string {
  const bytes = randomBytes(16);
  bytes[0]! &= 0x7f;
  return bytes.toString('base64url');
}

async function portsFor(count: number): Promise<NodePorts[]> {
  const nodes: NodePorts[] = [];
  for (let id = 1; id <= count; id += 1) {
    nodes.push({ id, plain: await freePort(), secure: await freePort(), controller: await freePort() });
  }
  return nodes;
}

function makeNode(
  java: Java,
  folder: string,
  keyStore: string,
  clusterId: string,
  ports: NodePorts,
  all: readonly NodePorts[],
  more: string,
): KafkaNode {
  const home = path.join(folder, `node-${String(ports.id)}`);
  const properties = path.join(folder, `node-${String(ports.id)}.properties`);
  const data = path.join(home, 'data');
  writeFileSync(properties, nodeProperties(ports, all, { data, keyStore }) + more);
  format(java, properties, clusterId);
  let server: ServerProcess | undefined;
  return {
    id: ports.id,
    data,
    async start() {
      // The server helper removes the folder a server runs in; the data lies beside it.
      const run = path.join(home, 'run');
      mkdirSync(run, { recursive: true });
      const command = [...JVM, '-cp', java.classPath, 'kafka.Kafka', properties];
      server = await startServer(java.java, command, ports.plain, run, {}, START_TIMEOUT_MS);
    },
    async stop(signal) {
      await server?.stop(signal);
    },
    hang: () => void server?.process.kill('SIGSTOP'),
    goOn: () => void server?.process.kill('SIGCONT'),
  };
}

/** Prepares the data folder, with the tests' user among the SCRAM credentials. */
function format(java: Java, properties: string, clusterId: string): void {
  const { username, password } = KAFKA_USER;
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${username},password=${password}]`,
  ]);
  const command = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties, ...users];
  const result = spawnSync(java.java, [...JVM, '-cp', java.classPath, ...command], { encoding: 'utf8' });
  if (result.status !== 0) {
    throw new ServiceUnavailable(`Kafka's storage tool failed: ${(result.stdout + result.stderr).trim()}`);
  }
}
