// Made by "npm run docs" from the payload schemas; changes here are lost.

/** EV charging readiness computed. How well the expected photovoltaic energy covers the EV charging capacity of a community. */
export type EvChargingReadinessComputed = {
  community_id: string;
  window_start: string;
  window_end: string;
  /** Unit: h. */
  window_hours: number;
  /** Unit: kWh. */
  expected_pv_kwh: number;
  /** Unit: kWh. */
  ev_charging_capacity_kwh: number;
  pv_ev_ratio: number;
  indicator: 'OPTIMAL' | 'MARGINAL' | 'SUBOPTIMAL' | 'UNSTABLE';
  confidence: number;
  drivers?: string[];
  recommendations?: string[];
  /** Unit: %. */
  mean_clouds_pct: number;
  /** Unit: %. */
  clouds_std_pct: number;
  /** Unit: kWh/m2. */
  solar_energy_kwh_per_m2: number;
  [member: string]: unknown;
};

/** EV charging schedule updated. A community has a new charging schedule. */
export type EvChargingScheduleUpdated = {
  community_id: string;
  schedule_id: string;
  vehicle_count: number;
  /** Unit: kWh. */
  total_energy_kwh: number;
  /** Unit: kW. */
  peak_power_kw: number;
  start_time: string;
  end_time: string;
  [member: string]: unknown;
};

/** EV charging capacity alert. Demand and available capacity of a community no longer fit. */
export type EvChargingCapacityAlert = {
  community_id: string;
  alert_type: 'OVER_CAPACITY' | 'UNDER_UTILIZATION' | 'GRID_CONSTRAINT';
  /** Unit: kW. */
  current_demand_kw: number;
  /** Unit: kW. */
  available_capacity_kw: number;
  /** Unit: %. */
  threshold_pct: number;
  message: string;
  [member: string]: unknown;
};

/** App execution started. An app of the digital twin began a run. */
export type AppExecutionStarted = {
  app_key: string;
  request_id: string;
  config_hash?: string | null;
  [member: string]: unknown;
};

/** App execution completed. A run ended with a result. */
export type AppExecutionCompleted = {
  app_key: string;
  request_id: string;
  /** Unit: ms. */
  duration_ms: number;
  result_type: string;
  result_summary?: { [member: string]: unknown };
  [member: string]: unknown;
};

/** App execution failed. A run ended with an error. */
export type AppExecutionFailed = {
  app_key: string;
  request_id: string;
  error_type: string;
  error_message: string;
  /** `error` where it is missing. */
  severity?: 'info' | 'warning' | 'error' | 'critical';
  [member: string]: unknown;
};

/** App state changed. An app went from one status to another. */
export type AppStateChanged = {
  app_key: string;
  previous_status?: string | null;
  new_status: string;
  changed_fields?: string[];
  [member: string]: unknown;
};

/** Alert raised. A threshold was crossed or something else needs attention. */
export type AlertRaised = {
  alert_id: string;
  title: string;
  description: string;
  severity: 'info' | 'warning' | 'error' | 'critical';
  app_key?: string | null;
  threshold_value?: number | null;
  actual_value?: number | null;
  suggested_action?: string | null;
  [member: string]: unknown;
};

/** The payload of each event type of celine-dt. */

export interface CelineDtPayloads {
  'ev-charging-readiness-computed': EvChargingReadinessComputed;
  'ev-charging-schedule-updated': EvChargingScheduleUpdated;
  'ev-charging-capacity-alert': EvChargingCapacityAlert;
  'app-execution-started': AppExecutionStarted;
  'app-execution-completed': AppExecutionCompleted;
  'app-execution-failed': AppExecutionFailed;
  'app-state-changed': AppStateChanged;
  'alert-raised': AlertRaised;
}
