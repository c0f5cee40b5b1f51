import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NodeRedProcess } from '../support/node-red-process.js';

const ROOT = path.resolve(__dirname, '../..');

/** A node that tells which files of the package Node has loaded, and what these have loaded from elsewhere. */
const LOADED_NODE = `
const path = require('node:path');
const below = process.env.TEST_DIST;
module.exports = (RED) => RED.httpAdmin.get('/test-loaded', (request, response) => {
  const ours = Object.values(require.cache).filter(({ filename }) => filename.startsWith(below));
  const others = ours.flatMap(({ children }) => children.filter((child) => !ours.includes(child)));
  response.json([...ours, ...others].map(({ filename }) => path.relative(below, filename)));
});`;

interface Manifest {
  'node-red': { nodes: Record<string, string>; plugins: Record<string, string> };
}

describe('a start with the package installed', function () {
  this.timeout(120_000);
  const dist = path.join(ROOT, 'dist');
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const { nodes, plugins } = manifest['node-red'];
  /** What Node-RED loads by itself, and what these need to say that they are there. */
  const registering = [
    ...[...Object.values(nodes), ...Object.values(plugins)].map((file) => path.relative('dist', file)),
    ...['define-node', 'first-node', 'lazy-routes', 'load-later', 'version'].map(
      (name) => `nodes/runtime/${name}.js`,
    ),
    // What says of another part that it cannot be loaded.
    ...['src/errors.js', 'src/bounds.js'],
  ];
  let userDir: string;
  let nodeRed: NodeRedProcess;

  const loaded = async (): Promise<string[]> =>
    (await (await fetch(new URL('test-loaded', nodeRed.url))).json()) as string[];

  beforeEach(() => {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-loaded-'));
    mkdirSync(path.join(userDir, 'nodes'));
    writeFileSync(path.join(userDir, 'nodes', 'test-loaded.js'), LOADED_NODE);
    writeFileSync(path.join(userDir, 'nodes', 'test-loaded.html'), '<script></script>');
  });
  afterEach(async () => {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  it('loads nothing but what registers its nodes, as long as no flow has one', async () => {
    nodeRed = await NodeRedProcess.start({ userDir, env: { TEST_DIST: dist } });
    assert.deepEqual((await loaded()).sort(), registering.sort());
    const answer = await fetch(new URL('gridwire/contracts', nodeRed.url));
    assert.equal(((await answer.json()) as object[]).length, 5);
    const later = await loaded();
    assert.ok(later.includes('src/contracts/contract.js'), 'a request loads what answers it');
    assert.deepEqual(
      later.filter((file) => /^src\/(?:delivery|battery|grid)\/|mqtt|kafka|sqlite|postgres/.test(file)),
      [],
    );
  });

  it('loads what a flow uses, and watches from its first node on', async () => {
    nodeRed = await NodeRedProcess.start({
      ...{ userDir, env: { TEST_DIST: dist } },
      flows: [{ id: 'devices', type: 'gridwire-devices', policy: 'hold', devices: [] }],
    });
    const files = await loaded();
    for (const file of [
      'nodes/devices/set-up.js',
      'src/observe/metrics/metrics.js',
      'nodes/runtime/observer.js',
    ])
      assert.ok(files.includes(file), file);
    assert.deepEqual(
      files.filter((file) =>
        /^src\/(?:delivery|battery|brokers|store|grid|contracts\/library)\/|node_modules/.test(file),
      ),
      [],
    );
  });

  it('mixes no parts of two versions when npm replaces its files meanwhile', async () => {
    const copy = path.join(userDir, 'package');
    cpSync(dist, path.join(copy, 'dist'), { recursive: true });
    cpSync(path.join(ROOT, 'resources'), path.join(copy, 'resources'), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'), 'junction');
    const updateTo = (version: string): void =>
      writeFileSync(path.join(copy, 'package.json'), JSON.stringify({ ...manifest, version }));
    updateTo('1.0.0');
    const device = { id: 'devices', type: 'gridwire-devices', policy: 'hold', devices: [] };
    const memory = { id: 'broker-1', type: 'gridwire-broker', transport: 'memory' };
    nodeRed = await NodeRedProcess.start({
      userDir,
      package: copy,
      env: { TEST_DIST: copy },
      flows: [device, memory],
    });

    updateTo('1.0.1');
    const answer = await fetch(new URL('gridwire/status', nodeRed.url));
    assert.equal(answer.status, 500);
    await nodeRed.waitForLine(
      /\[gridwire\] Restart Node-RED: it runs Gridwire 1\.0\.0, which is 1\.0\.1 now/,
    );
    const check = { id: 'check', type: 'gridwire-validate', z: 'tab', x: 1, y: 1, wires: [[], []] };
    const mqtt = { id: 'broker-2', type: 'gridwire-broker', transport: 'mqtt', host: '127.0.0.1', port: '9' };
    await nodeRed.admin.deploy([device, memory, mqtt, { id: 'tab', type: 'tab' }, check]);
    await nodeRed.waitForLine(/\[gridwire-validate:check\] Restart Node-RED/);
    await nodeRed.waitForLine(/\[gridwire-broker:broker-2\] .*Restart Node-RED/);
    assert.ok(!(await loaded()).some((file) => file.endsWith('validate/set-up.js')));
    assert.ok(
      !nodeRed.lines.some((line) => /gridwire-(?:devices|broker:broker-1)/.test(line)),
      'what was loaded works on',
    );
  });
});
