import type { NodeMessage } from 'node-red';
import { Contract } from '../../src/contracts/contract.js';
import { builtInContract } from '../../src/contracts/library/built-in.js';
import { joinPrefix } from '../../src/contracts/topic-template.js';
import type { WireMessage } from '../../src/event.js';
import type { View } from '../../src/observe/conditions/observer.js';
import type { ProbeResult } from '../../src/observe/health/probe.js';
import { healthReport } from '../../src/observe/health/report.js';
import { systemStatus } from '../../src/observe/health/system-status.js';
import { batteryMessage } from '../messages/battery-messages.js';
import { gridwireVersion } from '../runtime/version.js';

/** In whose form a health node answers. */
export type AnswerForm = 'gridwire' | 'taylordash' | 'battery-hawk';
export const ANSWER_FORMS = ['gridwire', 'taylordash', 'battery-hawk'] as const;

/** The event that is published to see whether the way is open. */
export function probeMessage(form: AnswerForm, prefix: string, topic: string): WireMessage {
  if (form === 'taylordash') {
    const contract = new Contract(builtInContract('taylordash'), { prefix });
    return contract.serialise(contract.build('health-check', { payload: { status: 'testing' } }));
  }
  const body = Buffer.from(JSON.stringify({ timestamp: new Date().toISOString() }));
  return { topic: joinPrefix(prefix, topic), body, qos: 1, retain: false, headers: {} };
}

/** The answer to whoever asks how it is. */
export function healthMessage(form: AnswerForm, view: View, probe: ProbeResult): NodeMessage {
  const report = healthReport(view.standings, view.conditions, view.lastWork, view.at);
  if (form === 'taylordash') return { payload: taylorDashAnswer(report, probe) };
  if (form === 'battery-hawk') {
    const { machine, standings } = view;
    const known = { uptimeSeconds: process.uptime(), version: gridwireVersion(), disks: machine.disks };
    return batteryMessage('system-status', systemStatus(standings, known));
  }
  const response = 'error' in probe ? {} : { responseMilliseconds: probe.milliseconds };
  return { payload: { ...report, ...response } };
}

/** As TaylorDash's document has it ("Health Monitoring"): what counts is whether its health check was taken. */
function taylorDashAnswer(report: ReturnType<typeof healthReport>, probe: ProbeResult): object {
  const last_check = report.lastCheck;
  if ('error' in probe) return { status: 'unhealthy', error: probe.error.message, last_check };
  return {
    status: 'healthy',
    response_time_ms: probe.milliseconds,
    connections: report.connections,
    last_check,
  };
}
