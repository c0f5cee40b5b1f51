import type { AlertRuleData } from '../../src/contracts/contract-data.js';
import type { Contract } from '../../src/contracts/contract.js';
import { AlertWatch } from '../../src/telemetry/alert-watch.js';
import { readAlertRules } from '../../src/telemetry/read-alert-rules.js';
import type { Settings } from '../runtime/settings.js';

/**
 * What watches the thresholds: those of the panel (field `alertRules`), else those of the service chosen (`alertSet`), else
 * the contract's. Undefined where alerts are off.
 */
export function alertSettings(settings: Settings, contract: Contract): AlertWatch | undefined {
  if (!settings.flag('alerts', false)) return undefined;
  const rows = settings.rows<Record<string, unknown>>('alertRules');
  const severities = contract.data.ingest?.alert?.severities ?? [];
  const rules = settings.check('alertRules', () => readAlertRules(rows, severities)) ?? [];
  return new AlertWatch(rules.length === 0 ? ownRules(settings, contract) : rules);
}

function ownRules(settings: Settings, { data }: Contract): AlertRuleData[] {
  const sets = data.alertSets ?? {};
  const names = Object.keys(sets);
  // A choice that was made for another contract means nothing here.
  const chosen = names.length === 0 ? '' : settings.choice('alertSet', names, '');
  return (Object.hasOwn(sets, chosen) ? sets[chosen]?.rules : undefined) ?? data.alerts ?? [];
}
