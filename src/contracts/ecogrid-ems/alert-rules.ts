import type { AlertRuleData, AlertSetData } from '../contract-data.js';

export const ALERT_SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/** Names and thresholds of the notification service. */
const notification: AlertRuleData[] = [
  { type: 'TEMPERATURE_HIGH', member: '/temperature', above: 90, severity: 'CRITICAL' },
  { type: 'TEMPERATURE_HIGH', member: '/temperature', above: 80, severity: 'HIGH' },
  { type: 'VOLTAGE_LOW', member: '/voltage', below: 200, severity: 'CRITICAL' },
  { type: 'VOLTAGE_LOW', member: '/voltage', below: 220, severity: 'MEDIUM' },
  { type: 'VOLTAGE_HIGH', member: '/voltage', above: 260, severity: 'CRITICAL' },
  { type: 'VOLTAGE_HIGH', member: '/voltage', above: 250, severity: 'MEDIUM' },
  { type: 'POWER_NEGATIVE', member: '/power', below: 0, severity: 'MEDIUM' },
  { type: 'BATTERY_LOW', member: '/batteryLevel', below: 10, severity: 'CRITICAL' },
  { type: 'BATTERY_LOW', member: '/batteryLevel', below: 20, severity: 'HIGH' },
  { type: 'EFFICIENCY_LOW', member: '/efficiency', below: 70, severity: 'HIGH' },
  { type: 'EFFICIENCY_LOW', member: '/efficiency', below: 80, severity: 'MEDIUM' },
];

/** Names of the device service, and the thresholds its database is created with for each type of device. */
const device: AlertRuleData[] = [
  { type: 'HIGH_TEMPERATURE', member: '/temperature', above: 45, severity: 'HIGH' },
  { type: 'LOW_SOC', member: '/soc', below: 20, severity: 'MEDIUM' },
  { type: 'HIGH_PANEL_TEMPERATURE', member: '/panelTemperature', above: 80, severity: 'MEDIUM' },
  { type: 'LOW_UTILIZATION', member: '/utilizationRate', below: 0.3, severity: 'LOW' },
];

/** Two services raise alerts, each with names and thresholds of its own. */
export const alertSets: Record<string, AlertSetData> = {
  notification: {
    title: 'notification service',
    description: 'The fixed thresholds of the notification service; the same for every device.',
    rules: notification,
  },
  device: {
    title: 'device service',
    description:
      'The thresholds with which the device service is set up; it keeps them for each type of device, so change them to those of your installation. Its alerts about states (INVERTER_FAULT, PAYMENT_SYSTEM_FAULT) have no threshold.',
    rules: device,
  },
};

/** Those that count where nobody has chosen. */
export const alertRules = notification;
