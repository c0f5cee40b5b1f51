/** The body of `npm start` and, with `--watch`, of `npm run dev`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NodeRedProcess } from '../../test/support/node-red-process.js';
import { answers, isFree } from '../services/service.js';
import { findOrEmbedBroker, type StartBroker } from './broker.js';
import { build, isBuilt, SOURCES } from './build.js';
import { watchSources } from './watch.js';

const root = path.resolve(__dirname, '../..');
const userDir = path.resolve(root, process.env['GRIDWIRE_USER_DIR'] ?? '.gridwire');
const quickStart = path.join(root, 'examples/quick-start.json');

async function main(): Promise<void> {
  if (!isBuilt(root) && !build(root)) throw new Error('The build failed; its messages are above.');
  const broker = await findOrEmbedBroker(portSetting('GRIDWIRE_MQTT_PORT', 1883));
  const port = await freeEditorPort(portSetting('GRIDWIRE_PORT', 1880));
  let nodeRed = await startNodeRed(port, broker);
  const unready = await whyUnready(nodeRed.url);
  greet(nodeRed.url, broker);
  if (unready !== undefined) console.log(`Not everything works yet: ${unready}\n`);

  let ending = false;
  const end = async (status: number) => {
    if (ending) return;
    ending = true;
    await nodeRed.stop();
    await broker.stop();
    process.exit(status);
  };
  const endIfItEnds = (watched: NodeRedProcess) =>
    void watched.ended.then(() => (watched === nodeRed && !restarting ? end(1) : undefined));
  let restarting = false;
  endIfItEnds(nodeRed);
  process.once('SIGINT', () => void end(0));
  process.once('SIGTERM', () => void end(0));
  if (!process.argv.includes('--watch')) return;

  const restart = async () => {
    if (restarting || ending) return;
    restarting = true;
    if (build(root)) {
      await nodeRed.stop();
      nodeRed = await startNodeRed(port, broker);
      endIfItEnds(nodeRed);
      console.log(`Rebuilt and restarted at ${new Date().toLocaleTimeString()}.`);
    }
    restarting = false;
  };
  watchSources(root, [...SOURCES, 'examples'], () => void restart().catch(fail));
  console.log('Watching the sources; each change rebuilds the package and restarts Node-RED.');
}

function startNodeRed(port: number, broker: StartBroker): Promise<NodeRedProcess> {
  const hasFlow = existsSync(path.join(userDir, 'flows.json'));
  return NodeRedProcess.start({
    version: '5',
    userDir,
    port,
    ...(hasFlow || !existsSync(quickStart) ? {} : { flows: quickStart }),
    // The flow's credentials are encrypted with a key that Node-RED makes and keeps in the user folder.
    settings: { credentialSecret: undefined },
    env: { GRIDWIRE_MQTT_PORT: String(broker.port) },
    onLine: (line) => {
      // Two of Node-RED's own warnings belong to every first start and ask for nothing.
      if (/\[(warn|error|fatal)\] (?!Projects disabled|Encrypted credentials not found)\S/.test(line))
        console.log(line);
    },
  });
}

/** How long the nodes may take to reach their brokers, milliseconds. */
const READY_WITHIN = 10_000;

/**
 * Waits until the nodes have subscribed: what is sent before that reaches nobody.
 * @returns what is still in the way when the patience has ended
 */
async function whyUnready(url: string): Promise<string | undefined> {
  const end = performance.now() + READY_WITHIN;
  for (;;) {
    const response = await fetch(`${url}gridwire/health`, { signal: AbortSignal.timeout(READY_WITHIN) });
    // A user folder with a password of its own does not answer; its editor shows how it stands.
    if (!response.ok) return undefined;
    const { ready, problems } = (await response.json()) as { ready: boolean; problems: { text: string }[] };
    if (ready) return undefined;
    if (performance.now() > end)
      return problems.map(({ text }) => text).join(' ') || 'a node waits for its subscription.';
    await delay(100);
  }
}

/** The first free port from the wanted one on; says so when it is another. */
async function freeEditorPort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 50; port += 1) {
    if ((await answers('127.0.0.1', port)) || !(await isFree(port))) continue;
    if (port !== wanted) console.log(`Port ${wanted} is taken, so the editor is on port ${port}.`);
    return port;
  }
  throw new Error(`No free port from ${wanted} on; choose one: GRIDWIRE_PORT=<port> npm start`);
}

function portSetting(name: string, usual: number): number {
  const text = process.env[name] ?? '';
  const port = text === '' ? usual : Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`${name} is "${text}"; it must be a port number from 1 to 65535.`);
  }
  return port;
}

function greet(url: string, broker: StartBroker): void {
  const where = broker.port === 1883 ? '-h localhost' : `-h localhost -p ${broker.port}`;
  const message = `${where} -t sites/1/devices/INV-001/telemetry -m '{"powerKw":45.2}'`;
  console.log(`
Gridwire is running.

  Editor       ${url}
  MQTT broker  mqtt://127.0.0.1:${broker.port} (${broker.description})
  User folder  ${path.relative(process.cwd(), userDir) || userDir} (remove it to start afresh)

Send a measurement from another terminal and watch it arrive in the editor:

  mosquitto_pub ${message}

or, without Mosquitto's tools:

  npx mqtt pub ${message}

Ctrl-C ends it.
`);
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
