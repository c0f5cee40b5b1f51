import assert from 'node:assert/strict';
import { Presence } from '../../../src/brokers/presence.js';
import type { GridwireError } from '../../../src/errors.js';

/** A client whose coming and going the test holds up. */
function client() {
  const log: string[] = [];
  const problems: GridwireError[] = [];
  let release: () => void = () => undefined;
  const presence = new Presence(
    () => Promise.resolve(void log.push('in')),
    () => new Promise<void>((resolve) => (release = resolve)).then(() => void log.push('out')),
    (problem) => problems.push(problem),
  );
  return { presence, log, problems, release: () => release() };
}

describe('whether a client is connected', () => {
  it('waits for the departure that is under way, and then arrives', async () => {
    const { presence, log, release } = client();
    await presence.enter();
    const out = presence.exit();
    const back = presence.enter();
    release();
    await Promise.all([out, back]);
    assert.deepEqual(log, ['in', 'out', 'in']);
    assert.equal(presence.isWanted, true);
  });

  it('is decided by the last call, however many overlap', async () => {
    const { presence, log, release } = client();
    await presence.enter();
    const calls = [presence.exit(), presence.enter(), presence.exit()];
    release();
    await Promise.all(calls);
    assert.deepEqual(log, ['in', 'out']);
    assert.equal(presence.isWanted, false);
  });

  it('tells a failure and never rejects, so that nobody has to own the call', async () => {
    const problems: GridwireError[] = [];
    const fail = () => Promise.reject(new Error('no'));
    const presence = new Presence(fail, fail, (problem) => problems.push(problem));
    await presence.enter();
    await presence.exit();
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['no', 'no'],
    );
  });
});
