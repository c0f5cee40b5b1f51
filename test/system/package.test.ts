import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST, ROOT } from '../support/panels.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

describe('the package in a real Node-RED', () => {
  let nodeRed: NodeRedProcess;
  before(async () => {
    nodeRed = await NodeRedProcess.start();
  });
  after(() => nodeRed.stop());

  it('loads every node type', async () => {
    const sets = (await nodeRed.admin.nodeSets()).filter((set) => set.module === MANIFEST.name);
    assert.deepEqual(
      sets.flatMap(({ err }) => err ?? []),
      [],
    );
    assert.deepEqual(
      sets.flatMap(({ types }) => types).sort(),
      Object.keys(MANIFEST['node-red'].nodes).sort(),
    );
  });

  it('loads no other package until a node is used', () => {
    const files = Object.values(MANIFEST['node-red'].nodes).map((file) => path.join(ROOT, file));
    const program = `for (const file of ${JSON.stringify(files)}) require(file);
      console.log(JSON.stringify(Object.keys(require.cache)));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    const loaded = JSON.parse(stdout || JSON.stringify(stderr)) as string[];
    assert.ok(loaded.length > files.length);
    assert.deepEqual(
      loaded.filter((file) => file.includes('node_modules') || /untrusted.(jsonata|re2)\.js$/.test(file)),
      [],
    );
  });

  it('serves the words, the icons, the examples and the shared editor code', async () => {
    for (const type of Object.keys(MANIFEST['node-red'].nodes)) {
      const locale = `locales/${encodeURIComponent(`${MANIFEST.name}/${type}`)}?lng=en-US`;
      const words = (await (await nodeRed.admin.request(locale)).json()) as Record<string, unknown>;
      assert.ok(type in words, `${type}: ${JSON.stringify(words)}`);
    }
    const icons = (await (await nodeRed.admin.request('icons')).json()) as Record<string, string[]>;
    assert.ok(icons[MANIFEST.name]?.includes('gridwire-publish.svg'));
    const examples = await (await nodeRed.admin.request('library/examples/flows/')).text();
    assert.ok(examples.includes(MANIFEST.name));
    await nodeRed.admin.request(`resources/${MANIFEST.name}/editor.js`);
  });

  it('judges the documents of the validate example', async () => {
    const flow = JSON.parse(readFileSync(path.join(ROOT, 'examples/validate.json'), 'utf8')) as FlowNode[];
    const printed = flow.map((node) => (node.type === 'debug' ? { ...node, console: true } : node));
    const from = nodeRed.lines.length;
    await nodeRed.admin.deploy(printed);
    await nodeRed.waitForLine(/Started .*flows/, 10_000, from);
    await nodeRed.admin.inject('gw-validate-good');
    await nodeRed.waitForLine(/debug:valid\]/, 10_000, from);
    await nodeRed.admin.inject('gw-validate-bad');
    await nodeRed.waitForLine(/debug:invalid\]/, 10_000, from);
    assert.ok(nodeRed.lines.slice(from).join('\n').includes('SCHEMA_VIOLATION'));
  });

  it('starts every example without an invalid setting', async () => {
    const folder = path.join(ROOT, 'examples');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
      const from = nodeRed.lines.length;
      await nodeRed.admin.deploy(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as FlowNode[]);
      await nodeRed.waitForLine(/Started .*flows/, 10_000, from);
      const faults = nodeRed.lines.slice(from).filter((line) => line.includes('settings cannot work'));
      assert.deepEqual(faults, [], file);
    }
  });
});
