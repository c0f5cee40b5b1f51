import assert from 'node:assert/strict';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { reasonOf } from '../../../../scripts/testing/reason.js';

const ROOT = path.resolve(__dirname, '../../../..');

describe('why a test failed, at the end of a log', () => {
  it('tells what a fetch came to that only says that it failed', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    server.close();
    await once(server, 'close');
    const error: unknown = await fetch(`http://127.0.0.1:${String(port)}/`).catch(
      (reason: unknown) => reason,
    );
    const [message, ...rest] = reasonOf(error, ROOT).split('\n');
    assert.equal(message, 'TypeError: fetch failed');
    assert.ok(
      rest.includes(`  caused by Error: connect ECONNREFUSED 127.0.0.1:${String(port)}`),
      rest.join(),
    );
  });

  it('names the first place in the tests, from the root of the repository', () => {
    const [, place] = reasonOf(new Error('no'), ROOT).split('\n');
    assert.match(place!, /^ {4}at .*\(?test\/unit\/scripts\/testing\/reason\.test\.ts:\d+:\d+\)?$/);
  });

  it('follows causes with their codes, those of several addresses too, and comes to an end', () => {
    const bare = (message: string, more: object) => Object.assign(new Error(message), { stack: '' }, more);
    const inner = bare('', { name: 'AggregateError', code: 'ECONNREFUSED', errors: [bare('::1', {}), 'v4'] });
    const outer = bare('no broker', { code: 'BROKER_AWAY', cause: inner });
    assert.deepEqual(reasonOf(outer, ROOT).split('\n'), [
      'Error [BROKER_AWAY]: no broker',
      '  caused by AggregateError [ECONNREFUSED]: ',
      '    caused by Error: ::1',
      '    caused by v4',
    ]);
    const circle = bare('round', {});
    Object.assign(circle, { cause: circle });
    assert.ok(reasonOf(circle, ROOT).split('\n').length < 10);
  });

  it('cuts a long message, and keeps the place', () => {
    const lines = reasonOf(new Error(`${'x'.repeat(1_000)}\n`.repeat(1_000)), ROOT).split('\n');
    assert.ok(lines.length < 20);
    assert.ok(lines.every((line) => line.length < 500));
    assert.match(lines.at(-1)!, /reason\.test\.ts/);
  });

  it('takes what is no error as it is', () => {
    assert.equal(reasonOf('gone', ROOT), 'gone');
    assert.equal(reasonOf(undefined, ROOT), 'undefined');
    assert.equal(reasonOf({ status: 500 }, ROOT), 'Error: {"status":500}');
  });
});
