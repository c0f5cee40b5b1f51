import { atPointer } from '../contracts/json/pointer.js';
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
  for (const rule of rules) {
    const value = atPointer(payload, rule.member);
    if (typeof value !== 'number' || alerts.has(rule.type) || !isBeyond(rule, value)) continue;
    alerts.set(rule.type, alertOf(rule, value));
  }
  return [...alerts.values()];
}

/** Whether a value has passed a rule's limit; at the limit it has not. */
export function isBeyond({ above, below }: AlertRuleData, value: number): boolean {
  return (above !== undefined && value > above) || (below !== undefined && value < below);
}

/** The alert for a value beyond a rule's limit. */
export function alertOf(
  { type, member, above, below, severity }: AlertRuleData,
  value: number,
): ThresholdAlert {
  const isAbove = above !== undefined && value > above;
  const limit = (isAbove ? above : below) ?? Number.NaN;
  const message = `${member.slice(1)} is ${value}, ${isAbove ? 'above' : 'below'} ${limit}`;
  return { alertType: type, severity, message, thresholdValue: limit, actualValue: value };
}
