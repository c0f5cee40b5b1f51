import assert from 'node:assert/strict';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';

const HOUR = 3_600_000;
const now = Date.now.bind(Date);

describe("a command that is in the flow's hands while the machine's clock is set", () => {
  const flows = useFlows();
  afterEach(() => (Date.now = now));

  it('is sent on with as long left as it had; what the flow says itself is left alone', async () => {
    const bare = { broker: 'broker', contract: '' };
    await flows.load([
      memory,
      { id: 'first', type: 'gridwire-publish', ...bare, topic: 'in', wires: [[]] },
      { id: 'in', type: 'gridwire-subscribe', ...bare, filter: 'in', wires: [['flow'], []] },
      { id: 'flow', type: 'helper', wires: [['out']] },
      { id: 'out', type: 'gridwire-publish', ...bare, topic: 'out', wires: [[]] },
      { id: 'last', type: 'gridwire-subscribe', ...bare, filter: 'out', wires: [['seen'], []] },
      { id: 'seen', type: 'helper' },
    ]);
    const seen = () => flows.received('seen') as GridwireMessage[];
    const left = (message?: GridwireMessage) =>
      Math.round((Number(message?.expiresAt) - Date.now()) / 60_000);
    flows.node('first').receive({ payload: 1, expiresAt: now() + HOUR });
    await settled(() => flows.received('flow'), 1);
    const held = flows.received('flow')[0] as GridwireMessage;
    Date.now = () => now() - 5 * HOUR;
    flows.node('flow').send(held);
    await settled(seen, 1);
    assert.equal(left(seen()[0]), 60);
    flows.node('flow').send({ ...held, expiresAt: Date.now() + 2 * HOUR });
    await settled(seen, 2);
    assert.equal(left(seen()[1]), 120);
  });
});
