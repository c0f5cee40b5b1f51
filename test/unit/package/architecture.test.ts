import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { forbiddenImports } from '../../support/floors.js';
import { circles, importsOf, type Modules, readModules, rooms } from '../../support/modules.js';

const ROOT = path.resolve(__dirname, '../../..');
const MAX_LINES = 300;

type Manifest = Record<
  'dependencies' | 'optionalDependencies' | 'peerDependencies',
  Record<string, string> | undefined
>;

describe('the house', () => {
  const modules = readModules(ROOT, ['src', 'nodes']);
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const packages = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });

  it('is read at all', () => {
    assert.ok(modules.size > 50, `${modules.size} files`);
    assert.ok(modules.get('src/event.ts') !== undefined);
    assert.ok([...modules.values()].flat().includes('src/errors.ts'));
  });

  it('has arrows that point down only', () => {
    assert.deepEqual(forbiddenImports(modules, packages), []);
  });

  it('has no import circles, type-only imports included', () => {
    assert.deepEqual(circles(modules), []);
  });

  it('has no circles of rooms: what is in a folder knows what is above or beside it, in one direction', () => {
    assert.deepEqual(circles(rooms(modules)), []);
  });

  it('has one place that shows a status, so that the rule of what is worst holds for every node', () => {
    const showing = [...modules.keys()].filter((file) =>
      /\bnode\.status\(/.test(readFileSync(path.join(ROOT, file), 'utf8')),
    );
    // Where not even that can be loaded, there is one thing to show for good.
    assert.deepEqual(showing, ['nodes/runtime/define-node.ts', 'nodes/runtime/status.ts']);
  });

  it(`has no file of more than ${MAX_LINES} lines`, () => {
    const long = ['src', 'nodes', 'bench', 'scripts'].flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|mjs|cjs)$/.test(file))
        // What is made of data is read by nobody from top to bottom.
        .filter((file) => !file.includes(path.join(path.sep, 'generated', path.sep)))
        .map((file) => path.join(folder, file))
        .filter((file) => lines(path.join(ROOT, file)) > MAX_LINES),
    );
    assert.deepEqual(long, []);
  });
});

describe('the rules of the house, tried on a small one', () => {
  const house = (files: Record<string, string>): Modules =>
    new Map(Object.entries(files).map(([file, text]) => [file, importsOf(file, text)]));
  const forbidden = (files: Record<string, string>) => forbiddenImports(house(files), ['mqtt']);

  it('sees every way to import', () => {
    const text = `
      import type { A } from './a.js';
      import b, { type B } from '../b.js';
      export * from './c.js';
      const d = require('./d.js');
      const e = await import('./e.js');
      type F = import('./f.js').F;
      import mqtt from 'mqtt'; // import x from './comment.js'
      import { join } from 'node:path';`;
    const expected = 'src/x/a.ts src/b.ts src/x/c.ts src/x/d.ts src/x/e.ts src/x/f.ts mqtt node:path'.split(
      ' ',
    );
    assert.deepEqual(importsOf('src/x/y.ts', text).sort(), expected.sort());
  });

  it('allows what points down', () => {
    const files = {
      'src/errors.ts': '',
      'src/brokers/broker.ts': "import { X } from '../errors.js'; import mqtt from 'mqtt';",
      'nodes/publish/publish.ts':
        "import type { NodeAPI } from 'node-red'; import '../../src/brokers/broker.js';",
    };
    assert.deepEqual(forbidden(files), []);
  });

  it('refuses an arrow that runs up or sideways, also for a type', () => {
    const up = "import type { Outbox } from '../delivery/outbound/outbox.js';";
    const found = forbidden({ 'src/store/store.ts': up, 'src/delivery/outbound/outbox.ts': '' });
    assert.deepEqual(found, [
      'src/store/store.ts imports src/delivery/outbound/outbox.ts: store may not know delivery',
    ]);
    const sideways = forbidden({
      'src/store/store.ts': "import '../brokers/broker.js';",
      'src/brokers/broker.ts': '',
    });
    assert.equal(sideways.length, 1);
  });

  it('refuses Node-RED and nodes/ in src, and a node that knows another', () => {
    const found = forbidden({
      'src/delivery/a.ts': "import type { Node } from 'node-red';",
      'src/delivery/b.ts': "import { x } from '@node-red/util';",
      'src/delivery/c.ts': "import { y } from '../../nodes/publish/publish.js';",
      'nodes/publish/publish.ts': '',
      'nodes/dlq/dlq.ts': "import { y } from '../publish/publish.js';",
    });
    assert.equal(found.length, 4, found.join('\n'));
  });

  it('refuses a package that users do not get, and a file that does not exist', () => {
    const found = forbidden({
      'src/brokers/a.ts': "import { Aedes } from 'aedes'; import { b } from './missing.js';",
    });
    assert.deepEqual(found, [
      'src/brokers/a.ts imports aedes: aedes is not installed with the package',
      'src/brokers/a.ts imports src/brokers/missing.ts: there is no such file in src/ or nodes/',
    ]);
  });

  it('finds a circle, however long', () => {
    const found = circles(
      house({
        'src/a.ts': "import type { B } from './b.js';",
        'src/b.ts': "import { C } from './c.js';",
        'src/c.ts': "import { A } from './a.js';",
        'src/d.ts': "import { A } from './a.js';",
      }),
    );
    assert.deepEqual(found, ['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts']);
  });
});

function lines(file: string): number {
  return readFileSync(file, 'utf8').split('\n').length - 1;
}
