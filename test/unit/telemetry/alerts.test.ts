import assert from 'node:assert/strict';
import { builtInContract } from '../../../src/contracts/library/built-in.js';
import { thresholdAlerts } from '../../../src/telemetry/alerts.js';
import type { JsonObject } from '../../../src/event.js';

const rules = builtInContract('ecogrid-ems').alerts ?? [];

/** The thresholds of EcoGrid's notification service, on either side of each limit. */
const cases: [payload: JsonObject, alerts: string[]][] = [
  [{ temperature: 80 }, []],
  [{ temperature: 80.1 }, ['TEMPERATURE_HIGH HIGH']],
  [{ temperature: 90.1 }, ['TEMPERATURE_HIGH CRITICAL']],
  [{ voltage: 220 }, []],
  [{ voltage: 219 }, ['VOLTAGE_LOW MEDIUM']],
  [{ voltage: 199 }, ['VOLTAGE_LOW CRITICAL']],
  [{ voltage: 251 }, ['VOLTAGE_HIGH MEDIUM']],
  [{ voltage: 261 }, ['VOLTAGE_HIGH CRITICAL']],
  [{ power: -0.1 }, ['POWER_NEGATIVE MEDIUM']],
  [{ batteryLevel: 19 }, ['BATTERY_LOW HIGH']],
  [{ batteryLevel: 9 }, ['BATTERY_LOW CRITICAL']],
  [{ efficiency: 79 }, ['EFFICIENCY_LOW MEDIUM']],
  [{ efficiency: 69 }, ['EFFICIENCY_LOW HIGH']],
  [{ temperature: 'hot', humidity: 99 }, []],
  [{ temperature: 95, efficiency: 60 }, ['TEMPERATURE_HIGH CRITICAL', 'EFFICIENCY_LOW HIGH']],
];

describe('threshold alerts of EcoGrid', () => {
  for (const [payload, expected] of cases) {
    it(`${JSON.stringify(payload)}: ${expected.join(', ') || 'none'}`, () => {
      const alerts = thresholdAlerts(rules, payload);
      assert.deepEqual(
        alerts.map(({ alertType, severity }) => `${alertType} ${severity}`),
        expected,
      );
    });
  }
});
