import assert from 'node:assert/strict';
import { Suspects } from '../../../src/brokers/mqtt/outbound/suspects.js';
import { Channel } from '../../../src/brokers/pull/pull-channel.js';

const HOURS = 3_600_000;

describe('the waits of a broker, with the machine’s clock set back five hours', () => {
  const { now } = Date;
  afterEach(() => (Date.now = now));
  const setBack = (): void => void (Date.now = () => now() - 5 * HOURS);

  it('end for whoever waits for a message that is to be pulled', async () => {
    const channel = new Channel('c', 10, undefined, () => undefined);
    const found = channel.consume({ timeout: 20 });
    setBack();
    assert.deepEqual(await found, []);
    await channel.close();
  });

  it('are no longer for a message under suspicion', () => {
    const suspects = new Suspects();
    suspects.up();
    const before = suspects.wait;
    setBack();
    assert.ok(suspects.wait <= before);
  });
});
