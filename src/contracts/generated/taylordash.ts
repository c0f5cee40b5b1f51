// Made by "npm run docs" from the payload schemas; changes here are lost.

/** Project created. A project exists. */
export type ProjectCreated = {
  project_id: string;
  name: string;
  status: string;
  created_by: string | null;
  metadata?: { [member: string]: unknown };
  timestamp?: string;
  [member: string]: unknown;
};

/** Project updated. Something of a project changed. */
export type ProjectUpdated = {
  project_id: string;
  name?: string;
  status?: string;
  updated_by?: string | null;
  updated_fields?: string[];
  timestamp?: string;
  [member: string]: unknown;
};

/** Project deleted. A project is gone. */
export type ProjectDeleted = {
  project_id: string;
  name?: string;
  status?: string;
  deleted_by?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Project status changed. A project went from one status to another. */
export type ProjectStatusChanged = {
  project_id: string;
  old_status: string;
  new_status: string;
  changed_by: string | null;
  reason?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Component created. A component exists. */
export type ComponentCreated = {
  component_id: string;
  project_id?: string;
  name?: string;
  status?: string;
  /** Unit: %. */
  progress?: number;
  assigned_to?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Component updated. Something of a component changed. */
export type ComponentUpdated = {
  component_id: string;
  project_id?: string;
  name?: string;
  status?: string;
  /** Unit: %. */
  progress?: number;
  assigned_to?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Component deleted. A component is gone. */
export type ComponentDeleted = {
  component_id: string;
  project_id?: string;
  name?: string;
  status?: string;
  /** Unit: %. */
  progress?: number;
  assigned_to?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Component progress updated. Work on a component went on. */
export type ComponentProgressUpdated = {
  component_id: string;
  project_id?: string;
  name?: string;
  status?: string;
  /** Unit: %. */
  progress?: number;
  assigned_to?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Task created. A task exists. */
export type TaskCreated = {
  task_id: string;
  project_id?: string;
  name?: string;
  status?: string;
  /** Unit: %. */
  progress?: number;
  assigned_to?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Task updated. Something of a task changed. */
export type TaskUpdated = {
  task_id: string;
  project_id?: string;
  name?: string;
  status?: string;
  /** Unit: %. */
  progress?: number;
  assigned_to?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Task completed. A task is done. */
export type TaskCompleted = {
  task_id: string;
  project_id?: string;
  name?: string;
  status?: string;
  /** Unit: %. */
  progress?: number;
  assigned_to?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Task assigned. A task has someone to do it. */
export type TaskAssigned = {
  task_id: string;
  project_id?: string;
  name?: string;
  status?: string;
  /** Unit: %. */
  progress?: number;
  assigned_to?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Login succeeded. Someone logged in. */
export type LoginSuccess = {
  user_id: string;
  username: string;
  ip_address?: string | null;
  user_agent?: string | null;
  session_duration?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Login failed. Someone tried to log in and was refused. */
export type LoginFailed = {
  username: string;
  ip_address?: string | null;
  user_agent?: string | null;
  failure_reason: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Logout. Someone logged out. */
export type Logout = {
  user_id: string;
  username?: string;
  ip_address?: string | null;
  user_agent?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Session expired. A session ended by itself. */
export type SessionExpired = {
  user_id: string;
  username?: string;
  session_id?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Plugin installed. A plugin is there. */
export type PluginInstalled = {
  plugin_id: string;
  version?: string;
  installed_by?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Plugin updated. A plugin has another version. */
export type PluginUpdated = {
  plugin_id: string;
  version?: string;
  previous_version?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Plugin uninstalled. A plugin is gone. */
export type PluginUninstalled = {
  plugin_id: string;
  reason?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Plugin security violation. A plugin tried what it must not. */
export type PluginSecurityViolation = {
  plugin_id: string;
  violation_type: string;
  severity: string;
  endpoint?: string;
  required_permission?: string;
  user_role?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Plugin health check. How a plugin is. */
export type PluginHealthCheck = {
  plugin_id: string;
  status: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** System started. A service came up. */
export type SystemStartup = {
  service?: string;
  version?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** System shut down. A service went down. */
export type SystemShutdown = {
  service?: string;
  reason?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Health check. How the system is. */
export type HealthCheck = { status: string; timestamp?: string; [member: string]: unknown };

/** System error. Something failed. */
export type SystemError = {
  service?: string;
  error_type?: string;
  message?: string;
  timestamp?: string;
  [member: string]: unknown;
};

/** Debug event. For developers; may be lost. */
export type SystemDebug = { message?: string; timestamp?: string; [member: string]: unknown };

/** Any other event. An event of a domain of one's own, by the naming convention: lower case, past tense. */
export type Event = { timestamp?: string; [member: string]: unknown };

/** Restart a service. A service shall restart. */
export type RestartService = {
  service?: string;
  requested_by?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Clear a cache. A cache shall be emptied. */
export type ClearCache = {
  cache?: string;
  requested_by?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Back up data. A backup shall be made. */
export type BackupData = {
  target?: string;
  requested_by?: string | null;
  timestamp?: string;
  [member: string]: unknown;
};

/** Any other command. A command of one's own, by the naming convention: lower case, present tense. */
export type Command = { timestamp?: string; [member: string]: unknown };

/** Performance. How fast the system works. */
export type Performance = {
  /** Unit: ms. */
  response_time_ms?: number;
  timestamp?: string;
  [member: string]: unknown;
};

/** Resource usage. What the system uses. */
export type ResourceUsage = {
  /** Unit: %. */
  cpu_percent?: number;
  /** Unit: %. */
  memory_percent?: number;
  timestamp?: string;
  [member: string]: unknown;
};

/** Error rates. How often the system fails. */
export type ErrorRates = { errors_per_minute?: number; timestamp?: string; [member: string]: unknown };

/** Any other metric. A metric of one's own, by the naming convention. */
export type Metric = { timestamp?: string; [member: string]: unknown };

/** The payload of each event type of taylordash. */

export interface TaylordashPayloads {
  'project-created': ProjectCreated;
  'project-updated': ProjectUpdated;
  'project-deleted': ProjectDeleted;
  'project-status-changed': ProjectStatusChanged;
  'component-created': ComponentCreated;
  'component-updated': ComponentUpdated;
  'component-deleted': ComponentDeleted;
  'component-progress-updated': ComponentProgressUpdated;
  'task-created': TaskCreated;
  'task-updated': TaskUpdated;
  'task-completed': TaskCompleted;
  'task-assigned': TaskAssigned;
  'login-success': LoginSuccess;
  'login-failed': LoginFailed;
  logout: Logout;
  'session-expired': SessionExpired;
  'plugin-installed': PluginInstalled;
  'plugin-updated': PluginUpdated;
  'plugin-uninstalled': PluginUninstalled;
  'plugin-security-violation': PluginSecurityViolation;
  'plugin-health-check': PluginHealthCheck;
  'system-startup': SystemStartup;
  'system-shutdown': SystemShutdown;
  'health-check': HealthCheck;
  'system-error': SystemError;
  'system-debug': SystemDebug;
  event: Event;
  'restart-service': RestartService;
  'clear-cache': ClearCache;
  'backup-data': BackupData;
  command: Command;
  performance: Performance;
  'resource-usage': ResourceUsage;
  'error-rates': ErrorRates;
  metric: Metric;
}
