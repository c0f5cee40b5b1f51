import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import { GridwireError } from '../../../../src/errors.js';
import type { GridwireEvent, Headers, InboundMessage, Json } from '../../../../src/event.js';

const RECORDS = path.resolve(__dirname, '../../../../../shared/data/systems/ecogrid-kafka.json');
const deployed = new Contract(builtInContract('ecogrid-ems'), { dialect: 'deployed' });

function message(topic: string, document: Json, key?: string, headers: Headers = {}): InboundMessage {
  const body = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  return {
    ...{ topic, body, headers, qos: 1, retain: false, receivedAt: Date.now(), redelivered: false },
    ...(key === undefined ? {} : { key }),
  };
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof GridwireError) return error.code;
    throw error;
  }
  return 'accepted';
}

const telemetry = (timestamp: Json): Json => ({
  ...{ deviceId: 1, siteId: 1, deviceType: 'BMS', telemetry: {}, timestamp },
});
const timeOf = (timestamp: Json): number | undefined =>
  deployed.parse(message('device-telemetry', telemetry(timestamp), '1')).time;

describe('EcoGrid as it runs: what its services write', () => {
  it('reads every record of ../shared/data with its key, its time and its site', function () {
    if (!existsSync(RECORDS)) this.skip();
    const records = JSON.parse(readFileSync(RECORDS, 'utf8')) as {
      topic: string;
      key: string;
      value: string;
      headers: Record<string, string>;
    }[];
    for (const { topic, key, value, headers } of records) {
      const event = deployed.parse(message(topic, value, key, headers));
      assert.equal(event.type, topic);
      assert.equal(event.key, key);
      assert.equal(new Date(event.time ?? 0).toISOString().slice(0, 16), '2026-11-29T10:16');
      if (topic.endsWith('aggregation')) assert.equal(event.parameters['siteId'], key);
      assert.deepEqual(deployed.type(topic).data.logHeaders, headers, topic);
    }
    assert.equal(records.length, 9);
  });

  it('reads both forms of device-telemetry, each with the key of its service, and no third one', () => {
    const document = { deviceId: 1, siteId: 1, deviceType: 'BMS', timestamp: [2026, 11, 29, 9, 53] };
    const documented = {
      ...{ ...document, serialNumber: 'BMS-SITE1-001', telemetryData: { soc: 5 } },
      eventType: 'DEVICE_TELEMETRY',
    };
    const event = deployed.parse(message('device-telemetry', documented, 'BMS-SITE1-001'));
    assert.deepEqual([event.key, event.payload], ['BMS-SITE1-001', documented]);
    const rebuilt = deployed.build('device-telemetry', { payload: documented });
    assert.deepEqual([rebuilt.key, rebuilt.envelope], ['BMS-SITE1-001', documented]);
    for (const none of [document, { ...document, telemetryData: {} }, { ...documented, telemetry: {} }])
      assert.equal(
        codeOf(() => deployed.parse(message('device-telemetry', none, '1'))),
        'SCHEMA_VIOLATION',
      );
  });

  it('reads a status in any case of letters, as the code does, and no other word', () => {
    const status = (word: string) => message('sites/1/devices/A/status', { status: word });
    for (const word of ['ONLINE', 'online', 'Online', 'oFFLINE', 'Commissioning'])
      assert.deepEqual(deployed.parse(status(word)).payload, { status: word });
    for (const word of ['On line', 'ONLINE ', '', 'ONLINEOFFLINE'])
      assert.equal(
        codeOf(() => deployed.parse(status(word))),
        'SCHEMA_VIOLATION',
      );
  });

  it('reads a LocalDateTime with and without seconds and nanoseconds, and as a text', () => {
    const at = Date.UTC(2026, 10, 29, 9, 53, 56);
    assert.equal(timeOf([2026, 11, 29, 9, 53, 56]), at);
    assert.equal(timeOf([2026, 11, 29, 9, 53]), at - 56_000);
    assert.equal(timeOf([2026, 11, 29, 9, 53, 56, 193_728_816]), at + 193);
    assert.equal(timeOf([2026, 11, 29, 9, 53, 56, 1_589_140]), at + 1);
    assert.equal(timeOf('2026-11-29T09:53:56'), at);
  });

  it('refuses lists that are no LocalDateTime', () => {
    const wrong: Json[] = [
      ...[[], [2026], [2026, 11, 29], [2026, 11, 29, 9], [2026, 11, 29, 9, 53, 56, 0, 0]],
      ...[
        [2026, 13, 1, 0, 0],
        [2026, 2, 30, 0, 0],
        [2026, 11, 29, 24, 0],
        [2026, 11, 29, 9, 53, 60],
      ],
      ...[
        [2026, 11, 29, 9, 53, 56, 1e9],
        [2026, 11, 29, 9, 53, 56, -1],
        ['2026', 11, 29, 9, 53],
        [2026.5, 11, 29, 9, 53],
      ],
      ...[null, true, {}, 5],
    ];
    for (const time of wrong)
      assert.match(
        codeOf(() => timeOf(time)),
        /^(SCHEMA_VIOLATION|TIME_INVALID)$/,
        JSON.stringify(time),
      );
  });

  it('finds the site of an aggregation in its key, and refuses a key that is none', () => {
    const figures = { avgSOC: 59.65, lastUpdated: [2026, 11, 29, 10, 16, 29, 863_898_626] };
    const parse = (key?: string): GridwireEvent =>
      deployed.parse(message('site-bms-aggregation', figures, key));
    assert.equal(parse('7').parameters['siteId'], '7');
    for (const key of ['seven', '', '1/2', '-1'])
      assert.notEqual(
        codeOf(() => parse(key)),
        'accepted',
        key,
      );
    // A broker that carries no keys has lost it.
    assert.deepEqual(parse().parameters, {});
  });

  it('takes the type of a device topic in either case, and its site as a number', () => {
    const serialOf = (topic: string): string => {
      const event = deployed.parse(message(topic, { soc: 5 }));
      return `${event.type} ${event.parameters['serialNumber']}`;
    };
    assert.equal(serialOf('ecogrid/site1/bms/001'), 'telemetry-bms BMS-SITE1-001');
    assert.equal(serialOf('ecogrid/site01/BMS/001'), 'telemetry-bms BMS-SITE1-001');
    assert.equal(serialOf('ecogrid/site007/Solar/002'), 'telemetry-solar SOLAR-SITE7-002');
    assert.equal(serialOf('ecogrid/site10/eV/003'), 'telemetry-ev EV-SITE10-003');
    assert.equal(serialOf('ecogrid/site0/ev/003'), 'telemetry-ev EV-SITE0-003');
    for (const topic of ['ecogrid/site1/wind/001', 'ecogrid/siteA/bms/001', 'ecogrid/1/bms/001'])
      assert.notEqual(
        codeOf(() => serialOf(topic)),
        'accepted',
        topic,
      );
  });
});

describe('EcoGrid as it runs: what its services can read', () => {
  const build = (type: string, payload: object, more: object = {}): GridwireEvent =>
    deployed.build(type, { payload, now: Date.UTC(2026, 10, 29, 10, 16, 49, 193), ...more });

  it('writes times as Jackson does', () => {
    const at = (now: number): unknown =>
      build('site-metrics', { siteId: 1 }, { now }).envelope['lastUpdated'];
    assert.deepEqual(at(Date.UTC(2026, 10, 29, 10, 16, 49, 193)), [2026, 11, 29, 10, 16, 49, 193_000_000]);
    assert.deepEqual(at(Date.UTC(2026, 10, 29, 10, 16, 49)), [2026, 11, 29, 10, 16, 49]);
    assert.deepEqual(at(Date.UTC(2026, 10, 29, 10, 16)), [2026, 11, 29, 10, 16]);
    assert.deepEqual(at(Date.UTC(2026, 10, 29, 10, 16, 0, 5)), [2026, 11, 29, 10, 16, 0, 5_000_000]);
  });

  it('reads back whatever moment it writes', () => {
    const moments = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2069, 11, 31) });
    fc.assert(
      fc.property(moments, fc.constantFrom(1, 1000, 60_000), (moment, unit) => {
        const now = moment - (moment % unit);
        const event = build('site-metrics', { siteId: 1 }, { now });
        const read = deployed.parse(message('site-metrics', event.envelope, event.key));
        assert.deepEqual([read.time, read.key], [now, '1']);
      }),
    );
  });

  it('writes the site of an aggregation into the key, wherever the flow has it', () => {
    const given = build('site-solar-aggregation', { totalOutput: 1 }, { parameters: { siteId: '4' } });
    assert.equal(given.key, '4');
    assert.deepEqual(Object.keys(given.envelope), ['lastUpdated', 'totalOutput']);
    assert.equal(build('site-solar-aggregation', { siteId: 5, totalOutput: 1 }).key, '5');
    assert.equal(
      codeOf(() => build('site-solar-aggregation', { totalOutput: 1 })),
      'PARAMETER_MISSING',
    );
  });

  it('has a type header for each of the seven topics', () => {
    const topics = ['device-telemetry', 'device-status', 'device-alerts', 'site-metrics'];
    topics.push('site-bms-aggregation', 'site-solar-aggregation', 'site-evcharger-aggregation');
    for (const topic of topics) assert.ok(deployed.type(topic).data.logHeaders?.['__TypeId__'], topic);
    const documented = new Contract(builtInContract('ecogrid-ems'));
    for (const topic of topics) assert.equal(documented.type(topic).data.logHeaders, undefined);
  });

  it('takes names and thresholds of alerts from one service', () => {
    const { alerts, alertSets } = deployed.data;
    assert.deepEqual(alerts, alertSets?.['notification']?.rules);
    const names = (set: string): Set<string> => new Set(alertSets?.[set]?.rules.map(({ type }) => type));
    assert.deepEqual(
      names('notification'),
      new Set([
        'TEMPERATURE_HIGH',
        'VOLTAGE_LOW',
        'VOLTAGE_HIGH',
        'POWER_NEGATIVE',
        'BATTERY_LOW',
        'EFFICIENCY_LOW',
      ]),
    );
    assert.deepEqual(
      names('device'),
      new Set(['HIGH_TEMPERATURE', 'LOW_SOC', 'HIGH_PANEL_TEMPERATURE', 'LOW_UTILIZATION']),
    );
  });
});
