import type { Contract } from '../../src/contracts/contract.js';
import { AlertWatch } from '../../src/telemetry/alert-watch.js';
import { readAlertRules } from '../../src/telemetry/read-alert-rules.js';
import type { Settings } from '../runtime/settings.js';

/** What watches the thresholds: those of the panel, else the contract's. Undefined where alerts are off. */
export function alertSettings(settings: Settings, contract: Contract): AlertWatch | undefined {
  if (!settings.flag('alerts', false)) return undefined;
  const rows = settings.rows<Record<string, unknown>>('alertRules');
  const severities = contract.data.ingest?.alert?.severities ?? [];
  const rules = settings.check('alertRules', () => readAlertRules(rows, severities)) ?? [];
  return new AlertWatch(rules.length === 0 ? (contract.data.alerts ?? []) : rules);
}
