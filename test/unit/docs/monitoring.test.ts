import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../../scripts/services/service.js';
import { Metrics } from '../../../src/observe/metrics/metrics.js';
import { reportStanding, type Standing } from '../../../src/observe/facts/standings.js';
import { tellEveryFact } from '../../support/every-fact.js';

const FOLDER = path.resolve(__dirname, '../../../docs/monitoring');
const read = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');

/** What stands where: one of each. */
const place = { node: 'n', broker: 'b', system: 'mqtt' };
const STANDINGS: Standing[] = [
  { of: 'outbox', place, waiting: 1, underWay: 1, bytes: 1, limit: 9, oldest: 1, breaker: 'closed' },
  { of: 'inbox', place, inHand: 1, waiting: 1, oldest: 1 },
  { of: 'broker', place, connected: true, certificates: [] },
  { of: 'lag', place, count: 1 },
  { of: 'store', id: 's', name: 's', kind: 'sqlite', open: true, pending: 0, pendingBytes: 0 },
  { of: 'alarms', node: 'n', critical: 1, warning: 1 },
  { of: 'devices', node: 'n', known: 1, silent: [] },
];

describe('docs/monitoring', () => {
  const known = new Set(['up']);

  before(() => {
    const metrics = new Metrics();
    tellEveryFact();
    const ends = STANDINGS.map((standing) => reportStanding(() => standing));
    for (const { name } of metrics.samples()) known.add(name);
    for (const end of ends) end();
    metrics.close();
  });

  for (const file of ['alerts.yml', 'dashboard.json'])
    it(`${file} asks for metrics that there are`, () => {
      const names = read(file).match(/\b(gridwire|messaging|nodejs|process|taylor)_[a-z0-9_]+/g) ?? [];
      const metrics = names.filter((name) => !['messaging_system'].includes(name));
      assert.ok(metrics.length > 10);
      assert.deepEqual(
        [...new Set(metrics)].filter((name) => !known.has(name)),
        [],
      );
    });

  it('has every metric in the page that explains them', () => {
    const page = readFileSync(path.join(FOLDER, '../observability.md'), 'utf8');
    const bare = [...known].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    const missing = bare.filter(
      (name) => !page.includes(name) && !/^(up|process_|nodejs_|gridwire_outbox_bytes)/.test(name),
    );
    assert.deepEqual([...new Set(missing)], []);
  });

  it('has alert rules that do what they say, as promtool sees it', function () {
    const promtool = findProgram('promtool');
    if (promtool === undefined) {
      if (process.env['CI'] === 'true') throw new Error('promtool is missing; with CI=true it must be there');
      this.skip();
    }
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', 'alerts.test.yml'], {
      cwd: FOLDER,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
    const rules = [...read('alerts.yml').matchAll(/alert: (\w+)/g)].map(([, name]) => name);
    const tested = read('alerts.test.yml');
    assert.deepEqual(
      rules.filter((name) => !tested.includes(`alertname: ${name}`)),
      [],
    );
  });
});
