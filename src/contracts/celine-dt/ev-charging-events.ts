import type { JsonObject } from '../../event.js';
import type { EventTypeData } from '../contract-data.js';
import { evChargingSource } from './envelope.js';

const identifier: JsonObject = { type: 'string', minLength: 1, maxLength: 256 };
const time: JsonObject = { type: 'string', format: 'timestamp' };
const count: JsonObject = { type: 'integer', minimum: 0 };
const kilowatt: JsonObject = { type: 'number', 'x-unit': 'kW', 'x-kind': 'gauge' };
const kilowattHours: JsonObject = { type: 'number', minimum: 0, 'x-unit': 'kWh', 'x-kind': 'interval' };
const percent: JsonObject = { type: 'number', minimum: 0, 'x-unit': '%', 'x-kind': 'gauge' };
const texts: JsonObject = { type: 'array', items: { type: 'string', maxLength: 10_000 }, maxItems: 1000 };
const common = {
  role: 'event',
  qos: 1,
  retain: false,
  keyParameter: 'entity',
  switch: 'computedEvents',
} as const;

export const evChargingEvents: Record<string, EventTypeData> = {
  'ev-charging-readiness-computed': {
    ...common,
    title: 'EV charging readiness computed',
    description: 'How well the expected photovoltaic energy covers the EV charging capacity of a community.',
    source: 'Event Schemas, EV Charging Readiness Event',
    wireName: 'dt.ev-charging.readiness-computed',
    topic: 'ev-charging/readiness-computed/{entity}',
    envelope: evChargingSource('ev-charging-readiness'),
    payload: {
      type: 'object',
      required: [
        'community_id',
        'window_start',
        'window_end',
        'window_hours',
        'expected_pv_kwh',
        'ev_charging_capacity_kwh',
        'pv_ev_ratio',
        'indicator',
        'confidence',
        'mean_clouds_pct',
        'clouds_std_pct',
        'solar_energy_kwh_per_m2',
      ],
      properties: {
        community_id: identifier,
        window_start: time,
        window_end: time,
        window_hours: { ...count, 'x-unit': 'h' },
        expected_pv_kwh: kilowattHours,
        ev_charging_capacity_kwh: kilowattHours,
        pv_ev_ratio: { type: 'number', minimum: 0 },
        indicator: { enum: ['OPTIMAL', 'MARGINAL', 'SUBOPTIMAL', 'UNSTABLE'] },
        confidence: { type: 'number', minimum: 0, maximum: 1 },
        drivers: texts,
        recommendations: texts,
        mean_clouds_pct: { ...percent, maximum: 100 },
        clouds_std_pct: percent,
        solar_energy_kwh_per_m2: { type: 'number', minimum: 0, 'x-unit': 'kWh/m2', 'x-kind': 'interval' },
      },
    },
    example: {
      community_id: 'rec-folgaria',
      window_start: '2025-01-24T00:00:00Z',
      window_end: '2025-01-25T00:00:00Z',
      window_hours: 24,
      expected_pv_kwh: 5100.0,
      ev_charging_capacity_kwh: 19200.0,
      pv_ev_ratio: 0.266,
      indicator: 'SUBOPTIMAL',
      confidence: 0.78,
      drivers: [
        'expected PV energy is low relative to EV charging capacity',
        'high cloud cover expected during the window',
      ],
      recommendations: [
        'Recommend delayed charging or reduced charging power.',
        'Prioritize critical charging sessions; consider off-peak tariffs.',
      ],
      mean_clouds_pct: 65.0,
      clouds_std_pct: 12.5,
      solar_energy_kwh_per_m2: 3.2,
    },
  },
  'ev-charging-schedule-updated': {
    ...common,
    title: 'EV charging schedule updated',
    description: 'A community has a new charging schedule.',
    source: 'running code, dt.ev-charging.schedule-updated',
    wireName: 'dt.ev-charging.schedule-updated',
    topic: 'ev-charging/schedule-updated/{entity}',
    envelope: evChargingSource('ev-charging-scheduler'),
    payload: {
      type: 'object',
      required: [
        'community_id',
        'schedule_id',
        'vehicle_count',
        'total_energy_kwh',
        'peak_power_kw',
        'start_time',
        'end_time',
      ],
      properties: {
        community_id: identifier,
        schedule_id: identifier,
        vehicle_count: count,
        total_energy_kwh: kilowattHours,
        peak_power_kw: { ...kilowatt, minimum: 0 },
        start_time: time,
        end_time: time,
      },
    },
    example: {
      community_id: 'rec-folgaria',
      schedule_id: 'schedule-2025-01-24',
      vehicle_count: 12,
      total_energy_kwh: 340.5,
      peak_power_kw: 88,
      start_time: '2025-01-24T18:00:00Z',
      end_time: '2025-01-25T06:00:00Z',
    },
  },
  'ev-charging-capacity-alert': {
    ...common,
    title: 'EV charging capacity alert',
    description: 'Demand and available capacity of a community no longer fit.',
    source: 'running code, dt.ev-charging.capacity-alert',
    wireName: 'dt.ev-charging.capacity-alert',
    topic: 'ev-charging/capacity-alert/{entity}',
    envelope: evChargingSource('ev-charging-monitor'),
    payload: {
      type: 'object',
      required: [
        'community_id',
        'alert_type',
        'current_demand_kw',
        'available_capacity_kw',
        'threshold_pct',
        'message',
      ],
      properties: {
        community_id: identifier,
        alert_type: { enum: ['OVER_CAPACITY', 'UNDER_UTILIZATION', 'GRID_CONSTRAINT'] },
        current_demand_kw: kilowatt,
        available_capacity_kw: kilowatt,
        threshold_pct: percent,
        message: { type: 'string', maxLength: 10_000 },
      },
    },
    example: {
      community_id: 'rec-folgaria',
      alert_type: 'OVER_CAPACITY',
      current_demand_kw: 212.4,
      available_capacity_kw: 190,
      threshold_pct: 95,
      message: 'Demand exceeds the available capacity.',
    },
  },
};
