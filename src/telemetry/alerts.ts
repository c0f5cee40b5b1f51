import { atPointer } from '../contracts/pointer.js';
import type { AlertRuleData } from '../contracts/contract-data.js';
import type { Json } from '../event.js';

export interface ThresholdAlert {
  alertType: string;
  severity: string;
  message: string;
  thresholdValue: number;
  actualValue: number;
}

/** The alerts a measurement is worth: for each alert type the first rule that holds. */
export function thresholdAlerts(rules: readonly AlertRuleData[], payload: Json): ThresholdAlert[] {
  const alerts = new Map<string, ThresholdAlert>();
  for (const { type, member, above, below, severity } of rules) {
    const value = atPointer(payload, member);
    if (typeof value !== 'number' || alerts.has(type)) continue;
    const name = member.slice(1);
    if (above !== undefined && value > above) {
      const message = `${name} is ${value}, above ${above}`;
      alerts.set(type, { alertType: type, severity, message, thresholdValue: above, actualValue: value });
    } else if (below !== undefined && value < below) {
      const message = `${name} is ${value}, below ${below}`;
      alerts.set(type, { alertType: type, severity, message, thresholdValue: below, actualValue: value });
    }
  }
  return [...alerts.values()];
}
