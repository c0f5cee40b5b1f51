import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/panels.js';

const run = promisify(execFile);
const MOST_PACKAGES = 60;
const MOST_BYTES = 40 * 1024 * 1024;

/** What a user gets who installs Gridwire into an empty folder, without Bluetooth and PostgreSQL. */
describe('an install of the packed package', function () {
  this.timeout(300_000);
  let folder: string;
  let output: string;
  let installed: string[];
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-install-'));
    // As prepack does; the build is there already.
    await run(process.execPath, ['scripts/supply-chain.mjs'], { cwd: ROOT });
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: ROOT,
      maxBuffer: 64 * 1024 * 1024,
    });
    assert.ok(packed.stdout.includes('.tgz'));
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    writeFileSync(path.join(folder, 'package.json'), '{"name":"empty","private":true}');
    const result = await run('npm', ['install', '--no-audit', '--no-fund', `./${tarball}`], { cwd: folder });
    output = `${result.stdout}\n${result.stderr}`;
    const listed = await run('npm', ['ls', '--all', '--parseable'], { cwd: folder });
    installed = listed.stdout.split('\n').filter((line) => line.includes('node_modules'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('warns of nothing', () => {
    // What npm says of the settings of this machine's user is not about the package.
    const lines = output.split('\n').filter((line) => !/warn Unknown (user|env|project) config/.test(line));
    assert.doesNotMatch(lines.join('\n'), /warn/i);
  });

  it(`brings at most ${MOST_PACKAGES} packages and ${MOST_BYTES / 1024 / 1024} MB`, () => {
    assert.ok(installed.length > 10 && installed.length <= MOST_PACKAGES, `${installed.length} packages`);
    const bytes = sizeOf(path.join(folder, 'node_modules'));
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
  });

  it('has no native code, no install script, no maps and no pictures', () => {
    const files = readdirSync(path.join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      files.filter((file) => /\.node$|^better-sqlite3|^@stoprocent/.test(file)),
      [],
    );
    const own = files.filter((file) => file.startsWith(path.join('@gridwire', 'node-red-gridwire')));
    assert.ok(own.some((file) => file.endsWith(path.join('dist', 'nodes', 'publish', 'publish.js'))));
    assert.deepEqual(
      own.filter((file) => /\.map$|\.png$/.test(file)),
      [],
    );
  });

  it('brings a list of all that it brings, with licences', () => {
    const own = path.join(folder, 'node_modules', '@gridwire', 'node-red-gridwire');
    const { bomFormat, components } = JSON.parse(readFileSync(path.join(own, 'sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: { name: string; licenses: object[] }[];
    };
    assert.equal(bomFormat, 'CycloneDX');
    assert.ok(components.every(({ licenses }) => licenses.length > 0));
    const listed = components.map(({ name }) => name);
    const names = installed.map((place) => place.slice(place.lastIndexOf('node_modules/') + 13));
    assert.deepEqual(
      names.filter((name) => name !== '@gridwire/node-red-gridwire' && !listed.includes(name)),
      [],
    );
    for (const bundled of ['jsonata', 're2js', 'uplot']) assert.ok(listed.includes(bundled));
    assert.match(readFileSync(path.join(own, 'THIRD-PARTY.md'), 'utf8'), /## re2js\n\n```text\n/);
  });

  it('opens a store there, and reads a contract', async () => {
    const program = `
      const { contracts } = require('@gridwire/node-red-gridwire');
      const { openStore } = require('@gridwire/node-red-gridwire/dist/src/store/connection/open-store.js');
      const event = contracts.ecogridEms.build('commands', { command: 'stop', parameters: {} }, { parameters: { siteId: '1', serialNumber: 'A' } });
      openStore({ kind: 'sqlite', file: './store.db' }).then(async (store) => {
        await store.mirror.append([{ message: { topic: event.topic, body: Buffer.from('{}'), qos: 1, retain: false, headers: {} } }]);
        console.log(event.topic, await store.mirror.count({}));
        await store.close();
      });`;
    const { stdout, stderr } = await run(process.execPath, ['-e', program], { cwd: folder });
    assert.match(stdout, /sites\/1\/devices\/A\/commands 1/);
    assert.equal(stderr, '');
  });
});

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
