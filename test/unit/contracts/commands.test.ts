import assert from 'node:assert/strict';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { Contract } from '../../../src/contracts/contract.js';
import { ecogridEms } from '../../../src/contracts/ecogrid-ems/contract.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');

describe('commands', () => {
  for (const data of Object.values(contracts)) {
    for (const dialect of ['documented', ...Object.keys(data.dialects)]) {
      it(`of ${data.name} (${dialect}) expire when they are sent`, () => {
        const contract = new Contract(data, { dialect });
        for (const type of contract.types.filter((each) => each.isCommand)) {
          const { timeToLive, example, exampleParameters, exampleMembers } = type.data;
          assert.ok(timeToLive !== undefined && timeToLive <= 3600, type.name);
          const event = contract.build(type.name, {
            payload: example,
            parameters: exampleParameters ?? {},
            members: exampleMembers ?? {},
            now: NOW,
          });
          const from = event.time ?? NOW;
          assert.equal(contract.serialise(event).expiresAt, from + timeToLive * 1000, type.name);
        }
      });
    }
  }

  it('without a time to live are no contract', () => {
    const { timeToLive: _, ...commands } = ecogridEms.types['commands']!;
    const data = { ...ecogridEms, types: { ...ecogridEms.types, commands } };
    assert.throws(() => new Contract(data), { code: 'CONTRACT_INVALID' });
  });

  it('that carry a time expire by it, wherever they waited', () => {
    const contract = new Contract(ecogridEms);
    const body = Buffer.from(JSON.stringify({ command: 'discharge', timestamp: '2026-01-01T12:00:00Z' }));
    const event = contract.parse({
      topic: 'sites/1/devices/A/commands',
      body,
      qos: 2,
      retain: false,
      headers: {},
      receivedAt: NOW + 7_200_000,
      redelivered: false,
    });
    assert.equal(event.expiresAt, NOW + 60_000);
  });

  it('and telemetry alike: a retained type cannot be sent newest first', () => {
    const telemetry = { ...ecogridEms.types['status']!, retain: true, liveFirst: true };
    const data = { ...ecogridEms, types: { ...ecogridEms.types, status: telemetry } };
    assert.throws(() => new Contract(data), { code: 'CONTRACT_INVALID' });
  });
});
