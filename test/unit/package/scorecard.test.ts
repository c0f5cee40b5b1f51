/** The checks of the flow library's scorecard (`node-red-dev validate`), as far as they can be made offline. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { literalRegistrations, MANIFEST, panels, ROOT } from '../../support/panels.js';

/** The newest Node-RED releases, and the least Node of the newest one, as of November 2026. */
const NODE_RED_RELEASES = ['5.0.7', '4.1.15'];
const LEAST_NODE = '22.9.0';
/** The newest major versions of what the package may depend on, as of November 2026. */
const NEWEST_MAJOR: Record<string, number> = {
  ajv: 8,
  'ajv-formats': 3,
  cockatiel: 3,
  kafkajs: 2,
  mqtt: 5,
  ws: 8,
};

const atLeast = (range: string, version: string): boolean => {
  const least = /^>=(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(range);
  assert.ok(least, `"${range}" is not of the form >=x.y.z`);
  const [wanted, found] = [least.slice(1).map((part) => Number(part)), version.split('.').map(Number)];
  for (let index = 0; index < 3; index += 1) {
    const difference = found[index]! - (Number.isNaN(wanted[index]) ? 0 : wanted[index]!);
    if (difference !== 0) return difference > 0;
  }
  return true;
};

describe("the flow library's scorecard", () => {
  it('P01, P03, P05: licence, repository or bugs, keyword', () => {
    assert.equal(MANIFEST.license, 'Apache-2.0');
    assert.ok(MANIFEST.repository ?? MANIFEST.bugs);
    assert.ok(MANIFEST.keywords?.includes('node-red'));
  });

  it('P04, P08: a scoped name whose last part is our own', () => {
    assert.match(MANIFEST.name, /^@[a-z\d][\w-.]+\/[a-z\d][\w-.]*$/);
    assert.match(MANIFEST.name.split('/')[1]!, /gridwire/);
  });

  it('P06, P07: runs on the newest Node-RED releases and on the least Node they need', () => {
    for (const release of NODE_RED_RELEASES)
      assert.ok(atLeast(MANIFEST['node-red'].version, release), release);
    assert.ok(atLeast(MANIFEST.engines.node, LEAST_NODE));
  });

  it('sees each type that package.json lists, registered in its own html and nowhere else', () => {
    const all = panels();
    assert.ok(all.length >= 7, `${all.length} node types`);
    for (const { type, html } of all) assert.deepEqual(literalRegistrations(html), [type]);
  });

  it('N01: types that no other package has: all begin with gridwire-', () => {
    for (const { type } of panels()) assert.match(type, /^gridwire-[a-z-]+$/);
  });

  it('N02: every node of the palette is used in an example', () => {
    const folder = path.join(ROOT, 'examples');
    const used = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => {
        const flow = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { type: string }[];
        assert.ok(Array.isArray(flow), `${file} must be an array of nodes`);
        return flow.map(({ type }) => type);
      });
    const palette = panels().filter(({ html }) => !/category: 'config'/.test(html));
    assert.deepEqual(
      palette.map(({ type }) => type).filter((type) => !used.includes(type)),
      [],
    );
  });

  it('D01, D03: at most six dependencies, each at its newest major version', () => {
    const dependencies = Object.entries(MANIFEST.dependencies);
    assert.ok(dependencies.length <= 6, dependencies.map(([name]) => name).join(', '));
    for (const [name, range] of dependencies) {
      assert.equal(Number(/^\^(\d+)\./.exec(range)?.[1]), NEWEST_MAJOR[name], `${name} ${range}`);
    }
  });

  it('D02: no agent-base below 6 among what users install', () => {
    const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string; dev?: boolean }>;
    };
    const bad = Object.entries(lock.packages).filter(
      ([where, { version, dev }]) =>
        where.endsWith('/agent-base') && dev !== true && Number(version.split('.')[0]) < 6,
    );
    assert.deepEqual(bad, []);
  });
});
