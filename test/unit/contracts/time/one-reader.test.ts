import assert from 'node:assert/strict';
import { parseReport } from '../../../../src/battery/vehicle/report.js';
import type { ContractData } from '../../../../src/contracts/contract-data.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { contracts } from '../../../../src/contracts/library/built-in.js';
import type { Json } from '../../../../src/event.js';
import { EVENT_MEMBERS, type ReplaySettings, selectionOf } from '../../../../nodes/replay/replay-settings.js';
import { inbound, refusal } from '../helpers/check.js';

const MOMENT = Date.UTC(2024, 0, 15, 10, 30);

/** One moment, written in all the ways that are told apart. */
const WAYS: Json[] = [
  MOMENT / 1000,
  MOMENT,
  MOMENT * 1000,
  MOMENT * 1e6,
  '2024-01-15T10:30:00',
  '2024-01-15T11:30:00+01:00',
];
const NONE: Json[] = [0, 4711, -1, 9e15, '0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z'];

const custom: ContractData = {
  ...(contracts['battery-hawk'] as ContractData),
  prefix: '',
  parameters: {},
  dialects: {},
  envelope: { schema: { type: 'object' }, payloadMember: '', timePointer: '/at', members: {} },
};
const type = {
  title: 't',
  description: 'd',
  source: 's',
  role: 'event',
  qos: 1,
  retain: false,
  example: {},
} as const;
const withType = (more: Partial<ContractData>): Contract =>
  new Contract({
    ...custom,
    ...more,
    types: { one: { ...type, topic: 'one', payload: { type: 'object' } } },
  });

const PANEL = { topicFilter: '', kinds: [], types: [], codes: [], age: 0 } as unknown as ReplaySettings;

const readings = new Contract(contracts['battery-hawk'] as ContractData);

/** Every way by which a time enters. */
const readers: [name: string, read: (value: Json) => number | undefined][] = [
  ['a contract of the user', (at) => withType({}).parse(inbound('one', { at })).time],
  [
    'Battery Hawk',
    (timestamp) => {
      const device_id = '50:54:7B:22:2F:20';
      const body = { device_id, timestamp, voltage: 12.6 };
      return readings.parse(inbound(`battery_hawk/device/${device_id}/reading`, body)).time;
    },
  ],
  [
    'vehicle summary',
    (timestamp) =>
      Date.parse(parseReport({ device_id: '50:54:7B:22:2F:20', timestamp, voltage: 12.6 }).timestamp),
  ],
  ['replay', (from) => selectionOf({ from }, PANEL, MOMENT, EVENT_MEMBERS).from],
];

describe('one reader of times', () => {
  for (const [name, read] of readers) {
    it(`${name}: one moment, however it is written`, () => {
      for (const value of WAYS) assert.equal(read(value), MOMENT, JSON.stringify(value));
    });

    it(`${name}: refuses what is no time of an event`, () => {
      for (const value of NONE) {
        const { code } = refusal(() => read(value));
        assert.match(code, /TIME_INVALID|SCHEMA_VIOLATION|SETTING_INVALID/, JSON.stringify(value));
      }
    });
  }

  it('reads lists of numbers where the contract says so, in the zone of the contract', () => {
    const body = { at: [2024, 1, 15, 12, 30] };
    const athens = withType({ timeZone: 'Europe/Athens', timeArrays: true });
    assert.equal(athens.parse(inbound('one', body)).time, MOMENT);
    assert.equal(refusal(() => withType({}).parse(inbound('one', body))).code, 'TIME_INVALID');
  });

  it('refuses a contract whose zone is none', () => {
    for (const timeZone of ['Mars/Phobos', '', 5 as unknown as string]) {
      assert.equal(refusal(() => withType({ timeZone })).code, 'CONTRACT_INVALID');
    }
  });
});
