import type { AlertRuleData } from '../contract-data.js';

export const ALERT_SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/** Thresholds of the notification service, in the order in which they are tried: the first that holds is the alert. */
export const alertRules: AlertRuleData[] = [
  { type: 'HIGH_TEMPERATURE', member: '/temperature', above: 90, severity: 'CRITICAL' },
  { type: 'HIGH_TEMPERATURE', member: '/temperature', above: 80, severity: 'HIGH' },
  { type: 'VOLTAGE_LOW', member: '/voltage', below: 200, severity: 'CRITICAL' },
  { type: 'VOLTAGE_LOW', member: '/voltage', below: 220, severity: 'MEDIUM' },
  { type: 'VOLTAGE_HIGH', member: '/voltage', above: 260, severity: 'CRITICAL' },
  { type: 'VOLTAGE_HIGH', member: '/voltage', above: 250, severity: 'MEDIUM' },
  { type: 'NEGATIVE_POWER', member: '/power', below: 0, severity: 'MEDIUM' },
  { type: 'LOW_BATTERY', member: '/batteryLevel', below: 10, severity: 'CRITICAL' },
  { type: 'LOW_BATTERY', member: '/batteryLevel', below: 20, severity: 'HIGH' },
  { type: 'LOW_EFFICIENCY', member: '/efficiency', below: 70, severity: 'HIGH' },
  { type: 'LOW_EFFICIENCY', member: '/efficiency', below: 80, severity: 'MEDIUM' },
];
